import MQTTBroker
import Testing

/// Reminders come, early perhaps, never late, and never twice.
struct TimerWheelTests {
    @Test("every reminder comes between one turn early and one step late", arguments: 0..<10)
    func comes(seed: Int) {
        var random = Lehmer(seed: UInt64(seed))
        var wheel = TimerWheel<Int>(step: 10, size: 16, now: 1_000)
        var now: Int64 = 1_000
        var open: [Int: Int64] = [:]
        var filed: [Int: Int64] = [:]
        var next = 0
        for _ in 0..<2_000 {
            if Bool.random(using: &random) {
                let deadline = now + Int64.random(in: -20...400, using: &random)
                // One that has passed counts from now.
                open[next] = max(deadline, now)
                filed[next] = wheel.remind(next, at: deadline)
                next += 1
            }
            now += Int64.random(in: 0...(Int.random(in: 0..<50, using: &random) == 0 ? 500 : 15), using: &random)
            var due: [(key: Int, step: Int64)] = []
            wheel.advance(to: now, due: &due)
            for (key, step) in due {
                #expect(filed[key] == step)
                guard let deadline = open.removeValue(forKey: key) else {
                    Issue.record("\(key) came twice")
                    continue
                }
                // Too early: asked again, as an owner does.
                if deadline > now {
                    open[key] = deadline
                    filed[key] = wheel.remind(key, at: deadline)
                }
            }
            for deadline in open.values { #expect(deadline > now - 10) }
        }
    }
}
