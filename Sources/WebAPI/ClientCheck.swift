import HubModel

/// Who may talk to the hub through a browser: pages of its own only, under names of its own only.
struct ClientCheck: Sendable {
    let allowedHosts: Set<String>?

    /// Checks the name under which the request was made.
    func check(host: String?) throws(Refusal) {
        guard let allowedHosts, let host else { return }
        guard allowedHosts.contains(ClientCheck.name(of: host)) else {
            throw Refusal(.forbidden, "The hub does not answer under this name.")
        }
    }

    /// Checks that a request that changes something comes from a page of the hub, or from no page.
    func check(origin: String?, host: String?) throws(Refusal) {
        guard let origin else { return }
        guard let host, let scheme = origin.firstRange(of: "://"),
            origin[scheme.upperBound...].lowercased() == host.lowercased()
        else { throw Refusal(.forbidden, "Pages of other sites may not do this.") }
    }

    /// The host without its port and brackets, in lower case.
    private static func name(of host: String) -> String {
        if host.first == "[" { return String(host.dropFirst().prefix { $0 != "]" }).lowercased() }
        return String(host.prefix { $0 != ":" }).lowercased()
    }
}
