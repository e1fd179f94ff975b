internal import HubModel
internal import SolutionKit

extension DayRange {
    /// Days of a lot's clock.
    /// - Throws: `invalid_parameter`.
    init(from: String?, to: String?, of lot: Lot, now: Timestamp) throws(Refusal) {
        try self.init(from: from, to: to, clock: LocalClock(lot.timeZone) ?? .utc, now: now)
    }
}
