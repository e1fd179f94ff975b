import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

@Suite struct OccupancyTests {
    private func second(_ second: Int64) -> Timestamp { Timestamp(seconds: 1_763_683_200 + second) }

    private func change(_ at: Int64, _ room: String, _ state: ResourceState) -> StateChange {
        StateChange(at: second(at), resource: room, state: state)
    }

    @Test("Use and utilisation are of the time that is known; out of service and unknown count for neither")
    func utilisation() {
        let steps = OccupancySteps(
            from: second(0), to: second(3_600), initial: ["R1": .free, "R2": .outOfService],
            changes: [change(600, "R1", .occupied), change(1_800, "R1", .unknown), change(2_400, "R2", .reserved)])
        let whole = steps.use(from: second(0), to: second(3_600))
        #expect(whole.seconds[.free] == 600 && whole.seconds[.occupied] == 1_200 && whole.seconds[.unknown] == 1_800)
        #expect(whole.seconds[.outOfService] == 2_400 && whole.seconds[.reserved] == 1_200)
        #expect(whole.utilisation == 0.4)
        #expect(steps.use(from: second(600), to: second(1_200)).utilisation == 1)
        #expect(steps.use(from: second(4_000), to: second(5_000)).utilisation == nil)
        let halves = steps.use(from: second(0), to: second(1_000)) + steps.use(from: second(1_000), to: second(3_600))
        #expect(halves == whole)
    }

    /// What every resource is in every second, by going through them.
    private func brute(
        _ initial: [String: ResourceState], _ changes: [StateChange], seconds: Int64
    ) -> [[String: ResourceState]] {
        var (states, rest, all) = (initial, changes[...], [[String: ResourceState]]())
        for number in 0..<seconds {
            while let next = rest.first, next.at <= second(number) {
                states[next.resource] = next.state
                rest.removeFirst()
            }
            all.append(states)
        }
        return all
    }

    @Test("Steps, shares and rows are what going through every second gives", arguments: 1...8)
    func againstBruteForce(seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let seconds: Int64 = 5_400
        let rooms = ["A", "B", "C"]
        var initial: [String: ResourceState] = [:]
        for room in rooms.dropLast() { initial[room] = ResourceState.allCases.randomElement(using: &random) }
        let changes = (0..<40).map { _ in Int64.random(in: 0..<seconds, using: &random) }.sorted().map { at in
            change(
                at, rooms.randomElement(using: &random) ?? "A",
                ResourceState.allCases.randomElement(using: &random) ?? .free)
        }
        let truth = brute(initial, changes, seconds: seconds)
        let steps = OccupancySteps(from: second(0), to: second(seconds), initial: initial, changes: changes)

        let range = Int64(700)..<4_321
        let use = steps.use(from: second(range.lowerBound), to: second(range.upperBound))
        for state in ResourceState.allCases {
            let expected = range.reduce(0) { sum, at in sum + truth[Int(at)].values.count { $0 == state } }
            #expect(use.seconds[state, default: 0] == Double(expected))
        }

        let history = OccupancyHistory(steps, from: second(0), to: second(seconds), stepMicroseconds: 600_000_000)
        #expect(history.rows.count == 9)
        for (number, row) in history.rows.enumerated() {
            let part = truth[number * 600..<(number + 1) * 600].filter { !$0.isEmpty }
            let occupied = part.filter { $0.values.contains { [.free, .occupied, .reserved].contains($0) } }
                .map { states in states.values.count { $0 == .occupied } }
            for state in ResourceState.allCases {
                let mean = Double(part.reduce(0) { $0 + $1.values.count { $0 == state } }) / Double(max(1, part.count))
                #expect(abs((row.means?[state] ?? 0) - mean) < 1e-9, "\(number) \(state)")
            }
            #expect(row.occupied?.least == occupied.min() && row.occupied?.most == occupied.max())
            #expect((row.occupied?.knownMicroseconds ?? 0) == Int64(occupied.count) * 1_000_000)
        }

        // Of quarters of an hour that begin with the steps: the mean share of known time that was free.
        for (number, share) in steps.shares(from: second(0), count: 6).enumerated() {
            let part = truth[number * 900..<(number + 1) * 900]
            func count(_ wanted: Set<ResourceState>) -> Int {
                part.reduce(0) { $0 + $1.values.count { wanted.contains($0) } }
            }
            let (known, unknown) = (count([.free, .occupied, .reserved]), count([.unknown]))
            let expected = known > 0 && known >= unknown ? Double(count([.free])) / Double(known) : nil
            #expect((share == nil) == (expected == nil), "\(number)")
            if let share, let expected { #expect(abs(share - expected) < 1e-9, "\(number)") }
        }
    }

    @Test("A place is full when for ten minutes hardly anything is free")
    func full() {
        let steps = OccupancySteps(
            from: second(0), to: second(7_200), initial: ["A": .free, "B": .occupied],
            changes: [change(100, "A", .occupied), change(400, "A", .free), change(900, "A", .occupied)])
        #expect(steps.firstFull(from: second(0), to: second(7_200)) == second(900))
        #expect(steps.firstFull(from: second(0), to: second(1_400)) == nil)
        #expect(steps.firstFull(from: second(1_000), to: second(7_200)) == second(1_000))
    }
}
