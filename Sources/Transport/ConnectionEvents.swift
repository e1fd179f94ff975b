/// Who is at the other end of a connection, as a trusted proxy told it. A user event of the channel, fired towards the
/// protocol's handler before its first byte.
public struct ConnectionOrigin: Sendable, Hashable {
    /// The address of the proxy's peer.
    public let address: IPAddress
    /// The port of the proxy's peer.
    public let port: Int
    /// Whether the proxy says that its peer came over TLS.
    public let isSecure: Bool

    /// An origin with these fields.
    public init(address: IPAddress, port: Int, isSecure: Bool = false) {
        self.address = address
        self.port = port
        self.isSecure = isSecure
    }
}

/// The TLS handshake is done. A user event of the channel, fired towards the protocol's handler before its first byte.
public struct ConnectionSecured: Sendable, Hashable {
    /// The certificate the peer showed, verified; nil if it showed none.
    public let certificate: PeerCertificate?

    /// A connection with this peer.
    public init(certificate: PeerCertificate?) { self.certificate = certificate }
}

/// Close now, without the farewell of TLS, which waits for the peer. A user event of the channel, triggered outward by
/// a protocol's handler whose channel was given `ServerTLS` handlers.
public struct ConnectionAbort: Sendable, Hashable {
    /// The one there is.
    public init() {}
}
