import HubModel
import Parking
import Testing

/// Single rules of a spot's state that the model does not tell apart.
@Suite struct SpotStateTests {
    private let ten = ParkSite.ten

    private func spot(stale: Int64 = 300) -> SpotState {
        SpotState(kind: .standard, staleSeconds: stale, since: ten)
    }

    private func report(_ isOccupied: Bool, observed: Int64, received: Int64) -> SpotReport {
        SpotReport(
            isOccupied: isOccupied, distanceCentimetres: nil, observedAt: ten.advanced(bySeconds: observed),
            receivedAt: ten.advanced(bySeconds: received))
    }

    @Test func aCarCountsFromWhenItWasObserved() {
        var state = spot()
        state.take(report(false, observed: 0, received: 0))
        _ = state.settle(at: ten)
        state.take(report(true, observed: 60, received: 100))
        let change = state.settle(at: ten.advanced(bySeconds: 100)).status
        #expect(change?.at == ten.advanced(bySeconds: 60))
    }

    @Test func aClockFromLastYearMakesNoLongSession() {
        var state = spot()
        state.take(report(true, observed: -30_000_000, received: 500))
        let change = state.settle(at: ten.advanced(bySeconds: 500)).status
        #expect(change?.to == .occupied)
        #expect(change?.at == ten.advanced(bySeconds: 500))
    }

    @Test func anOverrideThatEndsCountsFromItsEnd() {
        var state = spot(stale: 10_000)
        state.take(report(true, observed: 0, received: 0))
        _ = state.settle(at: ten)
        state.override = Override(isOccupied: false, until: ten.advanced(bySeconds: 600), by: "a", at: ten)
        #expect(state.settle(at: ten, after: .override).status?.to == .free)
        let change = state.settle(at: ten.advanced(bySeconds: 600)).status
        #expect(change?.to == .occupied && change?.source == .override)
        #expect(change?.at == ten.advanced(bySeconds: 600))
        #expect(state.override == nil)
    }

    @Test func silenceIsUnknownToTheSecond() {
        var state = spot()
        state.take(report(false, observed: 0, received: 0))
        _ = state.settle(at: ten)
        // What it said has to last before it counts for money.
        #expect(state.nextDeadline == ten.advanced(bySeconds: 2))
        #expect(state.settle(at: ten.advanced(bySeconds: 2)) == SpotChanges())
        #expect(state.nextDeadline == ten.advanced(bySeconds: 300))
        #expect(state.settle(at: ten.advanced(byMicroseconds: 299_999_999)) == SpotChanges())
        let change = state.settle(at: ten.advanced(bySeconds: 300)).status
        #expect(change?.to == .unknown && change?.source == .stale)
        #expect(state.color == .amber)
        #expect(state.nextDeadline == nil)
    }

    @Test func aClockOfTheHubThatWasSetBackHoldsNothingUp() {
        var state = spot()
        state.take(report(false, observed: 86_400, received: 86_400))
        _ = state.settle(at: ten.advanced(bySeconds: 86_400))
        // A day earlier: new reports are no late ones, and silence is silence.
        state.take(report(true, observed: 0, received: 0))
        _ = state.settle(at: ten)
        #expect(state.status == .occupied)
        _ = state.settle(at: ten.advanced(bySeconds: 2))
        #expect(state.status == .occupied)
        _ = state.settle(at: ten.advanced(bySeconds: 302))
        #expect(state.status == .unknown)
    }

    @Test func afterAClockOfTheHubWasSetBackSilenceIsSilence() {
        var state = spot()
        state.take(report(false, observed: 86_400, received: 86_400))
        _ = state.settle(at: ten.advanced(bySeconds: 86_402))
        // A day earlier, and not a word.
        #expect(state.settle(at: ten) == SpotChanges())
        #expect(state.settle(at: ten.advanced(bySeconds: 299)) == SpotChanges())
        #expect(state.settle(at: ten.advanced(bySeconds: 300)).status?.to == .unknown)
        state.take(report(false, observed: 310, received: 310))
        #expect(state.settle(at: ten.advanced(bySeconds: 310)).status?.to == .free)
    }

