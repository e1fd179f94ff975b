import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server of HTTP on loopback that answers each request as its script says.
final class ScriptedHub: Sendable {
    enum Reply: Sendable {
        case answer(Int, [UInt8] = [], fields: [(String, String)] = [])
        /// As it is, and then the connection stays open.
        case bytes(String)
        /// Nothing at all.
        case silence
        case close
    }

    struct Request: Sendable {
        /// Of the connection, from 0.
        let connection: Int
        let head: HTTPRequestHead
        let body: [UInt8]
    }

    typealias Script = @Sendable (Request) -> Reply

    let port: Int
    private let listener: any Channel
    private let open: OpenConnections
    private let notes: Notes

    /// What has come, in order.
    var requests: [Request] { notes.all }

    /// - Parameter port: 0 takes a free one.
    static func start(port: Int = 0, _ script: @escaping Script) async throws -> ScriptedHub {
        let open = OpenConnections()
        let notes = Notes()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = open.add(channel)
                    let pipeline = channel.pipeline.syncOperations
                    // Raw bytes may follow: only requests are read as HTTP.
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    try pipeline.addHandler(
                        ScriptHandler(number) { request in
                            notes.add(request)
                            return script(request)
                        })
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return ScriptedHub(listener: listener, open: open, notes: notes)
    }

    private init(listener: any Channel, open: OpenConnections, notes: Notes) {
        self.listener = listener
        self.open = open
        self.notes = notes
        port = listener.localAddress?.port ?? 0
    }

    /// Listens no more, and closes all connections.
    func stop() async throws {
        try await listener.close()
        for channel in open.all { try? await channel.close() }
    }
}

private final class Notes: Sendable {
    private let requests = Mutex<[ScriptedHub.Request]>([])
    var all: [ScriptedHub.Request] { requests.withLock { $0 } }
    func add(_ request: ScriptedHub.Request) { requests.withLock { $0.append(request) } }
}

private final class OpenConnections: Sendable {
    private let channels = Mutex<[any Channel]>([])
    var all: [any Channel] { channels.withLock { $0 } }

    /// - Returns: its number.
    func add(_ channel: any Channel) -> Int {
        channels.withLock { channels in
            channels.append(channel)
            return channels.count - 1
        }
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let number: Int
    private let script: ScriptedHub.Script
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ number: Int, _ script: @escaping ScriptedHub.Script) {
        self.number = number
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (self.head, body) = (head, [])
        case .body(let buffer): body += buffer.readableBytesView
        case .end:
            guard let head else { return }
            switch script(ScriptedHub.Request(connection: number, head: head, body: body)) {
            case .answer(let status, let body, let fields):
                let lines = fields.map { "\($0.0): \($0.1)\r\n" }.joined()
                let length = "Content-Length: \(body.count)\r\n"
                write(Array("HTTP/1.1 \(status) Said\r\n\(length)\(lines)\r\n".utf8) + body, context)
            case .bytes(let text): write(Array(text.utf8), context)
            case .silence: break
            case .close: context.close(promise: nil)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }
}
