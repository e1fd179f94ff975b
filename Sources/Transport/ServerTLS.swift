public import NIOCore
internal import NIOSSL
internal import Synchronization

/// The server's side of TLS (1.2 and 1.3): its certificate and key, and the authorities whose client certificates it
/// takes, from files that can be read again while connections are open.
public final class ServerTLS: Sendable {
    /// The files it is made of.
    public let files: TLSFiles
    /// The protocols offered to the client (ALPN, RFC 7301), the preferred first; empty for none.
    public let applicationProtocols: [String]
    /// How long a handshake may take.
    public let handshakeTimeout: TimeAmount
    private let context: Mutex<NIOSSLContext>

    /// Reads the files. Throws a failure that names the file which cannot be used. Reads from disk: not for an event
    /// loop.
    ///
    /// For HTTP give `applicationProtocols` as `["http/1.1"]`.
    public init(
        _ files: TLSFiles, applicationProtocols: [String] = [], handshakeTimeout: TimeAmount = .seconds(10)
    ) throws(TLSFileFailure) {
        self.files = files
        self.applicationProtocols = applicationProtocols
        self.handshakeTimeout = handshakeTimeout
        context = Mutex(try files.load(applicationProtocols: applicationProtocols))
    }

    /// Reads the files again. New connections use what they hold now, connections that are open live on with what they
    /// began with. If a file cannot be used nothing changes, and the failure names it. From any thread; reads from
    /// disk.
    public func reload() throws(TLSFileFailure) {
        let fresh = try files.load(applicationProtocols: applicationProtocols)
        context.withLock { $0 = fresh }
    }

    /// Puts TLS at the end of a new connection's pipeline, in front of the handlers that are added afterwards. Call it
    /// in the channel's initializer, on its event loop.
    ///
    /// The protocol's handler then gets plain bytes and, before the first of them, a `ConnectionSecured` event. A
    /// connection whose handshake fails or takes too long is closed.
    public func addHandlers(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        try pipeline.addHandler(AbortHandler())
        try pipeline.addHandler(NIOSSLServerHandler(context: context.withLock { $0 }))
        try pipeline.addHandler(HandshakeHandler(timeout: handshakeTimeout))
    }
}
