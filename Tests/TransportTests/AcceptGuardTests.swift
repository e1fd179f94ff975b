import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Transport

/// What a listening socket does while no connection can be accepted.
@Suite struct AcceptGuardTests {
    /// Says "hello" to everybody.
    private final class Greeter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "hello")), promise: nil)
        }
    }

    private final class Changes: Sendable {
        private let all = Mutex<[ConnectionBudget.Change]>([])

        var list: [ConnectionBudget.Change] { all.withLock { $0 } }

        func append(_ change: ConnectionBudget.Change) { all.withLock { $0.append(change) } }
    }

    private final class Greeted: Sendable {
        private let all = Mutex<[Int]>([])

        var list: [Int] { all.withLock { $0 } }

        func append(_ number: Int) { all.withLock { $0.append(number) } }
    }

    private typealias Client = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private func connect(_ server: any Channel) async throws -> Client {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(to: try #require(server.localAddress)) { channel in
                channel.eventLoop.makeCompletedFuture { try Client(wrappingChannelSynchronously: channel) }
            }
    }

    private func listen(_ budget: ConnectionBudget) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGuard(budget))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Greeter()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    @Test func `beyond the budget a connection waits until another has ended`() async throws {
        let changes = Changes()
        let server = try await listen(ConnectionBudget(maximum: 2) { changes.append($0) })
        let greeted = Greeted()
        let (news, tell) = AsyncStream.makeStream(of: Int.self)
        let clients = try await [connect(server), connect(server), connect(server)]
        await withThrowingTaskGroup(of: Void.self) { group in
            for (number, client) in clients.enumerated() {
                group.addTask {
                    try await client.executeThenClose { inbound, _ in
                        for try await _ in inbound { break }
                        greeted.append(number)
                        tell.yield(number)
                        // The first goes at once, which makes room for the third; the second stays until that is served.
                        while number == 1, greeted.list.count < 3 { try await Task.sleep(for: .milliseconds(5)) }
                    }
                }
            }
            var count = 0
            for await _ in news {
                count += 1
                if count == 3 { break }
            }
        }
        #expect(Set(greeted.list) == [0, 1, 2])
        #expect(changes.list == [.full(connections: 2)])
        try await server.close()
    }

    @Test(arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func `a shortage pauses accepting, is told once, and does not end it`(code: CInt) async throws {
        let changes = Changes()
        let server = try await listen(ConnectionBudget { changes.append($0) })
        let failure = IOError(errnoCode: code, reason: "accept")
        // In one turn of the event loop: it tries again after a tenth of a second.
        let isReading = try await server.eventLoop.submit {
            for _ in 0..<3 { server.pipeline.fireErrorCaught(failure) }
            return try server.syncOptions?.getOption(.autoRead)
        }.get()
        #expect(isReading == false)
        // It goes on by itself.
        let client = try await connect(server)
        try await client.executeThenClose { inbound, _ in
            var iterator = inbound.makeAsyncIterator()
            let greeting = try await iterator.next()
            #expect(greeting.map { String(buffer: $0) } == "hello")
        }
        #expect(changes.list.count == 1)
        try await server.close()
    }

    @Test func `another error is none of its business`() async throws {
        let server = try await listen(ConnectionBudget())
        server.pipeline.fireErrorCaught(IOError(errnoCode: ECONNABORTED, reason: "accept"))
        #expect(try await server.getOption(.autoRead).get())
        try await server.close()
    }
}
