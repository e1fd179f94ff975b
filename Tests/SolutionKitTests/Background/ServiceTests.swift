import HubModel
import HubTesting
import SolutionKit
import Synchronization
import Testing

@Suite struct ServiceTests {
    private struct Failure: Error {}

    /// What a service and its supervisor do, by a clock that moves only while somebody waits.
    private final class Stage: Sendable {
        struct State {
            var uptime = Duration.zero
            var starts = 0
            var waits: [Duration] = []
            var events: [String] = []
        }

        let state = Mutex(State())

        func run(_ service: BackgroundService, random: UInt64 = .max - 1) async {
            await service.supervise(
                uptime: { state.withLock { $0.uptime } },
                wait: { duration in
                    state.withLock { state in
                        state.uptime += duration
                        state.waits.append(duration)
                    }
                }, random: { random },
                note: { event in
                    state.withLock { state in
                        switch event {
                        case .started: state.events.append("started")
                        case .failed: state.events.append("failed")
                        case .ended: state.events.append("ended")
                        }
                    }
                })
        }
    }

    @Test("A service that fails is started again, later each time, and when it returns it is done")
    func restarts() async {
        let stage = Stage()
        await stage.run(
            BackgroundService("tanks.feed") {
                let start = stage.state.withLock { state in
                    state.starts += 1
                    return state.starts
                }
                if start < 4 { throw Failure() }
            })
        let state = stage.state.withLock { $0 }
        #expect(state.events == ["started", "failed", "started", "failed", "started", "failed", "started", "ended"])
        // Half of each span is chance.
        #expect(zip(state.waits, [1, 2, 4]).allSatisfy { $0 >= .seconds($1) / 2 && $0 <= .seconds($1) })
        #expect(state.waits.count == 3)
    }

    @Test("A service that is told to end is not started again, and has not failed")
    func cancelled() async {
        let stage = Stage()
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            await stage.run(
                BackgroundService("tanks.feed") {
                    begin.finish()
                    try await Task.sleep(for: .seconds(1_000))
                })
        }
        for await _ in begun {}
        task.cancel()
        await task.value
        #expect(stage.state.withLock { $0.events } == ["started", "ended"])
    }

    @Test("Spans double to five minutes, and begin anew behind a service that has lasted")
    func plan() {
        var plan = RestartPlan()
        var spans: [Duration] = []
        for _ in 0..<12 { spans.append(plan.failed(after: .milliseconds(10), random: 0)) }
        // Without chance it is half of each span.
        #expect(
            spans.map { Int($0 / .milliseconds(1)) } == [
                500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 150_000, 150_000, 150_000,
            ])
        let behindShort = plan.failed(after: .seconds(299), random: 0)
        let behindLong = plan.failed(after: .seconds(300), random: 0)
        #expect(behindShort == .seconds(150))
        #expect(behindLong == .milliseconds(500))
    }
}