    /// What waits to be believed was heard in a time that is to come again: it would wait that long.
    @Test func aClockOfTheHubThatWasSetBackHoldsUpNothingThatWaits() {
        var seen = known(true)
        for (seconds, isOccupied) in [(86_400, false), (86_401, true)] as [(Int64, Bool)] {
            seen.take(report(isOccupied, observed: seconds, received: seconds))
            _ = seen.settle(at: ten.advanced(bySeconds: seconds))
        }
        #expect(seen.candidate != nil && seen.status == .free)
        #expect(seen.settle(at: ten).status?.to == .occupied)
        #expect(seen.candidate == nil)
        // Nor does a car come tomorrow that was seen tomorrow.
        var counted = known(false)
        counted.take(report(true, observed: 86_400, received: 86_400))
        #expect(counted.settle(at: ten.advanced(bySeconds: 86_400)).car == nil)
        #expect(counted.settle(at: ten).car == came(0).first)
    }

    /// What a reservation does was due at its own moment; history goes forward all the same.
    @Test func whatWasDueBeforeThePresentStatusBeganCountsFromThatBeginning() {
        var state = known(true)
        state.take(report(false, observed: 100, received: 100))
        #expect(state.settle(at: ten.advanced(bySeconds: 100)).status?.to == .free)
        state.isReserved = true
        let change = state.settle(
            at: ten.advanced(bySeconds: 110), after: .reservation, of: ten.advanced(bySeconds: 50)
        ).status
        #expect(change?.to == .reserved && change?.at == ten.advanced(bySeconds: 100))
    }

    @Test func colours() {
        for (kind, status, color) in [
            (SpotKind.standard, SpotStatus.free, LEDColor.green), (.disabled, .free, .blue), (.ev, .free, .green),
            (.disabled, .occupied, .red), (.standard, .reserved, .redBlink), (.standard, .unknown, .amber),
            (.standard, .outOfService, .off),
        ] {
            #expect(SpotState(kind: kind, staleSeconds: 10, since: ten).color(of: status) == color)
        }
    }

    // MARK: Cars

    /// A spot whose sensor has said one thing from ten o'clock on, and is believed.
    private func known(_ isOccupied: Bool) -> SpotState {
        var state = spot(stale: 100_000)
        state.take(report(isOccupied, observed: 0, received: 0))
        _ = state.settle(at: ten)
        _ = state.settle(at: ten.advanced(bySeconds: 2))
        return state
    }

    /// What follows from a report, or from a decision, after so many seconds, and again when it has lasted.
    private func car(
        _ state: inout SpotState, after seconds: Int64, _ work: (inout SpotState) -> ChangeSource?
    ) -> [CarChange] {
        let cause = work(&state)
        let first = state.settle(at: ten.advanced(bySeconds: seconds), after: cause).car
        let second = state.settle(at: ten.advanced(bySeconds: seconds + 2)).car
        return [first, second].compactMap { $0 }
    }

    private func says(
        _ isOccupied: Bool, after seconds: Int64
    ) -> (inout SpotState) -> ChangeSource? {
        { state in
            state.take(self.report(isOccupied, observed: seconds, received: seconds))
            return nil
        }
    }

    private func left(_ seconds: Int64) -> [CarChange] {
        [CarChange(isThere: false, at: ten.advanced(bySeconds: seconds))]
    }

    private func came(_ seconds: Int64) -> [CarChange] {
        [CarChange(isThere: true, at: ten.advanced(bySeconds: seconds))]
    }

    private func word(_ isOccupied: Bool, from: Int64, until: Int64? = nil) -> (inout SpotState) -> ChangeSource? {
        { state in
            state.override = Override(
                isOccupied: isOccupied, until: until.map(self.ten.advanced(bySeconds:)), by: "a",
                at: self.ten.advanced(bySeconds: from))
            return .override
        }
    }

