public import HubModel
internal import Synchronization

/// Lets requests wait for something that the line will do, such as a command for the device that asks. A request that waits is an entry in
/// a table, and holds no thread and no connection to the database. How long it waits a `Rhythm` says.
///
/// The side that makes it true calls `signal` when it is committed (`LineContext.afterCommit`). A route that waits says so (`Route.waits`):
/// then it ends early, with what there is, when its client goes or the hub stops.
public final class LongPoll<Key: Hashable & Sendable>: Sendable {
    private struct Waiter {
        var isSignalled = false
        /// The time is over.
        var isOver = false
        var continuation: CheckedContinuation<Void, Never>?
    }

    private struct State {
        var count = 0
        var next: UInt64 = 0
        var waiters: [Key: [UInt64: Waiter]] = [:]
        /// How many requests wait of each of those who ask.
        var askers: [String: Int] = [:]
    }

    private let limit: Int
    private let limitPerKey: Int
    private let limitPerAsker: Int
    private let rhythm: any Rhythm
    private let state = Mutex(State())

    /// Nobody waits yet.
    /// - Parameters:
    ///   - limit: requests that may wait at once.
    ///   - limitPerKey: those of them for one key: an old one whose client is gone unnoticed must not keep out a new one.
    ///   - limitPerAsker: those of them of one who asks, for whatever keys: a controller that waits for each of its many devices on a
    ///     connection of its own must leave some to others.
    ///   - rhythm: how time passes: the hub's (`WebServices.rhythm`).
    public init(limit: Int = 2_000, limitPerKey: Int = 4, limitPerAsker: Int = 64, rhythm: any Rhythm) {
        self.limit = limit
        self.limitPerKey = limitPerKey
        self.limitPerAsker = limitPerAsker
        self.rhythm = rhythm
    }

    /// How many wait at present.
    public var waiting: Int { state.withLock { $0.count } }

    /// Looks, and looks again each time the key is signalled, until there is something or the time is over.
    /// - Parameters:
    ///   - key: what is waited for.
    ///   - asker: who asks, such as a device's name; nil: nobody knows.
    ///   - time: how long at most; zero: it is looked once.
    ///   - look: gives what there is; nil: nothing yet.
    /// - Returns: nil when the time is over, or the task was cancelled.
    /// - Throws: `overloaded` when too many wait; what `look` throws.
    public func value<Value>(
        for key: Key, by asker: String? = nil, within time: Duration, _ look: () async throws -> Value?
    ) async throws -> Value? {
        guard time > .zero else { return try await look() }
        // From now on, whenever the alarm's task comes to run.
        let deadline = rhythm.uptime() + time
        // Who listens before looking misses nothing that comes in between.
        let number = try begin(key, asker)
        defer { end(key, number, asker) }
        let alarm = Task { [rhythm] in
            try? await rhythm.sleep(untilUptime: deadline)
            wake(key, number, isOver: true)
        }
        defer { alarm.cancel() }
        while true {
            if let value = try await look() { return value }
            guard !Task.isCancelled, await wait(key, number) else { return nil }
        }
    }

    /// What is waited for under this key may be there: all who wait for it look again.
    public func signal(_ key: Key) {
        let waiting = state.withLock { state in
            (state.waiters[key] ?? [:]).compactMap { number, waiter in
                state.waiters[key]?[number]?.isSignalled = true
                state.waiters[key]?[number]?.continuation = nil
                return waiter.continuation
            }
        }
        for continuation in waiting { continuation.resume() }
    }

    private func begin(_ key: Key, _ asker: String?) throws(Refusal) -> UInt64 {
        let number = state.withLock { state -> UInt64? in
            guard state.count < limit, (state.waiters[key]?.count ?? 0) < limitPerKey,
                (asker.flatMap { state.askers[$0] } ?? 0) < limitPerAsker
            else { return nil }
            if let asker { state.askers[asker, default: 0] += 1 }
            state.count += 1
            state.next += 1
            state.waiters[key, default: [:]][state.next] = Waiter()
            return state.next
        }
        guard let number else {
            throw Refusal(
                .overloaded, "Too many requests wait. Ask again soon, or without waiting.", retryAfterSeconds: 5)
        }
        return number
    }

    private func end(_ key: Key, _ number: UInt64, _ asker: String?) {
        state.withLock { state in
            if let asker {
                let left = (state.askers[asker] ?? 1) - 1
                state.askers[asker] = left > 0 ? left : nil
            }
            state.count -= 1
            state.waiters[key]?[number] = nil
            if state.waiters[key]?.isEmpty == true { state.waiters[key] = nil }
        }
    }

    /// Waits for a signal.
    /// - Returns: false when the time is over.
    private func wait(_ key: Key, _ number: UInt64) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken = state.withLock { state -> Bool in
                    guard let waiter = state.waiters[key]?[number], !waiter.isSignalled, !waiter.isOver,
                        !Task.isCancelled
                    else { return true }
                    state.waiters[key]?[number]?.continuation = continuation
                    return false
                }
                if isWoken { continuation.resume() }
            }
        } onCancel: {
            wake(key, number, isOver: true)
        }
        return state.withLock { state in
            state.waiters[key]?[number]?.isSignalled = false
            return state.waiters[key]?[number]?.isOver == false
        }
    }

    private func wake(_ key: Key, _ number: UInt64, isOver: Bool) {
        let continuation = state.withLock { state in
            state.waiters[key]?[number]?.isOver = isOver
            defer { state.waiters[key]?[number]?.continuation = nil }
            return state.waiters[key]?[number]?.continuation
        }
        continuation?.resume()
    }
}
