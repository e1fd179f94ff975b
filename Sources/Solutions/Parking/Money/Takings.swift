internal import HubModel
internal import SQL
internal import SolutionKit

/// What a lot earned and took in, by the days of its clock and the kinds of its spots.
struct Takings: Sendable {
    /// One day, one kind, or all.
    struct Sum: Sendable {
        /// Earned by sessions that ended, less what was given back of it or written off.
        var revenueMinor: Int64 = 0
        /// Payments less refunds.
        var cashMinor: Int64 = 0
        /// Sessions that ended.
        var sessions: Int64 = 0
    }

    /// Days since 1970 by the lot's clock, each of the range.
    private(set) var days: [(day: Int64, sum: Sum)] = []
    private(set) var kinds: [SpotKind: Sum] = [:]
    /// What belongs to no kind, since nobody knows yet what it was paid for.
    private(set) var unallocated = Sum()
    private(set) var total = Sum()

    /// Reads the ledger.
    /// - Parameters:
    ///   - lot: the lot.
    ///   - days: its days, counted from 1970.
    init(of lot: Lot, _ days: ClosedRange<Int64>, in reader: some SQLReading) throws {
        var clock = LocalClock(lot.timeZone) ?? .utc
        let range: [SQLValue] = [
            .text(lot.id.text), .integer(clock.midnight(ofDay: days.lowerBound).microseconds),
            .integer(clock.midnight(ofDay: days.upperBound + 1).microseconds),
        ]
        var byDay: [Int64: Sum] = [:]
        // Midnights of all clocks of today are at full quarters of an hour UTC: the database adds up, and only sums are carried to days.
        try reader.queryEach(
            """
            SELECT parking_entry.at / 900000000 AS quarter, account, kind,
                CAST(SUM(amount_minor) AS BIGINT) AS amount
            FROM parking_entry LEFT JOIN parking_session ON parking_session.id = parking_entry.session
            WHERE parking_entry.lot = $1 AND at >= $2 AND at < $3 AND account IN ('revenue', 'cash')
            GROUP BY quarter, account, kind
            """, range
        ) { row in
            var sum = Sum()
            let amount = try row.integer("amount")
            if try row.text("account") == LedgerAccount.cash.rawValue {
                sum.cashMinor = amount
            } else {
                sum.revenueMinor = -amount
            }
            let day = clock.reading(at: Timestamp(seconds: try row.integer("quarter") * 900)).day
            byDay[day, default: Sum()].add(sum)
            add(sum, to: try row.optionalText("kind").flatMap(SpotKind.init))
        }
        try reader.queryEach(
            """
            SELECT departed_at / 900000000 AS quarter, kind, COUNT(*) AS sessions FROM parking_session
            WHERE lot = $1 AND departed_at >= $2 AND departed_at < $3 GROUP BY quarter, kind
            """, range
        ) { row in
            let sum = Sum(sessions: try row.integer("sessions"))
            let day = clock.reading(at: Timestamp(seconds: try row.integer("quarter") * 900)).day
            byDay[day, default: Sum()].add(sum)
            add(sum, to: try row.optionalText("kind").flatMap(SpotKind.init))
        }
        self.days = days.map { ($0, byDay[$0] ?? Sum()) }
    }

    private mutating func add(_ sum: Sum, to kind: SpotKind?) {
        total.add(sum)
        if let kind { kinds[kind, default: Sum()].add(sum) } else { unallocated.add(sum) }
    }
}

extension Takings.Sum {
    mutating func add(_ other: Takings.Sum) {
        revenueMinor += other.revenueMinor
        cashMinor += other.cashMinor
        sessions += other.sessions
    }
}
