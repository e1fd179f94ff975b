import MQTTCodec
import NIOCore
import NIOPosix
import Synchronization

/// A server on port 0 of loopback that does what its script says, packet by packet.
final class ScriptedServer: Sendable {
    enum Reply: Sendable {
        case packet(Packet)
        case bytes([UInt8])
        case close
    }

    /// The number of the connection, from 0, and a packet that came on it.
    typealias Script = @Sendable (Int, Packet) -> [Reply]

    private let channel: any Channel
    private let connections: ConnectionCount

    var port: Int { channel.localAddress?.port ?? 0 }
    var connectionCount: Int { connections.value }

    static func start(on group: any EventLoopGroup, version: ProtocolVersion, _ script: @escaping Script) async throws
        -> ScriptedServer
    {
        let connections = ConnectionCount()
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = ScriptHandler(number: connections.next(), version: version, script: script)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(channel: channel, connections: connections)
    }

    private init(channel: any Channel, connections: ConnectionCount) {
        self.channel = channel
        self.connections = connections
    }

    func stop() async throws { try await channel.close() }

    /// Accepts every client and acknowledges everything; `extra` is asked first.
    static func obliging(_ extra: @escaping Script = { _, _ in [] }) -> Script {
        { number, packet in
            let replies = extra(number, packet)
            if !replies.isEmpty { return replies }
            switch packet {
            case .connect: return [.packet(.connack(Connack()))]
            case .publish(let publish):
                guard let identifier = publish.packetIdentifier else { return [] }
                let answer = PublishAnswer(packetIdentifier: identifier)
                return [.packet(publish.qos == .atLeastOnce ? .puback(answer) : .pubrec(answer))]
            case .pubrel(let answer):
                return [.packet(.pubcomp(PublishAnswer(packetIdentifier: answer.packetIdentifier)))]
            case .subscribe(let subscribe):
                let reasons = subscribe.subscriptions.map { ReasonCode.granted($0.maximumQoS) }
                return [.packet(.suback(Suback(packetIdentifier: subscribe.packetIdentifier, reasons: reasons)))]
            case .pingreq: return [.packet(.pingresp)]
            case .disconnect: return [.close]
            default: return []
            }
        }
    }
}

private final class ConnectionCount: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func next() -> Int {
        count.withLock { count in
            defer { count += 1 }
            return count
        }
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let number: Int
    private let version: ProtocolVersion
    private let script: ScriptedServer.Script
    private var decoder = PacketDecoder(receiver: .server)
    private var bytes: [UInt8] = []

    init(number: Int, version: ProtocolVersion, script: @escaping ScriptedServer.Script) {
        self.number = number
        self.version = version
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += Array(buffer: unwrapInboundIn(data))
        while case .packet(let packet, let consumed) = decoder.decode(bytes.span) {
            bytes.removeFirst(consumed)
            for reply in script(number, packet) { send(reply, context) }
        }
    }

    private func send(_ reply: ScriptedServer.Reply, _ context: ChannelHandlerContext) {
        var output: [UInt8] = []
        switch reply {
        case .packet(let packet):
            do { try packet.encode(into: &output, version: version) } catch { return context.close(promise: nil) }
        case .bytes(let bytes): output = bytes
        case .close: return context.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: output)), promise: nil)
    }
}

/// Collects events of a client and lets a test wait for one, with a deadline.
final class EventLog: Sendable {
    private let stream: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func note(_ text: String) { continuation.yield(text) }

    /// The first event that `matches`, or nil when the deadline passes.
    func wait(seconds: Double = 10, for matches: @escaping @Sendable (String) -> Bool) async -> String? {
        await withDeadline(seconds: seconds) { [stream] in
            for await event in stream where matches(event) { return event }
            return nil
        } ?? nil
    }
}

/// The result of `work`, or nil when the deadline passes first.
func withDeadline<Value: Sendable>(
    seconds: Double = 10, _ work: @escaping @Sendable () async throws -> Value
) async rethrows -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try? await Task.sleep(for: .seconds(seconds))
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}