    @Test func whatLastsIsACarFromWhenItWasSeen() {
        var state = known(false)
        state.take(report(true, observed: 60, received: 60))
        let seen = state.settle(at: ten.advanced(bySeconds: 60))
        #expect(seen.status?.to == .occupied && seen.car == nil)
        #expect(state.nextDeadline == ten.advanced(bySeconds: 62))
        #expect(state.settle(at: ten.advanced(byMicroseconds: 61_999_999)) == SpotChanges())
        #expect(state.settle(at: ten.advanced(bySeconds: 62)).car == came(60).first)
        #expect(state.settle(at: ten.advanced(bySeconds: 90)).car == nil)
    }

    @Test func whoLeavesWhileTheSpotIsOutOfServiceHasLeft() {
        var state = known(true)
        let out = car(&state, after: 600) { state in
            state.isOutOfService = true
            return .owner
        }
        #expect(out == [], "to be out of service ends no session")
        #expect(car(&state, after: 1_000, says(false, after: 1_000)) == left(1_000))
        // Who comes there is none of ours, until it is in service again.
        #expect(car(&state, after: 2_000, says(true, after: 2_000)) == [])
        let back = car(&state, after: 3_000) { state in
            state.isOutOfService = false
            return .owner
        }
        #expect(back == came(3_000))
    }

    @Test func anOverrideThatEndsToFreeEndsWhenTheSensorSawIt() {
        var state = known(true)
        #expect(car(&state, after: 600, word(true, from: 600, until: 3_600)) == [])
        #expect(car(&state, after: 1_800, says(false, after: 1_800)) == [])
        #expect(state.settle(at: ten.advanced(bySeconds: 3_600)).car == left(1_800).first)
        // What the sensor saw before the person's word is no departure of what the person saw.
        #expect(car(&state, after: 4_000, word(true, from: 4_000)) == came(4_000))
        let cleared = car(&state, after: 5_000) { state in
            state.override = nil
            return .override
        }
        #expect(cleared == left(5_000))
    }

    @Test func anOverrideWithoutASensorEndsWithItsTime() {
        var state = spot()
        #expect(car(&state, after: 0, word(true, from: 0, until: 3_600)) == came(0))
        let over = state.settle(at: ten.advanced(bySeconds: 3_700))
        #expect(over.status?.to == .unknown)
        #expect(over.car == left(3_600).first)
        // Out of service meanwhile, or not.
        #expect(car(&state, after: 4_000, word(true, from: 4_000, until: 4_500)) == came(4_000))
        let out = car(&state, after: 4_100) { state in
            state.isOutOfService = true
            return .owner
        }
        #expect(out == [])
        #expect(state.settle(at: ten.advanced(bySeconds: 4_600)).car == left(4_500).first)
    }

    /// The sensor has just begun to say so when the person's word is over: that is no departure.
    @Test func anOverrideThatEndsWhileTheSensorConfirmsItEndsNoSession() {
        var state = spot()
        #expect(car(&state, after: 0, word(true, from: 0, until: 600)) == came(0))
        state.take(report(true, observed: 599, received: 599))
        for seconds: Int64 in [599, 600, 601, 700] {
            #expect(state.settle(at: ten.advanced(bySeconds: seconds)).car == nil)
        }
        #expect(state.car.isThere)
    }

    @Test func aSilenceUnderAnOverrideIsNoDeparture() {
        var state = spot()
        state.take(report(true, observed: 0, received: 0))
        _ = state.settle(at: ten)
        #expect(state.settle(at: ten.advanced(bySeconds: 2)).car == came(0).first)
        #expect(car(&state, after: 600, word(true, from: 600, until: 1_000)) == [])
        let over = state.settle(at: ten.advanced(bySeconds: 1_000))
        #expect(over.status?.to == .unknown && over.car == nil)
    }

    @Test func aWordAgainstTheSensorCountsUntilItIsOver() {
        var state = known(true)
        #expect(car(&state, after: 100, word(false, from: 100, until: 900)) == left(100))
        #expect(state.settle(at: ten.advanced(bySeconds: 950)).car == came(900).first)
    }

    @Test func whatWasBelievedBeforeASilenceCounts() {
        var state = spot()
        state.take(report(true, observed: 0, received: 0))
        _ = state.settle(at: ten)
        // The program did not run for an hour.
        let after = state.settle(at: ten.advanced(bySeconds: 3_600))
        #expect(after.status?.to == .unknown && after.car == came(0).first)
    }
}
