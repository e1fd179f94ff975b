internal import HubModel
internal import SQL
internal import SolutionKit

/// The occupancy of a lot over time.
struct OccupancyRoutes: Sendable {
    let services: WebServices

    private static let mostSteps: Int64 = 10_000
    /// A span longer than this would read too many changes at once, in seconds.
    private static let longestSeconds: Int64 = 92 * 86_400

    var all: [Route] {
        [
            Route(
                .get, "/api/lots/{id}/history", access: .site(.viewParking),
                summary: "How many spots were how, step by step, as JSON or CSV", pathSchemas: LotPath.lot,
                query: [
                    QueryParameter("from", "the first instant; a day before to without it"),
                    QueryParameter("to", "the end, exclusive; now without it"),
                    QueryParameter("step", "one row for each step: 5m, 15m, 1h, 1d; 15m without it"),
                    .tableForm,
                ],
                answers: [.table(LotSchemas.history, "The history")], handler: history)
        ]
    }

    private func history(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, asCSV) = (try request.lotID(), try request.wantsCSV())
        let now = services.clock.now()
        let to = try request.instant("to") ?? now
        let from = try request.instant("from") ?? to.advanced(bySeconds: -86_400)
        let seconds = try OccupancyRoutes.step(request.given("step") ?? "15m")
        let span = to.microseconds(since: from)
        guard span > 0, span <= OccupancyRoutes.longestSeconds * 1_000_000 else {
            throw Refusal(.invalidParameter, "from is before to, and at most 92 days before it.")
        }
        guard span / (seconds * 1_000_000) < OccupancyRoutes.mostSteps else {
            throw Refusal(.tooManySteps, "Ask for at most \(OccupancyRoutes.mostSteps) steps.")
        }
        let sites = request.scope
        let history = try await services.database.read { reader in
            _ = try LotTable.one(id, at: sites, in: reader)
            // The future is not known, whatever was asked for.
            return try ChangeTable.history.history(
                of: id.text, from: from, to: min(to, max(now, from)), stepMicroseconds: seconds * 1_000_000,
                in: reader)
        }
        guard !asCSV else { return .csv(OccupancyRoutes.sheet(history), named: "history") }
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("lot_id", id.text)
                writer.member("from", from)
                writer.member("to", to)
                writer.member("step_seconds", seconds)
                writer.array("rows") { writer in
                    for row in history.rows {
                        writer.object { writer in
                            writer.member("at", row.at)
                            for status in SpotStatus.allCases {
                                writer.member(status.rawValue, number: OccupancyRoutes.mean(of: status, row))
                            }
                            writer.member("changes", row.changes)
                            writer.member("occupied_mean", number: OccupancyRoutes.rounded(row.occupied?.mean))
                            writer.member("occupied_min", row.occupied.map { Int64($0.least) })
                            writer.member("occupied_max", row.occupied.map { Int64($0.most) })
                            writer.member("known_seconds", number: OccupancyRoutes.knownSeconds(row))
                        }
                    }
                }
            }
        }
    }

    private static func sheet(_ history: OccupancyHistory) -> CSVWriter {
        var sheet = CSVWriter(
            ["at"] + SpotStatus.allCases.map(\.rawValue) + [
                "changes", "occupied_mean", "occupied_min", "occupied_max", "known_seconds",
            ])
        for row in history.rows {
            let means = SpotStatus.allCases.map { CSVWriter.Cell.number(mean(of: $0, row)) }
            sheet.row(
                [.time(row.at)] + means + [
                    .integer(Int64(row.changes)), .number(rounded(row.occupied?.mean)),
                    .integer(row.occupied.map { Int64($0.least) }), .integer(row.occupied.map { Int64($0.most) }),
                    .number(knownSeconds(row)),
                ])
        }
        return sheet
    }

    /// Three places: a thousandth of a spot is more than anybody wants to know.
    private static func rounded(_ mean: Double?) -> Double? { mean?.thousandths }

    private static func mean(of status: SpotStatus, _ row: OccupancyHistory.Row) -> Double? {
        row.means.map { ($0[status.state] ?? 0).thousandths }
    }

    private static func knownSeconds(_ row: OccupancyHistory.Row) -> Double {
        (Double(row.occupied?.knownMicroseconds ?? 0) / 1e6).thousandths
    }

    /// Reads `15m`: a whole number with `s`, `m`, `h` or `d`; in seconds.
    private static func step(_ text: String) throws(Refusal) -> Int64 {
        guard let step = TimeStep(text, longest: 86_400 * 86_400) else {
            throw Refusal(.invalidParameter, "step is a whole number with s, m, h or d, such as 15m.")
        }
        return step.seconds
    }
}
