internal import Foundation
internal import HubModel
internal import Ingest
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// The socket by which a test moves the hub's clock. A line is a command (`ClockCommand`); the answer is `ok` and the time in
/// microseconds since 1970, or `error` and why not.
struct ClockDoor {
    let clock: TestClock
    let path: String

    /// A command that came in, and where its answer goes.
    private struct Order {
        let line: String
        let channel: any Channel
    }

    /// Takes commands, one after the other, until its task is cancelled.
    /// - Parameter settle: does what came due because the clock was moved, and returns when that is committed.
    /// - Throws: `SettingError` when there can be no socket at the path.
    func run(settle: @escaping @Sendable () async -> Void) async throws {
        let (orders, source) = AsyncStream.makeStream(of: Order.self, bufferingPolicy: .bufferingOldest(16))
        let listener = try await listen { line, channel in
            // More than one test never waits for an answer at once.
            if case .enqueued = source.yield(Order(line: line, channel: channel)) { return }
            channel.close(promise: nil)
        }
        for await order in orders {
            let answer = await perform(order.line, settle)
            order.channel.writeAndFlush(ByteBuffer(string: answer + "\n"), promise: nil)
        }
        try? await listener.close()
    }

    private func perform(_ line: String, _ settle: @Sendable () async -> Void) async -> String {
        guard let command = ClockCommand(line) else {
            return "error: say now, set MICROSECONDS, advance MILLISECONDS, freeze or run"
        }
        clock.change { time, present in
            switch command {
            case .now: break
            case .set(let instant): time.set(instant, at: present)
            case .advance(let duration): time.advance(by: duration, at: present)
            case .freeze: time.freeze(at: present)
            case .run: time.run(at: present)
            }
        }
        await settle()
        return "ok \(clock.now().microseconds)"
    }

    private func listen(_ take: @escaping @Sendable (String, any Channel) -> Void) async throws -> any Channel {
        do {
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ClockLines(take))
                    }
                }
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            return listener
        } catch {
            throw SettingError("\(TestClockSetting.name): there can be no socket at \(path): \(error)")
        }
    }
}

/// Cuts what comes in into lines.
private final class ClockLines: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let longest = 64
    private let take: @Sendable (String, any Channel) -> Void
    private var rest = ""

    init(_ take: @escaping @Sendable (String, any Channel) -> Void) {
        self.take = take
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        rest += String(buffer: unwrapInboundIn(data))
        while let end = rest.firstIndex(of: "\n") {
            take(String(rest[..<end]), context.channel)
            rest = String(rest[rest.index(after: end)...])
        }
        if rest.utf8.count > ClockLines.longest { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Takes a test's commands while the hub runs.
struct ClockService: Service {
    let door: ClockDoor
    let line: IngestLine
    let broker: BrokerHandle

    func run() async throws {
        let (clock, line, broker) = (door.clock, line, broker)
        try await cancelWhenGracefulShutdown {
            try await door.run {
                // Wills that are due go down the line; what the line does goes out by the broker.
                await broker.clockWasMoved()
                await line.clockWasMoved()
                await clock.lookAgain()
                await line.clockWasMoved()
                await broker.clockWasMoved()
            }
        }
    }
}
