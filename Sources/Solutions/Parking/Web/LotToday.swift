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
        let arguments = [SQLValue.text(lot.id.text), .integer(clock.midnight(ofDay: today).microseconds)]
        arrivals = try reader.queryOne(
            "SELECT COUNT(*) FROM parking_session WHERE lot = $1 AND arrived_at >= $2", arguments
        ).integer(0)
        let stays = try reader.queryOne(
            """
            SELECT COUNT(*) AS stays, COALESCE(SUM(departed_at - arrived_at), 0) AS length FROM parking_session
            WHERE lot = $1 AND departed_at >= $2
            """, arguments)
        let count = try stays.integer("stays")
        meanStaySeconds = count == 0 ? nil : Double(try stays.integer("length")) / Double(count) / 1_000_000
        // Debits are positive in the ledger, and what is earned is a credit.
        revenueMinor = try reader.queryOne(
            """
            SELECT COALESCE(-SUM(amount_minor), 0) FROM parking_entry
            WHERE lot = $1 AND at >= $2 AND account = 'revenue'
            """, arguments
        ).integer(0)
    }
}
