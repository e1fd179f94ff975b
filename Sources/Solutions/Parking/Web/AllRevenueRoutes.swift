internal import HubModel
internal import SQL
internal import SolutionKit

/// What the lots that somebody may see earned together.
struct AllRevenueRoutes: Sendable {
    let services: WebServices

    /// Lots of one read, so that no snapshot is held for long.
    private static let lotsAtOnce = 100

    var all: [Route] {
        [
            Route(
                .get, "/api/revenue", access: .site(.viewParkingMoney),
                summary: "Revenue and cash of all your lots, by lot, day or kind of spot, each currency for itself",
                query: DayRange.parameters + [
                    QueryParameter(
                        "by", "lot (also without it), day or kind", .words(RevenueGroup.allCases.map(\.rawValue))),
                    .tableForm,
                ], answers: [.table(.allRevenue, "The revenue")], handler: allRevenue)
        ]
    }

    private func allRevenue(_ request: RouteRequest) async throws -> RouteResponse {
        let (csv, sites) = (try request.wantsCSV(), request.scope)
        let group = try request.word("by", of: RevenueGroup.self) ?? .lot
        let lots = try await services.database.read { try LotTable.all(at: sites, includingPublic: false, in: $0) }
        let now = services.clock.now()
        let clock = Self.farthestClock(of: lots, at: now)
        let range = try DayRange(from: request.given("from"), to: request.given("to"), clock: clock, now: now)
        var revenue = AllRevenue(by: group)
        for start in stride(from: 0, to: lots.count, by: Self.lotsAtOnce) {
            let part = lots[start..<min(start + Self.lotsAtOnce, lots.count)]
            let takings = try await services.database.read { reader in
                try part.map { try Takings(of: $0, range.days, in: reader) }
            }
            for (lot, takings) in zip(part, takings) { revenue.add(takings, of: lot) }
        }
        let (rows, totals) = (revenue.rows, revenue.totals)
        guard !csv else { return Self.sheet(of: rows, by: group) }
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("from", DayRange.text(range.days.lowerBound))
                writer.member("to", DayRange.text(range.days.upperBound))
                writer.member("by", group.rawValue)
                writer.member("rows", rows) { $0.write($1, by: group) }
                writer.array("totals") { writer in
                    for (currency, sum) in totals {
                        writer.object { $0.members(of: sum, in: currency) }
                    }
                }
            }
        }
    }

    /// The clock on which today began first: of no lot is today left out.
    private static func farthestClock(of lots: [Lot], at now: Timestamp) -> LocalClock {
        var farthest: (day: Int64, clock: LocalClock)?
        for zone in Set(lots.map(\.timeZone)).sorted() {
            guard var clock = LocalClock(zone) else { continue }
            let day = clock.reading(at: now).day
            if farthest.map({ day > $0.day }) ?? true { farthest = (day, clock) }
        }
        return farthest?.clock ?? .utc
    }

    private static func sheet(of rows: [AllRevenue.Row], by group: RevenueGroup) -> RouteResponse {
        let names = group == .lot ? ["lot_id", "name"] : [group.rawValue]
        var sheet = CSVWriter(names + ["revenue_minor", "cash_minor", "sessions", "currency"])
        for row in rows {
            let name = CSVWriter.Cell.text(row.name ?? "unallocated")
            sheet.row(
                (group == .lot ? [name, .text(row.title)] : [name]) + [
                    .integer(row.sum.revenueMinor), .integer(row.sum.cashMinor), .integer(row.sum.sessions),
                    .text(row.currency),
                ])
        }
        return .csv(sheet, named: "revenue")
    }
}

/// What revenue is added up by.
enum RevenueGroup: String, CaseIterable, Sendable {
    case lot, day, kind
}

/// The takings of many lots, added up by lot, day or kind, each currency for itself.
struct AllRevenue: Sendable {
    struct Row: Sendable {
        /// The lot's id, the day, or the kind; nil: what nobody knows yet what it was paid for.
        var name: String?
        /// The lot's name.
        var title: String?
        var currency: String
        var sum: Takings.Sum
    }

    private struct Key: Hashable {
        /// Its place among the others.
        var order: Int64
        var currency: String
    }

    private let group: RevenueGroup
    private var found: [Key: Row] = [:]
    private var sums: [String: Takings.Sum] = [:]

    init(by group: RevenueGroup) {
        self.group = group
    }

    mutating func add(_ takings: Takings, of lot: Lot) {
        sums[lot.currency, default: Takings.Sum()].add(takings.total)
        switch group {
        case .lot: add(takings.total, lot.id.text, lot.name, at: Int64(found.count), in: lot.currency)
        case .day:
            for (day, sum) in takings.days { add(sum, DayRange.text(day), nil, at: day, in: lot.currency) }
        case .kind:
            for (order, kind) in SpotKind.allCases.enumerated() {
                let sum = takings.kinds[kind] ?? Takings.Sum()
                add(sum, kind.rawValue, nil, at: Int64(order), in: lot.currency)
            }
            add(takings.unallocated, nil, nil, at: Int64(SpotKind.allCases.count), in: lot.currency)
        }
    }

    private mutating func add(
        _ sum: Takings.Sum, _ name: String?, _ title: String?, at order: Int64, in currency: String
    ) {
        let empty = Row(name: name, title: title, currency: currency, sum: Takings.Sum())
        found[Key(order: order, currency: currency), default: empty].sum.add(sum)
    }

    var rows: [Row] {
        found.sorted { ($0.key.order, $0.key.currency) < ($1.key.order, $1.key.currency) }.map(\.value)
    }

    /// By currency.
    var totals: [(currency: String, sum: Takings.Sum)] {
        sums.sorted { $0.key < $1.key }.map { (currency: $0.key, sum: $0.value) }
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ row: AllRevenue.Row, by group: RevenueGroup) {
        object { json in
            switch group {
            case .lot:
                json.member("lot_id", row.name)
                json.member("name", row.title)
            case .day, .kind:
                json.member(group.rawValue, row.name)
            }
            json.members(of: row.sum, in: row.currency)
        }
    }

    fileprivate mutating func members(of sum: Takings.Sum, in code: String) {
        member("currency", code)
        member("revenue_minor", sum.revenueMinor)
        member("cash_minor", sum.cashMinor)
        member("sessions", sum.sessions)
    }
}
