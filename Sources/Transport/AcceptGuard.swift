internal import Foundation
public import NIOCore
internal import Synchronization

/// How many connections a door may have open, so that the process always has descriptors left for its files; and whether
/// the door has stopped accepting for want of them.
///
/// It is no bound that anybody should meet: those of the room behind the door are lower, and say what happens beyond them.
/// This one holds while connections beyond those are still being closed.
public final class ConnectionBudget: Sendable {
    /// What is told of a door that accepts no more, or again.
    public enum Change: Sendable, Hashable {
        /// As many connections are open as may be.
        case full(connections: Int)
        /// The system refused a descriptor or memory: the text says which.
        case refused(reason: String)
        /// It accepts again.
        case resumed
    }

    private struct State {
        var open = 0
        /// When it could not be accepted last; nil: since it was last told that it could.
        var shortage: NIODeadline?
    }

    private let maximum: Int
    private let tell: @Sendable (Change) -> Void
    private let state = Mutex(State())
    private let reserve = DescriptorReserve(of: 2)

    /// How long all has to go well until it is told: in a shortage single connections come through now and then.
    private static let calm = TimeAmount.seconds(10)

    /// A budget.
    /// - Parameters:
    ///   - maximum: connections open at once; nil: only what the system refuses counts.
    ///   - tell: told once when accepting stops, and once when it goes on; on an event loop, must not block.
    public init(maximum: Int? = nil, tell: @escaping @Sendable (Change) -> Void = { _ in }) {
        self.maximum = maximum ?? .max
        self.tell = tell
    }

    /// A door begins to accept.
    func begin() {
        // Where there is nothing to hold in reserve, accepting will tell.
        _ = reserve.refill()
    }

    /// Whether another connection may be accepted; the first "no" is told.
    func hasRoom() -> Bool {
        let (hasRoom, isNews) = state.withLock { state in
            guard state.open >= maximum else { return (true, false) }
            defer { state.shortage = .now() }
            return (false, state.shortage == nil)
        }
        if isNews { tell(.full(connections: maximum)) }
        return hasRoom
    }

    /// The system refused a connection. What is held in reserve goes back, for files.
    func refused(_ reason: String) {
        reserve.release()
        let isNews = state.withLock { state in
            defer { state.shortage = .now() }
            return state.shortage == nil
        }
        if isNews { tell(.refused(reason: reason)) }
    }

    /// Whether it may be tried again: only when what is held in reserve is there as well.
    func mayRetry() -> Bool { reserve.refill() && hasRoom() }

    /// A connection was accepted.
    func accepted() {
        let isNews = state.withLock { state in
            state.open += 1
            guard let shortage = state.shortage, shortage + ConnectionBudget.calm <= .now() else { return false }
            state.shortage = nil
            return true
        }
        if isNews { tell(.resumed) }
    }

    /// A connection has ended.
    func ended() {
        state.withLock { $0.open -= 1 }
    }
}

/// Stands at the front of a listening socket's pipeline and pauses it while there is no descriptor for another connection.
///
/// Without it a socket with a connection that cannot be accepted stays readable, and its event loop asks for it again and
/// again without rest. While it pauses, connections wait in the system's queue, and those that are open go on.
public final class AcceptGuard: ChannelDuplexHandler {
    /// The connections that were accepted.
    public typealias InboundIn = any Channel
    /// The same.
    public typealias InboundOut = any Channel
    /// Nothing: a listening socket writes nothing.
    public typealias OutboundIn = Never

    /// Connections that may be accepted in one go: by so many, less one, the budget may be exceeded.
    public static let acceptsAtOnce = 4

    /// How long to wait before it is tried again.
    private static let pause = TimeAmount.milliseconds(100)

    private let budget: ConnectionBudget
    private var retry: Scheduled<Void>?

    /// A guard of one listening socket.
    public init(_ budget: ConnectionBudget) {
        self.budget = budget
        budget.begin()
    }

    /// Counts a connection.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let budget = budget
        budget.accepted()
        unwrapInboundIn(data).closeFuture.whenComplete { _ in budget.ended() }
        context.fireChannelRead(data)
    }

    /// Holds the wish for another connection back while there is no room.
    public func read(context: ChannelHandlerContext) {
        guard retry == nil else { return }
        guard budget.hasRoom() else { return wait(context) }
        context.read()
    }

    /// Pauses when the system is short of descriptors or memory.
    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let code = (error as? IOError)?.errnoCode, AcceptGuard.isShortage(code) else {
            return context.fireErrorCaught(error)
        }
        budget.refused(String(cString: strerror(code)).lowercased())
        // Only this takes a read back that is already asked for.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        if retry == nil { wait(context) }
    }

    /// Gives up what was still to be tried.
    public func channelInactive(context: ChannelHandlerContext) {
        retry?.cancel()
        context.fireChannelInactive()
    }

    private func wait(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        retry = context.eventLoop.scheduleTask(in: AcceptGuard.pause) {
            let (handler, context) = bound.value
            handler.retry = nil
            guard context.channel.isActive else { return }
            guard handler.budget.mayRetry() else { return handler.wait(context) }
            // Asks for a read where it was off; where it was on, the read that was held back is made up for.
            if (try? context.channel.syncOptions?.getOption(.autoRead)) == false {
                try? context.channel.syncOptions?.setOption(.autoRead, value: true)
            } else {
                context.read()
            }
        }
    }

    /// Of which accept(2) says that it may succeed later.
    private static func isShortage(_ code: CInt) -> Bool {
        [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code)
    }
}

@available(*, unavailable)
extension AcceptGuard: Sendable {}
