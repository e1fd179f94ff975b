package import SolutionKit
package import Transport

/// Finds out how a request came: from which address, encrypted or not, through which proxies.
package struct TransportReader: Sendable {
    private let trustedProxies: TrustedNetworks

    /// The most bytes of `User-Agent` that are kept.
    private static let maximumUserAgentBytes = 200
    /// Fields by which a proxy says that it stands in between, believed or not.
    private static let proxyFields = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"]

    /// A reader that believes these proxies.
    package init(trustedProxies: TrustedNetworks) {
        self.trustedProxies = trustedProxies
    }

    /// How a request came.
    ///
    /// - Parameters:
    ///   - peer: the address at the other end of the connection.
    ///   - own: that at this end. From the machine itself one comes to any of its addresses with that same address.
    ///   - isTLS: whether the connection itself is encrypted.
    ///   - fields: the request's header fields.
    package func transport(
        peer: String?, own: String? = nil, isTLS: Bool, _ fields: HeadFields
    ) -> RequestTransport {
        let (peer, own) = (peer.flatMap { IPAddress($0) }, own.flatMap { IPAddress($0) })
        let isProxied = peer.map(trustedProxies.contains) ?? false
        let isDirect = TransportReader.proxyFields.allSatisfy { fields.values($0).isEmpty }
        let client = peer.map {
            trustedProxies.forwardedAddress(peer: $0, xForwardedFor: fields.values("x-forwarded-for"))
        }
        let isOwn = peer.map { $0.isLoopback || $0 == own } ?? false
        return RequestTransport(
            address: client?.description, isLocal: isDirect && isOwn,
            isSecure: isTLS || isProxied && TransportReader.saysSecure(fields),
            cookies: fields.cookies,
            userAgent: fields.joined("user-agent").map {
                String(decoding: $0.utf8.prefix(TransportReader.maximumUserAgentBytes), as: UTF8.self)
            })
    }

    /// The address by which a connection is counted; nil for a trusted proxy, behind which many stand.
    package func boundedAddress(of peer: String?) -> IPAddress? {
        guard let peer = peer.flatMap({ IPAddress($0) }), !trustedProxies.contains(peer) else { return nil }
        return peer.limitKey
    }

    /// The nearest proxy's word: the last one.
    private static func saysSecure(_ fields: HeadFields) -> Bool {
        let words = fields.values("x-forwarded-proto").flatMap { $0.split(separator: ",") }
        return words.last.map { $0.filter { $0 != " " }.lowercased() == "https" } ?? false
    }
}
