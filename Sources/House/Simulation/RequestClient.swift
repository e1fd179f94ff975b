internal import DeviceLogic
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
package import SolutionKit
internal import Synchronization

/// A device's client of HTTP/1.1 (RFC 9112): one connection, which is kept, and one request at a time. What fails is not repeated, because
/// nobody knows whether the hub has taken it: the device hears of it. After a request that got no answer it waits before it connects again.
package struct RequestClient: Sendable {
    private let host: String
    private let port: Int
    private let fields: [SimulatedRequest.Field]
    private let random: @Sendable () -> UInt64
    private let onConnection: @Sendable (Bool) -> Void
    /// In milliseconds.
    private var pauses: Backoff
    private var notBefore = NIODeadline.uptimeNanoseconds(0)
    private var channel: (any Channel)?

    /// The first and the longest pause before a connection is tried again, in milliseconds.
    package static let defaultPauses: ClosedRange<Int64> = 500...30_000
    /// A hub that is there accepts within this time.
    private static let longestConnecting = TimeAmount.seconds(5)

    /// A client that has not connected yet.
    /// - Parameters:
    ///   - host: a name or an address, IPv6 without brackets.
    ///   - fields: what each request carries besides its own fields, in their place where both have one.
    ///   - pauses: the first and the longest pause before a connection is tried again, in milliseconds.
    ///   - random: any number, drawn evenly, for these pauses.
    ///   - onConnection: told when a connection is there, and when it is lost.
    package init(
        host: String, port: Int, fields: [SimulatedRequest.Field] = [],
        pauses: ClosedRange<Int64> = RequestClient.defaultPauses,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) },
        onConnection: @escaping @Sendable (Bool) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.fields = fields
        self.random = random
        self.onConnection = onConnection
        self.pauses = Backoff(initial: pauses.lowerBound, maximum: pauses.upperBound, jitter: .half)
    }

    /// Sends a request and waits for its answer, no longer than the request says. Connects first if it must; when its task is cancelled, it
    /// closes the connection and answers `hubAway`.
    package mutating func answer(to request: SimulatedRequest) async -> SimulatedAnswer {
        let deadline = NIODeadline.now() + .microseconds(request.timeLimit)
        if channel?.isActive != true {
            channel = nil
            guard await pause(until: deadline) else { return .noReply(.hubAway) }
            channel = await connected(by: deadline)
        }
        var answer = SimulatedAnswer.noReply(.hubAway)
        if let channel { answer = await exchange(request, on: channel, deadline) }
        switch answer {
        case .reply: pauses.held(for: .max)
        case .noReply(.notSent): break
        case .noReply: notBefore = .now() + .milliseconds(pauses.next(random: random()))
        }
        return answer
    }

    /// Closes the connection.
    package mutating func close() async {
        try? await channel?.close().get()
        channel = nil
    }

    /// - Returns: whether the pause is over before the device's time is.
    private func pause(until deadline: NIODeadline) async -> Bool {
        let now = NIODeadline.now()
        guard notBefore > now else { return !Task.isCancelled }
        let wait = min(notBefore, deadline) - now
        try? await Task.sleep(for: .nanoseconds(wait.nanoseconds))
        return notBefore <= deadline && !Task.isCancelled
    }

    private func connected(by deadline: NIODeadline) async -> (any Channel)? {
        let attempt = ConnectionAttempt()
        let time = min(deadline - .now(), RequestClient.longestConnecting)
        guard time > .zero else { return nil }
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(time)
            .channelInitializer { [host, port, fields, onConnection] channel in
                channel.eventLoop.makeCompletedFuture {
                    try attempt.began(channel)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(
                        ExchangeHandler(authority: "\(HostPort(host: host, port: port))", fields, onConnection))
                }
            }
        return await withTaskCancellationHandler {
            guard let channel = try? await bootstrap.connect(host: host, port: port).get() else { return nil }
            if attempt.isAbandoned {
                channel.close(promise: nil)
                return nil
            }
            return channel
        } onCancel: {
            attempt.abandon()
        }
    }

    private func exchange(
        _ request: SimulatedRequest, on channel: any Channel, _ deadline: NIODeadline
    ) async -> SimulatedAnswer {
        let promise = channel.eventLoop.makePromise(of: SimulatedAnswer.self)
        return await withTaskCancellationHandler {
            // Of several answers the first counts: a connection that is lost fails what is written as well as what is awaited.
            channel.writeAndFlush(Exchange(request: request, deadline: deadline, answer: promise)).whenFailure { _ in
                promise.succeed(.noReply(.hubAway))
            }
            return (try? await promise.futureResult.get()) ?? .noReply(.hubAway)
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}

/// A connection that is being made; whoever waits for it may give up.
private final class ConnectionAttempt: Sendable {
    private struct State {
        var isAbandoned = false
        /// One for each address of the host that was tried.
        var channels: [any Channel] = []
    }

    private let state = Mutex(State())

    var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

    /// - Throws: `CancellationError` when nobody waits any more.
    func began(_ channel: any Channel) throws {
        try state.withLock { state in
            if state.isAbandoned { throw CancellationError() }
            state.channels.append(channel)
        }
    }

    func abandon() {
        let channels = state.withLock { state in
            state.isAbandoned = true
            return state.channels
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
