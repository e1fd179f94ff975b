import Classrooms
import HubModel
import Testing

/// Whether a booking is used, and when the rest of it is given away.
@Suite struct PresenceRuleTests {
    private func at(_ minute: Int64) -> Timestamp { Timestamp(seconds: 1_700_000_000 + minute * 60) }
    private var hour: Range<Timestamp> { at(0)..<at(60) }

    private func sight(
        _ occupancy: Occupancy, last: Int64? = nil, since: Int64? = -120
    ) -> PresenceRule.Sight {
        PresenceRule.Sight(
            occupancy: occupancy, lastOccupied: last.map { at($0) }, seenSince: since.map { at($0) })
    }

    /// What becomes of a booking of an hour, minute by minute.
    private func story(
        _ rule: PresenceRule = PresenceRule(), madeAt: Int64 = -600, _ sight: (Int64) -> PresenceRule.Sight
    ) -> [(minute: Int64, state: PresenceState)] {
        var state = PresenceState.awaited
        var story: [(Int64, PresenceState)] = []
        var time = hour
        for minute in Int64(-60)...70 {
            while let next = rule.next(state, time, madeAt: at(madeAt), sight(minute), at: at(minute)) {
                state = next
                story.append((minute, next))
                if next == .released { time = time.lowerBound..<at(minute) }
            }
        }
        return story
    }

    @Test("presence confirms a booking by itself, also somebody who comes a little early")
    func confirmed() {
        #expect(story { $0 >= 3 ? sight(.occupied, last: 3) : sight(.idle) }.map(\.state) == [.confirmed])
        let early = story { $0 == -8 ? sight(.occupied, last: -8) : sight(.idle, last: $0 > -8 ? -8 : nil) }
        #expect(early.count == 1 && early.first?.minute == -8 && early.first?.state == .confirmed)
        // Those of the booking before have left.
        let before = story { $0 < -12 ? sight(.occupied, last: $0) : sight(.idle, last: -13) }
        #expect(before.map(\.state) == [.warned, .released])
    }

    @Test("nobody comes: a warning at ten minutes, the rest is given away at fifteen")
    func released() {
        let story = story { _ in sight(.idle) }
        #expect(story.map(\.minute) == [10, 15] && story.map(\.state) == [.warned, .released])
        #expect(PresenceRule().comeBefore(hour, madeAt: at(-60)) == at(15))
    }

    @Test("somebody who comes after the warning keeps the room")
    func lastMinute() {
        let story = story { $0 >= 14 ? sight(.occupied, last: 14) : sight(.idle) }
        #expect(story.map(\.state) == [.warned, .confirmed])
    }

    @Test("without a sensor that saw it all, nothing is given away, and nobody says that it was unused")
    func unseen() {
        #expect(story { _ in sight(.unknown, since: nil) }.map(\.state) == [.unverified])
        let late = story { $0 < 5 ? sight(.unknown, since: nil) : sight(.idle, since: 5) }
        #expect(late.map(\.state) == [.unverified])
        // A sensor that is lost after the warning takes the warning back.
        let lost = story { $0 < 12 ? sight(.idle) : sight(.unknown, since: nil) }
        #expect(lost.map(\.state) == [.warned, .awaited, .unverified])
    }

    @Test("who books for now has as much time to come as others")
    func justMade() {
        let story = story(madeAt: 20) { _ in sight(.idle) }
        #expect(story.map(\.minute) == [30, 35] && story.map(\.state) == [.warned, .released])
    }

    @Test("a long booking, and one of a room that gives none away, is only noted as unused")
    func exempt() {
        var rule = PresenceRule()
        rule.releases = false
        #expect(story(rule) { _ in sight(.idle) }.map(\.state) == [.unused])
        rule = PresenceRule()
        rule.exemptFrom = 60
        #expect(story(rule) { _ in sight(.idle) }.map(\.state) == [.unused])
        #expect(rule.comeBefore(hour, madeAt: at(0)) == nil)
    }

    /// A look at each instant that the rule names, and at no other, sees all that a look at each second sees.
    @Test("nothing happens between the instants that the rule names", arguments: 0..<30)
    func deadlines(seed: Int) {
        var chance = SeededNumbers(seed)
        var rule = PresenceRule()
        rule.warnAfter = Int64(5 + chance.below(20))
        rule.releaseAfter = Int64(1 + chance.below(20))
        let made = at(Int64(chance.below(60) - 40))
        var state = PresenceState.awaited
        var due: Timestamp? = rule.deadline(state, hour, madeAt: made, after: at(-60))
        for second in Int64(-3_600)...4_000 {
            let now = Timestamp(seconds: at(0).wholeSeconds + second)
            let next = rule.next(state, hour, madeAt: made, sight(.idle), at: now)
            if let next {
                #expect(due.map { $0 <= now } == true, "second \(second)")
                state = next
            }
            if let instant = due, instant <= now {
                due = rule.deadline(state, hour, madeAt: made, after: now)
            }
        }
    }
}
