import Foundation
import Testing

/// A server that stops and goes on is the same to its clients as one that never stopped.
///
/// Each history runs twice: once over restarts, where clients are cut off and come back to a core that has only what the
/// ledger was told; and once where, at the same moments, the same clients leave and come back to a server that goes on.
/// What the specification leaves open may differ: DUP, packet identifiers, messages of QoS 1 that come twice, and when a
/// will comes whose client does not.
struct HistoryTests {
    /// Seeds of each part; a failure names the one that failed. For a long run: `MARTLET_HISTORY_SEEDS=100000`.
    private static let seeds: Int = {
        if let wanted = ProcessInfo.processInfo.environment["MARTLET_HISTORY_SEEDS"].flatMap(Int.init) { return wanted }
        #if DEBUG
        return 30
        #else
        return 200
        #endif
    }()

    @Test("what clients receive, what is retained and which wills come: the same with restarts", arguments: 0..<10)
    func same(part: Int) {
        for seed in part * Self.seeds..<(part + 1) * Self.seeds {
            let history = History(seed: UInt64(seed))
            let plain = World(history, restarts: false).run()
            let restarted = World(history, restarts: true).run()
            guard restarted.isEqual(plain) else {
                Issue.record("seed \(seed): \(restarted.differences(from: plain).joined(separator: "\n"))")
                return
            }
        }
    }

    @Test("histories hold what they are for")
    func coverage() {
        var (messages, wills, restarts, repeated, expired) = (0, 0, 0, 0, 0)
        for seed in 0..<100 {
            let history = History(seed: UInt64(seed))
            restarts += history.steps.count { if case .restart = $0 { true } else { false } }
            let world = World(history, restarts: true)
            let picture = world.run()
            messages += picture.received.values.reduce(0) { $0 + $1.count }
            wills += picture.wills.count
            repeated += world.repeated
            expired += world.expired
        }
        #expect(messages > 300)
        #expect(wills > 50)
        #expect(restarts > 100)
        #expect(repeated > 20)
        #expect(expired > 5)
    }
}
