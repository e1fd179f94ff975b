internal import HubModel
internal import SQL
internal import SolutionKit

/// What a lot earned, and how it was used.
struct MoneyReportRoutes: Sendable {
    let services: WebServices

    var all: [Route] {
        [
            Route(
                .get, "/api/lots/{id}/revenue", access: .site(.viewParkingMoney),
                summary: "Revenue and cash by the days of the lot's clock, and by kind of spot",
                pathSchemas: LotPath.lot,
                query: DayRange.parameters + [
                    QueryParameter("by", "of a CSV: day (also without it) or kind", .words(["day", "kind"])),
                    .tableForm,
                ], answers: [.table(.revenue, "The revenue")], handler: revenue),
            Route(
                .get, "/api/lots/{id}/report", access: .site(.viewParkingMoney),
                summary: "Occupancy rate, turnover, mean stay and peak hours", pathSchemas: LotPath.lot,
                query: DayRange.parameters + [.tableForm], answers: [.table(.useReport, "The report")],
                handler: report),
        ]
    }

    private func revenue(_ request: RouteRequest) async throws -> RouteResponse {
        let csv = try request.wantsCSV()
        guard ["day", "kind", nil].contains(request.given("by")) else {
            throw Refusal(.invalidParameter, "by is day or kind.")
        }
        let lot = try await services.lotInScope(request)
        let range = try DayRange(
            from: request.given("from"), to: request.given("to"), of: lot, now: services.clock.now())
        let takings = try await services.database.read { try Takings(of: lot, range.days, in: $0) }
        guard !csv else {
            let byKind = request.given("by") == "kind"
            var sheet = CSVWriter([byKind ? "kind" : "day", "revenue_minor", "cash_minor", "sessions", "currency"])
            func row(_ name: String, _ sum: Takings.Sum) {
                sheet.row([
                    .text(name), .integer(sum.revenueMinor), .integer(sum.cashMinor), .integer(sum.sessions),
                    .text(lot.currency),
                ])
            }
            if byKind {
                for kind in SpotKind.allCases { row(kind.rawValue, takings.kinds[kind] ?? Takings.Sum()) }
                row("unallocated", takings.unallocated)
            } else {
                for (day, sum) in takings.days { row(DayRange.text(day), sum) }
            }
            return .csv(sheet, named: "revenue")
        }
        return RouteResponse.json { $0.write(takings, of: lot, range) }
    }

    private func report(_ request: RouteRequest) async throws -> RouteResponse {
        let csv = try request.wantsCSV()
        let lot = try await services.lotInScope(request)
        let now = services.clock.now()
        let range = try DayRange(from: request.given("from"), to: request.given("to"), of: lot, now: now)
        let report = try await services.database.read { reader in
            // The future is not known, whatever was asked for.
            try UseReport(of: lot, from: range.begin, to: max(range.begin, min(range.end, now)), in: reader)
        }
        guard !csv else {
            var sheet = CSVWriter(["hour", "occupancy_rate", "arrivals"])
            for (hour, part) in report.hours.enumerated() {
                sheet.row([.integer(Int64(hour)), .number(part.occupancyRate?.thousandths), .integer(part.arrivals)])
            }
            return .csv(sheet, named: "report")
        }
        return RouteResponse.json { $0.write(report, of: lot, range) }
    }
}

extension Double {
    /// Rounded to what a rate means.
    var thousandths: Double { (self * 1_000).rounded() / 1_000 }
}
