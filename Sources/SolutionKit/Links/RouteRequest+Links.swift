public import HubModel

extension RouteRequest {
    /// The name of the thing that the link is of by which somebody asks, on a route of a kind of link of things. The gate has seen to it that it
    /// is the one for which the link was made, and still at its site.
    /// - Throws: as for a key that opens nothing: `not_found`.
    public func linkedThing() throws(Refusal) -> String {
        guard case .link(let grant) = caller.identity, let name = grant.thing else { throw RouteAccess.noSuchLink }
        return name
    }
}
