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

    /// The lot of the path; for who may not see its site, there is none.
    func lot(_ request: RouteRequest) async throws -> Lot {
        let (id, sites) = (try request.lotID(), request.scope)
        return try await services.database.read { try LotTable.one(id, at: sites, in: $0) }
    }
}

extension DayRange {
    /// Days of a lot's clock.
    /// - Throws: `invalid_parameter`.
    init(from: String?, to: String?, of lot: Lot, now: Timestamp) throws(Refusal) {
        try self.init(from: from, to: to, clock: LocalClock(lot.timeZone) ?? .utc, now: now)
    }
}
