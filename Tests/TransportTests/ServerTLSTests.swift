import Foundation
import NIOCore
import NIOEmbedded
import NIOPosix
import NIOSSL
import Synchronization
import TestCertificates
import Testing
import Transport

/// A server that answers each line with the name on its peer's certificate, and a line of "?" if there is none.
private func withServer(
    _ tls: ServerTLS, _ body: (Int) async throws -> Void
) async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try tls.addHandlers(to: channel.pipeline.syncOperations)
                try channel.pipeline.syncOperations.addHandler(NameHandler())
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    let result: Result<Void, any Error>
    do {
        try await body(server.localAddress?.port ?? 0)
        result = .success(())
    } catch {
        result = .failure(error)
    }
    try await server.close()
    try result.get()
}

private final class NameHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private var name: String?

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let secured = event as? ConnectionSecured else { return }
        name = (secured.certificate?.commonName ?? "?") + (secured.certificate.map { " \($0.serialNumber)" } ?? "")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: name ?? "not secured")), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// A client of TLS: says something, hears the answer.
private final class Client: Sendable {
    private let channel: any Channel
    private let heard: AsyncStream<String>

    init(
        port: Int, trusting authority: String, certificate: (chain: String, key: String)? = nil,
        atMost version: TLSVersion? = nil
    ) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(authority)
        configuration.certificateVerification = .noHostnameVerification
        configuration.maximumTLSVersion = version
        configuration.minimumTLSVersion = .tlsv1
        if let certificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate.chain).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: certificate.key, format: .pem))
        }
        let context = try NIOSSLContext(configuration: configuration)
        let (heard, continuation) = AsyncStream.makeStream(of: String.self)
        self.heard = heard
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    try pipeline.addHandler(Ear(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    /// The answer to a line; nil if the connection is refused or gone.
    func ask() async throws -> String? {
        channel.writeAndFlush(ByteBuffer(string: "who am I?\n"), promise: nil)
        return await heard.first { _ in true }
    }

    func close() async { try? await channel.close().get() }
}

private final class Ear: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let heard: AsyncStream<String>.Continuation

    init(_ heard: AsyncStream<String>.Continuation) { self.heard = heard }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard.yield(String(buffer: unwrapInboundIn(data)))
    }

    func channelInactive(context: ChannelHandlerContext) { heard.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

struct ServerTLSTests {
    private func server(_ authority: TestAuthority, clients: Bool = true) throws -> ServerTLS {
        try authority.issue("server", subject: "/CN=localhost", serial: "0x01")
        return try ServerTLS(
            TLSFiles(
                certificateChain: authority.path("server.pem"), privateKey: authority.path("server.key"),
                clientAuthorities: clients ? authority.path("ca.pem") : nil))
    }

    @Test("TLS 1.2 and 1.3 are spoken, 1.1 is refused; a client without certificate is let through")
    func versions() async throws {
        let authority = try TestAuthority()
        try await withServer(try server(authority)) { port in
            for version in [TLSVersion.tlsv12, .tlsv13] {
                let client = try await Client(port: port, trusting: authority.path("ca.pem"), atMost: version)
                #expect(try await client.ask() == "?")
                await client.close()
            }
            let old = try await Client(port: port, trusting: authority.path("ca.pem"), atMost: .tlsv11)
            #expect(try await old.ask() == nil)
        }
    }

    @Test("a client's certificate is verified: its name is known; another authority's and an expired one are refused")
    func clientCertificates() async throws {
        let authority = try TestAuthority()
        let other = try TestAuthority()
        try authority.issue("good", subject: "/CN=device-1", serial: "0xabc1")
        try other.issue("wrong", subject: "/CN=device-1", serial: "0xabc1")
        try authority.issue("old", subject: "/CN=device-1", days: -1)
        try await withServer(try server(authority)) { port in
            for version in [TLSVersion.tlsv12, .tlsv13] {
                func ask(_ from: TestAuthority, _ name: String) async throws -> String? {
                    let client = try await Client(
                        port: port, trusting: authority.path("ca.pem"),
                        certificate: (from.path("\(name).pem"), from.path("\(name).key")), atMost: version)
                    defer { Task { await client.close() } }
                    return try await client.ask()
                }
                let good = try await ask(authority, "good")
                let wrong = try await ask(other, "wrong")
                let old = try await ask(authority, "old")
                #expect(good == "device-1 abc1")
                #expect(wrong == nil)
                #expect(old == nil)
            }
        }
    }

    @Test("files that are read again count for new connections; those that are open live on")
    func reload() async throws {
        let authority = try TestAuthority()
        let next = try TestAuthority()
        let tls = try server(authority)
        try await withServer(tls) { port in
            let early = try await Client(port: port, trusting: authority.path("ca.pem"))
            #expect(try await early.ask() == "?")
            try next.issue("server", subject: "/CN=localhost", serial: "0x02")
            for name in ["server.pem", "server.key"] {
                let bytes = try Data(contentsOf: URL(filePath: next.path(name)))
                try bytes.write(to: URL(filePath: authority.path(name)), options: .atomic)
            }
            try tls.reload()
            #expect(try await early.ask() == "?")
            let new = try await Client(port: port, trusting: next.path("ca.pem"))
            #expect(try await new.ask() == "?")
            let former = try await Client(port: port, trusting: authority.path("ca.pem"))
            #expect(try await former.ask() == nil)
            // A file that cannot be used changes nothing, and is named.
            let secret = "not a key, but nobody's business"
            try secret.write(toFile: authority.path("server.key"), atomically: true, encoding: .utf8)
            let failure = #expect(throws: TLSFileFailure.self) { try tls.reload() }
            #expect(failure?.file == authority.path("server.key"))
            #expect(failure.map { "\($0)".contains(secret) } == false)
            let still = try await Client(port: port, trusting: next.path("ca.pem"))
            #expect(try await still.ask() == "?")
            for client in [early, new, still] { await client.close() }
        }
    }

    @Test("each file that cannot be used is named")
    func failures() throws {
        let authority = try TestAuthority()
        _ = try server(authority)
        try authority.issue("other", subject: "/CN=x")
        try "".write(toFile: authority.path("empty"), atomically: true, encoding: .utf8)
        func problem(_ chain: String, _ key: String, _ clients: String? = nil) -> TLSFileFailure? {
            #expect(throws: TLSFileFailure.self) {
                try ServerTLS(
                    TLSFiles(
                        certificateChain: authority.path(chain), privateKey: authority.path(key),
                        clientAuthorities: clients.map(authority.path)))
            }
        }
        #expect(problem("missing", "server.key")?.problem == .unreadable)
        #expect(problem("empty", "server.key")?.problem == .noCertificate)
        #expect(problem("server.key", "server.key")?.problem == .noCertificate)
        #expect(problem("server.pem", "server.pem")?.problem == .noKey)
        #expect(problem("server.pem", "missing")?.file == authority.path("missing"))
        #expect(
            problem("server.pem", "other.key")?.problem == .keyOfAnother(certificate: authority.path("server.pem")))
        #expect(problem("server.pem", "server.key", "empty")?.file == authority.path("empty"))
    }

    private func server(_ authority: TestAuthority, handshakeTimeout: TimeAmount) throws -> ServerTLS {
        try authority.issue("server", subject: "/CN=localhost")
        return try ServerTLS(
            TLSFiles(certificateChain: authority.path("server.pem"), privateKey: authority.path("server.key")),
            handshakeTimeout: handshakeTimeout)
    }

    @Test("a handshake that is never finished is cut off")
    func handshakeDeadline() async throws {
        try await withServer(try server(TestAuthority(), handshakeTimeout: .milliseconds(200))) { port in
            let (heard, continuation) = AsyncStream.makeStream(of: String.self)
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Ear(continuation))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
            // The beginning of a ClientHello; on a machine that is busy the server may have hung up before.
            try? await channel.writeAndFlush(ByteBuffer(bytes: [0x16, 0x03, 0x01]))
            for await _ in heard {}
            #expect(!channel.isActive)
        }
    }

    @Test("a connection whose handshake was finished lives on behind the deadline")
    func handshakeInTime() throws {
        let pair = try EmbeddedPair(server: try server(pair: TestAuthority(), handshakeTimeout: .seconds(10)))
        try pair.exchange()
        #expect(try pair.ask() == "?")
        pair.server.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(try pair.ask() == "?")
    }

    @Test("a handshake has its time from the opening on, and not a moment longer")
    func handshakeTooLate() throws {
        let pair = try EmbeddedPair(server: try server(pair: TestAuthority(), handshakeTimeout: .seconds(10)))
        pair.server.embeddedEventLoop.advanceTime(by: .milliseconds(9_999))
        #expect(pair.server.isActive)
        pair.server.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!pair.server.isActive)
    }

    private func server(
        pair authority: TestAuthority, handshakeTimeout: TimeAmount
    ) throws -> (tls: ServerTLS, authority: TestAuthority) {
        (try server(authority, handshakeTimeout: handshakeTimeout), authority)
    }
}

