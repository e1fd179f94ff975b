import MQTTBroker
import MQTTCodec
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

/// A client on a real socket that says bytes and hears packets.
final class Wire: Sendable {
    private let channel: any Channel
    private let inbox: Inbox

    static func connect(
        port: Int, version: ProtocolVersion = .v5_0, tls: NIOSSLContext? = nil
    ) async throws -> Wire {
        let inbox = Inbox(version: version)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: nil))
                    }
                    try channel.pipeline.syncOperations.addHandler(InboxHandler(inbox))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return Wire(channel: channel, inbox: inbox)
    }

    private init(channel: any Channel, inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    func send(_ packets: [Packet], version: ProtocolVersion = .v5_0) async throws {
        var bytes: [UInt8] = []
        for packet in packets { try packet.encode(into: &bytes, version: version) }
        try await send(bytes: bytes)
    }

    func send(_ packets: Packet...) async throws { try await send(packets) }

    func send(bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Sends without waiting for the network to take it.
    func push(bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// Stops reading, as a client with a dead network does.
    func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

    func goOnReading() async throws { try await channel.setOption(.autoRead, value: true).get() }

    /// The next packet; nil when the connection is closed. Fails after a minute.
    func next() async throws -> Packet? {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            switch inbox.take() {
            case .packet(let packet): return packet
            case .closed: return nil
            case .nothing: try await Task.sleep(for: .milliseconds(1))
            }
        }
        throw WireFailure.nothingCame
    }

    func next(_ count: Int) async throws -> [Packet] {
        var packets: [Packet] = []
        while packets.count < count, let packet = try await next() { packets.append(packet) }
        return packets
    }

    func close() async { try? await channel.close().get() }

    /// CONNECT, and CONNACK awaited.
    @discardableResult
    func open(
        _ identifier: String, clean: Bool = true, expiry: UInt32? = nil, will: Will? = nil,
        version: ProtocolVersion = .v5_0
    ) async throws -> Connack {
        let connect = Connect(
            version: version, clientIdentifier: text(identifier), cleanStart: clean, will: will,
            properties: expiry.map { [.sessionExpiryInterval($0)] } ?? .none)
        try await send([.connect(connect)], version: version)
        guard case .connack(let connack)? = try await next() else { throw WireFailure.noConnack }
        return connack
    }
}

enum WireFailure: Error { case nothingCame, noConnack }

/// What has come in, shared between the event loop and the test.
private final class Inbox: Sendable {
    enum Next { case packet(Packet), closed, nothing }

    private struct State {
        var decoder: PacketDecoder
        var bytes: [UInt8] = []
        var packets: [Packet] = []
        var isClosed = false
    }

    private let state: Mutex<State>

    init(version: ProtocolVersion) {
        state = Mutex(State(decoder: PacketDecoder(receiver: .client(version))))
    }

    func add(_ bytes: ByteBufferView) {
        state.withLock { state in
            let all = state.bytes + bytes
            var offset = 0
            while offset < all.count {
                guard
                    case .packet(let packet, let consumed) = state.decoder.decode(
                        all.span.extracting(offset..<all.count))
                else { break }
                offset += consumed
                state.packets.append(packet)
            }
            state.bytes = Array(all[offset...])
        }
    }

    func close() { state.withLock { $0.isClosed = true } }

    func take() -> Next {
        state.withLock { state in
            if !state.packets.isEmpty { return .packet(state.packets.removeFirst()) }
            return state.isClosed ? .closed : .nothing
        }
    }
}

private final class InboxHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let inbox: Inbox

    init(_ inbox: Inbox) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbox.add(unwrapInboundIn(data).readableBytesView)
    }
    func channelInactive(context: ChannelHandlerContext) { inbox.close() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// A ledger that answers on a thread of its own, at once or when it is let.
final class TestLedger: BrokerLedger {
    private struct State {
        var isOpen = true
        var waiting: [@Sendable () -> Void] = []
        var entries: [BrokerLedgerEntry] = []
        var state = BrokerState()
        var largest = 0
    }

    private let state = Mutex(State())

    func commit(_ entries: [BrokerLedgerEntry], completion: @escaping @Sendable ([CommitOutcome]) -> Void) {
        let answer: @Sendable () -> Void = { [self] in
            state.withLock { state in
                state.entries += entries
                for entry in entries { state.state.apply(entry) }
            }
            completion(entries.map { _ in .committed })
        }
        let isOpen = state.withLock { state in
            if !state.isOpen { state.waiting.append(answer) }
            state.largest = max(state.largest, entries.count)
            return state.isOpen
        }
        if isOpen { Task { answer() } }
    }

    /// Answers nothing more until `open`.
    func shut() { state.withLock { $0.isOpen = false } }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for answer in waiting { answer() }
    }

    var publications: [InboundPublication] { state.withLock { $0.entries.compactMap(\.publication) } }
    var deliveries: [DeliveryEvent] {
        state.withLock { state in
            state.entries.compactMap { entry in
                if case .delivery(let event) = entry { event } else { nil }
            }
        }
    }
    var stored: BrokerState { state.withLock { $0.state } }
    /// The most entries in one call.
    var largestBatch: Int { state.withLock { $0.largest } }
}

/// A broker on a free port for the length of a test.
func withBroker(
    _ configuration: BrokerConfiguration = BrokerConfiguration(), ledger: TestLedger = TestLedger(),
    authenticator: any BrokerAuthenticator = OpenAuthenticator(), state: BrokerState = BrokerState(),
    _ body: (Broker, TestLedger) async throws -> Void
) async throws {
    var configuration = configuration
    configuration.port = 0
    // Nearly a thousand tests share the machine: one may have to wait between its connection and its CONNECT.
    configuration.connectTimeout = 120
    let broker = try await Broker.start(
        configuration, ledger: ledger, authenticator: authenticator, authorizer: OpenAuthorizer(), state: state)
    do {
        try await body(broker, ledger)
    } catch {
        ledger.open()
        await broker.drain()
        throw error
    }
    ledger.open()
    await broker.drain()
}

/// Waits until something holds; fails after a minute.
func eventually(_ what: Comment, _ condition: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record(what)
            return
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}
