internal import HubModel

extension Route {
    /// The statuses of all refusals that it can give, in order: what follows from its access, path and method, and what it declares.
    ///
    /// Another method than its own is 405 at its address, which is no answer of it.
    public var refusalStatuses: [Int] {
        // Whatever a route is: an address that is no UTF-8, a name that is not the hub's, a body where none belongs, too much, too busy,
        // the hub's own failure.
        var statuses: Set<Int> = [400, 403, 413, 429, 500, 503]
        switch access {
        case .anyone: break
        // A key that opens nothing, wherever it is shown.
        case .link: statuses.insert(RefusalCode.notFound.httpStatus)
        case .signedIn, .hub, .site, .device, .anyDevice: statuses.insert(RefusalCode.notSignedIn.httpStatus)
        }
        if path.contains("{") { statuses.insert(RefusalCode.notFound.httpStatus) }
        if method != .get { statuses.insert(RefusalCode.unsupportedMediaType.httpStatus) }
        // A choice of forms is one that the request may leave no part of.
        if answers.contains(where: { $0.content.count > 1 }) { statuses.insert(RefusalCode.notAcceptable.httpStatus) }
        if answers.contains(where: { $0.status == 206 }) { statuses.insert(RefusalCode.rangeNotSatisfiable.httpStatus) }
        return statuses.union(refusals.map(\.code.httpStatus)).sorted()
    }
}
