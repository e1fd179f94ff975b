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
        let begin = clock.midnight(ofDay: days.lowerBound)
        let end = clock.midnight(ofDay: days.upperBound + 1)
        var byDay: [Int64: Sum] = [:]
        // Midnights of all clocks of today are at full quarters of an hour UTC: the database adds up, and only sums are carried to days.
        try LedgerTable.eachQuarter(of: lot.id, from: begin, to: end, in: reader) { quarter, account, kind, amount in
            let sum = account == .cash ? Sum(cashMinor: amount) : Sum(revenueMinor: -amount)
            byDay[clock.reading(at: quarter).day, default: Sum()].add(sum)
            add(sum, to: kind)
        }
        try ParkingSessionTable.eachQuarterOfEnded(of: lot.id, from: begin, to: end, in: reader) {
            quarter, kind, sessions in
            let sum = Sum(sessions: sessions)
            byDay[clock.reading(at: quarter).day, default: Sum()].add(sum)
            add(sum, to: kind)
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
