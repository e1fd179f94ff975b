internal import HubModel
internal import MQTTBroker
internal import Synchronization

/// A clock that a test moves from outside (docs/testing.md). What is paced by it goes on as the machine's time does, and besides
/// looks once whenever the clock was moved.
final class TestClock: HouseClock {
    private struct Loop {
        let wake: AsyncStream<Void>.Continuation
        /// Those who wait for the next piece of work to end.
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private struct State {
        var time: MovableTime
        var loops: [Int: Loop] = [:]
        var nextLoop = 0
    }

    private let state: Mutex<State>

    /// A clock that stands still at an instant; without one it goes on from the machine's time.
    init(_ instant: Timestamp?) {
        var time = MovableTime(instant ?? SystemClock().now())
        if instant == nil { time.run(at: .now) }
        state = Mutex(State(time: time))
    }

    func now() -> Timestamp { state.withLock { $0.time.wall(at: .now) } }

    func uptime() -> Duration { state.withLock { $0.time.uptime(at: .now) } }

    var broker: BrokerClock {
        BrokerClock { [self] in
            let (wall, uptime) = state.withLock { state in
                let present = ContinuousClock.now
                return (state.time.wall(at: present), state.time.uptime(at: present))
            }
            // Sockets are real: whoever speaks over one has real time for it, also while this clock stands still or leaps.
            return Moment(
                uptime: BrokerClock.machine.now().uptime, wall: wall.microseconds,
                elapsed: Int64(uptime / .milliseconds(1)))
        }
    }

    /// Changes the time.
    func change(_ change: (inout MovableTime, ContinuousClock.Instant) -> Void) {
        state.withLock { change(&$0.time, .now) }
    }

    func every(_ interval: Duration, do work: () async -> Void) async {
        // However often it is woken while it works: it works once more.
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            defer { state.nextLoop += 1 }
            state.loops[state.nextLoop] = Loop(wake: wake)
            return state.nextLoop
        }
        let pulse = Task { while (try? await Task.sleep(for: interval)) != nil { wake.yield() } }
        for await _ in wakes {
            let asked = state.withLock { state in
                let asked = state.loops[id]?.waiting ?? []
                state.loops[id]?.waiting = []
                return asked
            }
            await work()
            for continuation in asked { continuation.resume() }
        }
        pulse.cancel()
        let left = state.withLock { $0.loops.removeValue(forKey: id)?.waiting ?? [] }
        for continuation in left { continuation.resume() }
    }

    func sleep(untilUptime end: Duration) async throws {
        let look = Task {
            await every(TestClock.lookInterval) {
                // It ends the rhythm, whose own task this is.
                if uptime() >= end { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await withTaskCancellationHandler {
            await look.value
        } onCancel: {
            look.cancel()
        }
        try Task.checkCancellation()
    }

    /// How late somebody may be woken while the time goes on by itself.
    private static let lookInterval = Duration.milliseconds(100)

    /// Has everything that is paced by this clock look once more, and waits until it has.
    func lookAgain() async {
        let loops = state.withLock { Array($0.loops.keys) }
        await withDiscardingTaskGroup { group in
            for id in loops { group.addTask { await self.workOnce(id) } }
        }
    }

    private func workOnce(_ id: Int) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let wake = state.withLock { state in
                state.loops[id]?.waiting.append(continuation)
                return state.loops[id]?.wake
            }
            guard let wake else { return continuation.resume() }
            wake.yield()
        }
    }
}
