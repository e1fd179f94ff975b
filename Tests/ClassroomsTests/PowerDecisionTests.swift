import Classrooms
import HubModel
import Testing

/// What a room's power shall be, as a value.
@Suite struct PowerDecisionTests {
    /// 14:00 in epoch minutes of the test.
    private func at(_ minute: Int64) -> Timestamp { Timestamp(seconds: 1_700_000_000 + minute * 60) }

    private func facts(
        _ occupancy: Occupancy, isPowerOn: Bool? = true, override: PowerOverride? = nil,
        bookings: [ClosedRange<Int64>] = []
    ) -> PowerFacts {
        PowerFacts(
            occupancy: occupancy, since: at(0), isPowerOn: isPowerOn, override: override,
            bookings: bookings.map { at($0.lowerBound)..<at($0.upperBound) })
    }

    @Test("an idle room that is not booked goes dark; one in which somebody is, or that is booked, does not")
    func plain() {
        let policy = PowerPolicy()
        let idle = PowerDecision(facts(.idle), by: policy, at: at(2))
        #expect(!idle.isBooked && !idle.isPowerWanted && idle.cause == .idle && idle.changesAt == nil)
        let occupied = PowerDecision(facts(.occupied), by: policy, at: at(2))
        #expect(!occupied.isBooked && occupied.isPowerWanted && occupied.cause == .occupied)
        let booked = PowerDecision(facts(.idle, bookings: [0...60]), by: policy, at: at(2))
        #expect(booked.isBooked && booked.isPowerWanted && booked.cause == .booked && booked.changesAt == at(60))
        #expect(!PowerDecision(facts(.idle, bookings: [0...60]), by: policy, at: at(60)).isBooked)
    }

    @Test("ten minutes before a booking the room counts as booked already")
    func before() {
        let facts = facts(.idle, isPowerOn: false, bookings: [60...120])
        let early = PowerDecision(facts, by: PowerPolicy(), at: at(44))
        #expect(!early.isBooked && !early.isPowerWanted && early.changesAt == at(45))
        let soon = PowerDecision(facts, by: PowerPolicy(), at: at(50))
        #expect(soon.isBooked && soon.isPowerWanted && soon.cause == .bookedSoon && soon.changesAt == at(60))
    }

    @Test("nobody knows: it stays as it is, and a room of which nothing was ever heard has power")
    func unknown() {
        for isOn in [true, false] {
            let decision = PowerDecision(facts(.unknown, isPowerOn: isOn), by: PowerPolicy(), at: at(2))
            #expect(decision.isPowerWanted == isOn && decision.cause == .unknown)
        }
        #expect(PowerDecision(facts(.unknown, isPowerOn: nil), by: PowerPolicy(), at: at(2)).isPowerWanted)
    }

    @Test("a person's word counts more than all else, until it ends")
    func manual() {
        let word = PowerOverride(isOn: false, until: at(30), by: nil, since: at(0))
        let during = PowerDecision(facts(.occupied, override: word, bookings: [0...60]), by: PowerPolicy(), at: at(5))
        #expect(during.isBooked && !during.isPowerWanted && during.cause == .manual && during.changesAt == at(30))
        let after = PowerDecision(facts(.occupied, override: word, bookings: [0...60]), by: PowerPolicy(), at: at(30))
        #expect(after.isPowerWanted && after.cause == .booked)
    }

    @Test("a room is held after it became idle, as long as its policy says, and one that is not automatic stays")
    func held() {
        var policy = PowerPolicy()
        policy.holdAfter = 600
        let held = PowerDecision(facts(.idle), by: policy, at: at(9))
        #expect(held.isPowerWanted && held.cause == .held && held.changesAt == at(10))
        #expect(!PowerDecision(facts(.idle), by: policy, at: at(10)).isPowerWanted)
        // What is dark already is not lit by it.
        #expect(!PowerDecision(facts(.idle, isPowerOn: false), by: policy, at: at(9)).isPowerWanted)
        policy.isAutomatic = false
        #expect(PowerDecision(facts(.idle), by: policy, at: at(60)).isPowerWanted)
        #expect(!PowerDecision(facts(.occupied, isPowerOn: false), by: policy, at: at(60)).isPowerWanted)
    }

    /// Whatever is known: between two instants that it names, a decision is the same at each minute.
    @Test("a decision holds until the instant that it names", arguments: 0..<50)
    func holds(seed: Int) {
        var chance = SeededNumbers(seed)
        var bookings: [ClosedRange<Int64>] = []
        var end: Int64 = 0
        for _ in 0..<chance.below(4) {
            let begin = end + Int64(chance.below(60))
            end = begin + 5 + Int64(chance.below(60))
            bookings.append(begin...end)
        }
        var policy = PowerPolicy()
        policy.holdAfter = Int64(chance.below(3)) * 300
        policy.prePower = [5, 15, 30][chance.below(3)]
        let word: PowerOverride? =
            chance.below(2) == 0
            ? nil : PowerOverride(isOn: chance.below(2) == 0, until: at(Int64(chance.below(90))), by: nil, since: at(0))
        let facts = facts(
            Occupancy.allCases[chance.below(3)], isPowerOn: chance.below(2) == 0, override: word, bookings: bookings)
        var expected = PowerDecision(facts, by: policy, at: at(0))
        for minute in Int64(1)...300 {
            let decision = PowerDecision(facts, by: policy, at: at(minute))
            if let change = expected.changesAt, change <= at(minute) {
                expected = decision
            } else {
                #expect(decision == expected, "minute \(minute)")
            }
        }
    }
}
