package import HubModel

extension Caller {
    /// The sites for which they may ask what a route with this access may be asked: for books that check the right themselves, whatever
    /// route they are used by. The hub itself and a person at its machine may ask for everything.
    /// - Throws: `not_signed_in`, `forbidden`, as a route refuses.
    package func scope(asking access: RouteAccess) throws(Refusal) -> SiteScope {
        switch identity {
        case .shell, .hub: .all
        case .anonymous, .open, .person, .token, .device, .keyless, .link: try access.scope(for: self)
        }
    }
}
