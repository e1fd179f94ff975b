internal import HubModel
internal import SQL
internal import SolutionKit

/// Tariffs, sessions, payments and what they add up to, as docs/parking-api.md has them. Reads go to the tables, never through the writer;
/// what changes goes down the line, with its entry in the audit.
struct MoneyRoutes: Sendable {
    let services: WebServices

    var till: Till { Till(audit: services.audit) }

    var all: [Route] { ofTariffs + ofPayments + lists + reports + ofAllLots }

    static let lot: [String: JSONSchema] = ["id": .identifier]
    static let kind = QueryParameter(
        "kind", "of the spot; standard without it", .words(SpotKind.allCases.map(\.rawValue)))

    /// The most days of one answer.
    static let mostDays: Int64 = 366

    /// The lot of the path; for who may not see its site, there is none.
    func lot(_ request: RouteRequest) async throws -> Lot {
        let (id, sites) = (try request.lotID(), request.scope)
        return try await services.database.read { try LotTable.one(id, at: sites, in: $0) }
    }
}

/// Days of a lot's clock, both ends among them.
struct DayRange: Sendable {
    /// Days since 1970-01-01.
    let days: ClosedRange<Int64>
    let begin: Timestamp
    /// Exclusive.
    let end: Timestamp

    static let parameters = [
        QueryParameter("from", "the first day, such as 2026-11-01; 29 days before to without it", .day),
        QueryParameter("to", "the last day; today without it", .day),
    ]

    /// - Throws: `invalid_parameter` for what is no day, or more than 366 of them.
    init(from: String?, to: String?, of lot: Lot, now: Timestamp) throws(Refusal) {
        try self.init(from: from, to: to, clock: LocalClock(lot.timeZone) ?? .utc, now: now)
    }

    /// - Throws: as above.
    init(from: String?, to: String?, clock: LocalClock, now: Timestamp) throws(Refusal) {
        var clock = clock
        let last = try to.map { (text) throws(Refusal) in try DayRange.day(text, "to") } ?? clock.reading(at: now).day
        let first = try from.map { (text) throws(Refusal) in try DayRange.day(text, "from") } ?? last - 29
        guard first <= last, last - first < MoneyRoutes.mostDays else {
            throw Refusal(
                .invalidParameter, "from is not after to, and at most \(MoneyRoutes.mostDays) days are asked for")
        }
        days = first...last
        begin = clock.midnight(ofDay: first)
        end = clock.midnight(ofDay: last + 1)
    }

    /// A day as it is written: `2026-11-21`.
    static func text(_ day: Int64) -> String {
        String(decoding: Timestamp(seconds: day * 86_400).iso8601.prefix(10), as: UTF8.self)
    }

    private static func day(_ text: String, _ name: String) throws(Refusal) -> Int64 {
        guard text.utf8.count == 10, let midnight = Timestamp(iso8601: text),
            // Days with which can be reckoned: 1970 to 2199.
            (0..<84_000).contains(midnight.wholeSeconds / 86_400)
        else { throw Refusal(.invalidParameter, "\(name) is a day, such as 2026-11-21") }
        return midnight.wholeSeconds / 86_400
    }
}
