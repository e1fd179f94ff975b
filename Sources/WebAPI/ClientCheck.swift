package import HubModel

/// Who may talk to the hub through a browser: pages of its own under names of its own, and those of listed origins.
package struct ClientCheck: Sendable {
    private let allowedHosts: Set<String>?
    private let publicOrigins: Set<String>
    private let allowedOrigins: Set<String>

    /// A check.
    ///
    /// - Parameters:
    ///   - allowedHosts: names under which a browser may reach the hub; nil: any.
    ///   - publicOrigins: further origins that are the hub itself, as the proxy before it is called.
    ///   - allowedOrigins: origins of other sites whose pages may use the API with a token.
    package init(allowedHosts: Set<String>?, publicOrigins: Set<String>, allowedOrigins: Set<String>) {
        self.allowedHosts = allowedHosts.map { Set($0.map { $0.lowercased() }) }
        self.publicOrigins = Set(publicOrigins.map { $0.lowercased() })
        self.allowedOrigins = Set(allowedOrigins.map { $0.lowercased() })
    }

    /// Whether pages of any other site may use the API.
    package var allowsOrigins: Bool { !allowedOrigins.isEmpty }

    /// Checks the name under which the request was made: the `Host` field, nil where it is missing or given twice.
    /// - Throws: `malformed_request` (RFC 9112, section 3.2); `forbidden` for a name that is not the hub's.
    package func check(host: String?) throws(Refusal) {
        guard let host = host.flatMap({ HostField($0) }) else {
            throw Refusal(.malformedRequest, "A request names its host once, in the field Host: NAME or NAME:PORT.")
        }
        // No browser leaves it empty; a program that speaks HTTP/1.0 does.
        guard let allowedHosts, !host.name.isEmpty else { return }
        guard allowedHosts.contains(host.name) else {
            throw Refusal(.forbidden, "The hub does not answer under this name.")
        }
    }

    /// Whether a page of this origin is one of the hub's own.
    package func isOwn(origin: String, host: String?) -> Bool {
        let origin = origin.lowercased()
        if publicOrigins.contains(origin) { return true }
        guard let host, let scheme = origin.firstRange(of: "://") else { return false }
        return origin[scheme.upperBound...] == host.lowercased()
    }

    /// Whether a page of this origin, another site's, may use the API.
    package func isAllowed(origin: String) -> Bool {
        allowedOrigins.contains(origin.lowercased())
    }

    /// Checks where a request that changes something comes from. With a cookie, which browsers send by themselves, it
    /// must say that it comes from a page of the hub; without, it must not come from a page of a site that is not listed.
    package func checkChange(_ fields: HeadFields, showsCookie: Bool) throws(Refusal) {
        let origin = fields.joined("origin")
        if let origin, isOwn(origin: origin, host: fields.host) { return }
        // Without an origin: a page of another site that embeds this address, as a picture.
        if origin == nil, !showsCookie, fields.joined("sec-fetch-site") == "cross-site" {
            throw Refusal(.forbidden, "Pages of other sites may not do this.")
        }
        if showsCookie {
            guard origin == nil, fields.joined("sec-fetch-site") == "same-origin" else {
                throw Refusal(.forbidden, "With a cookie, only pages of the hub itself may do this.")
            }
        } else if let origin, !isAllowed(origin: origin) {
            throw Refusal(.forbidden, "Pages of other sites may not do this.")
        }
    }

    /// Whether a browser sent a request, and says so (Fetch Metadata; RFC 6454, section 7).
    package static func isFromBrowser(_ fields: HeadFields) -> Bool {
        ["origin", "sec-fetch-site", "sec-fetch-mode"].contains { fields.joined($0) != nil }
    }

    /// Whether a name is one of this machine for itself.
    package static func isLoopback(host: String) -> Bool {
        HostField(host).map { WebConfiguration.loopbackNames.contains($0.name) } ?? false
    }
}
