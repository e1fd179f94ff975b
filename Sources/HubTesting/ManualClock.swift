public import HubModel
internal import Synchronization

/// A clock that stands still until it is told to move. What sleeps by it is woken by that.
public final class ManualClock: WallClock, Rhythm {
    private struct Sleeper {
        let end: Duration
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var wall: Timestamp
        var uptime = Duration.zero
        var sleepers: [Int: Sleeper] = [:]
        var next = 0

        /// Takes out those whose time is over.
        mutating func awake() -> [CheckedContinuation<Void, Never>] {
            let over = sleepers.filter { $0.value.end <= uptime }
            for number in over.keys { sleepers[number] = nil }
            return over.values.map(\.continuation)
        }
    }

    private let state: Mutex<State>

    /// A clock that stands at an instant; by default in November 2025.
    public init(_ instant: Timestamp = Timestamp(seconds: 1_763_690_000)) {
        state = Mutex(State(wall: instant))
    }

    /// Where it stands.
    public func now() -> Timestamp { state.withLock { $0.wall } }

    /// By how much it was moved forward.
    public func uptime() -> Duration { state.withLock { $0.uptime } }

    /// Moves it forward, or with a negative number back: then no time passes.
    public func move(seconds: Int64) { move(microseconds: seconds * 1_000_000) }

    /// As `move(seconds:)`, finer.
    public func move(milliseconds: Int64) { move(microseconds: milliseconds * 1_000) }

    /// Sets it: no time passes.
    public func set(_ instant: Timestamp) { state.withLock { $0.wall = instant } }

    private func move(microseconds: Int64) {
        let awake = state.withLock { state in
            state.wall = state.wall.advanced(byMicroseconds: microseconds)
            state.uptime += .microseconds(max(0, microseconds))
            return state.awake()
        }
        for continuation in awake { continuation.resume() }
    }

    /// Waits until it was moved so far.
    public func sleep(untilUptime end: Duration) async throws {
        let number = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.uptime < end, !Task.isCancelled else { return true }
                    state.sleepers[number] = Sleeper(end: end, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume()
        }
        try Task.checkCancellation()
    }

    /// Works each time that it was moved by the interval.
    public func every(_ interval: Duration, do work: () async -> Void) async {
        while (try? await sleep(untilUptime: uptime() + interval)) != nil { await work() }
    }
}
