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
        _ = state.take(report(false, observed: 0, received: 0))
        _ = state.settle(at: ten)
        _ = state.take(report(true, observed: 60, received: 100))
        let change = state.settle(at: ten.advanced(bySeconds: 100))
        #expect(change?.at == ten.advanced(bySeconds: 60))
    }

    @Test func aClockFromLastYearMakesNoLongSession() {
        var state = spot()
        _ = state.take(report(true, observed: -30_000_000, received: 500))
        let change = state.settle(at: ten.advanced(bySeconds: 500))
        #expect(change?.to == .occupied)
        #expect(change?.at == ten.advanced(bySeconds: 500))
    }

    @Test func anOverrideThatEndsCountsFromItsEnd() {
        var state = spot(stale: 10_000)
        _ = state.take(report(true, observed: 0, received: 0))
        _ = state.settle(at: ten)
        state.override = Override(isOccupied: false, until: ten.advanced(bySeconds: 600), by: "a", at: ten)
        #expect(state.settle(at: ten, after: .override)?.to == .free)
        let change = state.settle(at: ten.advanced(bySeconds: 600))
        #expect(change?.to == .occupied && change?.source == .override)
        #expect(change?.at == ten.advanced(bySeconds: 600))
        #expect(state.override == nil)
    }

    @Test func silenceIsUnknownToTheSecond() {
        var state = spot()
        _ = state.take(report(false, observed: 0, received: 0))
        _ = state.settle(at: ten)
        #expect(state.nextDeadline == ten.advanced(bySeconds: 300))
        #expect(state.settle(at: ten.advanced(byMicroseconds: 299_999_999)) == nil)
        let change = state.settle(at: ten.advanced(bySeconds: 300))
        #expect(change?.to == .unknown && change?.source == .stale)
        #expect(state.color == .amber)
        #expect(state.nextDeadline == nil)
    }

    @Test func aClockOfTheHubThatWasSetBackHoldsNothingUp() {
        var state = spot()
        _ = state.take(report(false, observed: 86_400, received: 86_400))
        _ = state.settle(at: ten.advanced(bySeconds: 86_400))
        // A day earlier: new reports are no late ones, and silence is silence.
        #expect(state.take(report(true, observed: 0, received: 0)) == .taken)
        _ = state.settle(at: ten)
        _ = state.settle(at: ten.advanced(bySeconds: 2))
        #expect(state.status == .occupied)
        _ = state.settle(at: ten.advanced(bySeconds: 302))
        #expect(state.status == .unknown)
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
}
