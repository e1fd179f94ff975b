internal import HubModel
internal import SQL
internal import SolutionKit

/// What a lot has seen since its clock's last midnight.
struct LotToday: Hashable, Sendable {
    /// Cars that came.
    let arrivals: Int64
    /// Of stays that ended; nil without one.
    let meanStaySeconds: Double?
    /// What became due.
    let revenueMinor: Int64

    init(of lot: Lot, at now: Timestamp, in reader: some SQLReading) throws {
        var clock = LocalClock(lot.timeZone) ?? .utc
        let today = clock.reading(at: now).day
        let midnight = clock.midnight(ofDay: today)
        arrivals = try ParkingSessionTable.arrivals(of: lot.id, since: midnight, in: reader)
        let stays = try ParkingSessionTable.ended(of: lot.id, since: midnight, in: reader)
        meanStaySeconds = stays.count == 0 ? nil : Double(stays.microseconds) / Double(stays.count) / 1_000_000
        revenueMinor = try LedgerTable.earned(by: lot.id, since: midnight, in: reader)
    }
}