/// A server and a client of TLS without sockets, whose time a test moves.
private final class EmbeddedPair {
    let server = EmbeddedChannel()
    private let client = EmbeddedChannel()
    private let authority: TestAuthority

    init(server side: (tls: ServerTLS, authority: TestAuthority)) throws {
        authority = side.authority
        try side.tls.addHandlers(to: server.pipeline.syncOperations)
        try server.pipeline.syncOperations.addHandler(NameHandler())
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(authority.path("ca.pem"))
        configuration.certificateVerification = .noHostnameVerification
        try client.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: try NIOSSLContext(configuration: configuration), serverHostname: nil))
        for channel in [server, client] {
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }
    }

    /// Carries bytes both ways until neither side has any.
    func exchange() throws {
        var isIdle = false
        while !isIdle {
            isIdle = true
            for (from, to) in [(client, server), (server, client)] {
                from.embeddedEventLoop.run()
                while let bytes = try from.readOutbound(as: ByteBuffer.self) {
                    try to.writeInbound(bytes)
                    isIdle = false
                }
            }
        }
    }

    /// What the server answers to a line; nil: nothing.
    func ask() throws -> String? {
        client.writeAndFlush(ByteBuffer(string: "who am I?\n"), promise: nil)
        try exchange()
        return try client.readInbound(as: ByteBuffer.self).map { String(buffer: $0) }
    }
}
