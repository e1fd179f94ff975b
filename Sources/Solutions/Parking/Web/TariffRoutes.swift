internal import HubModel
internal import SQL
internal import SolutionKit

/// What a stay costs, tariffs and their versions, and what another tariff would have earned.
struct TariffRoutes: Sendable {
    let services: WebServices

    /// How far ahead a tariff may begin, in seconds: ten years.
    private static let farthest: Int64 = 10 * 366 * 86_400

    var all: [Route] {
        [
            Route(
                .get, "/api/lots/{id}/price", access: .anyone, summary: "What a stay costs, line by line",
                pathSchemas: LotPath.lot,
                query: [
                    QueryParameter("from", "the arrival; now without it"),
                    QueryParameter("to", "the departure, at most 366 days later; an hour later without it"),
                    QueryParameter(
                        "kind", "of the spot; standard without it", .words(SpotKind.allCases.map(\.rawValue))),
                ], answers: [.json(.parkingPrice)], handler: price),
            Route(
                .get, "/api/lots/{id}/tariffs", access: .site(.viewParkingMoney),
                summary: "The versions of a lot's tariff, the last to begin first", pathSchemas: LotPath.lot,
                query: [.tableForm], answers: [.table(.tariffVersions, "The versions")], handler: tariffs),
            Route(
                .post, "/api/lots/{id}/tariffs", access: .site(.manageTariffs),
                summary: "Add a version of the tariff, from now or a later instant on", pathSchemas: LotPath.lot,
                input: RouteInput(.newTariff), answers: [.json(.tariffVersion, status: 201, "Added")],
                refusals: [.conflict], handler: add),
            Route(
                .post, "/api/lots/{id}/tariffs/what-if", access: .site(.manageTariffs),
                summary: "What the sessions of some days would have cost under another tariff; changes nothing",
                pathSchemas: LotPath.lot, input: RouteInput(.tariffDraft), answers: [.json(.tariffReplay)],
                handler: whatIf),
        ]
    }

    private func price(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, caller) = (try request.lotID(), request.caller)
        let kind = try request.word("kind", of: SpotKind.self) ?? .standard
        let from = try request.instant("from") ?? services.clock.now()
        let to = try request.instant("to") ?? from.advanced(bySeconds: 3_600)
        guard from <= to, to.microseconds(since: from) <= Tariff.longestStaySeconds * 1_000_000 else {
            throw Refusal(.invalidParameter, "to is not before from, and at most 366 days after it.")
        }
        guard (0...Self.latestSeconds).contains(from.wholeSeconds) else {
            throw Refusal(.invalidParameter, "from is a time between 1970 and 2100.")
        }
        let (lot, version) = try await services.database.read { reader in
            let lot = try LotTable.visible(id, to: caller, in: reader)
            return (lot, try TariffTable.inForce(at: from, of: id, in: reader))
        }
        var clock = version?.clock ?? .utc
        let price = version?.tariff.price(from: from, to: to, kind: kind, clock: &clock) ?? Price()
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("lot_id", id.text)
                writer.member("kind", kind.rawValue)
                writer.member("from", from)
                writer.member("to", to)
                writer.member("currency", lot.currency)
                writer.member("tariff_version", version?.version)
                writer.members(of: price)
                writer.member(
                    "total",
                    decimal: ScaledDecimal(
                        mantissa: price.totalMinor, scale: Currency(lot.currency)?.fractionDigits ?? 2))
            }
        }
    }

    /// The year 2100.
    private static let latestSeconds: Int64 = 4_102_444_800

    private func tariffs(_ request: RouteRequest) async throws -> RouteResponse {
        let csv = try request.wantsCSV()
        let lot = try await services.lotInScope(request)
        let now = services.clock.now()
        let versions = try await services.database.read { try TariffTable.all(of: lot.id, in: $0) }
        guard !csv else { return Self.sheet(of: versions) }
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("lot_id", lot.id.text)
                writer.member("currency", lot.currency)
                writer.member("present_version", versions.first { $0.validFrom <= now }?.version)
                writer.member("versions", versions) { $0.write($1) }
            }
        }
    }

    private func add(_ request: RouteRequest) async throws -> RouteResponse {
        let lot = try await services.lotInScope(request)
        let draft = try TariffDraft(request.body, takes: ["valid_from"])
        try draft.check(lot)
        let (caller, sites) = (request.caller, request.scope)
        let version = try await services.change(by: caller) { line in
            let transaction = try line.transaction()
            // The lot may have changed while the request waited.
            let lot = try LotTable.one(lot.id, at: sites, in: transaction)
            try draft.check(lot)
            let from = draft.validFrom ?? line.now
            guard from >= line.now, from <= line.now.advanced(bySeconds: Self.farthest) else {
                throw Refusal(
                    .valueOutOfRange,
                    "valid_from is now or later, at most ten years: what has begun under a tariff ends under it.")
            }
            let version = try TariffTable.add(
                draft.tariff, to: lot, from: from, by: caller.shortName, at: line.now, in: transaction)
            return AuditedChange(
                version, .addTariff, of: "lot:\(lot.id)",
                facts: [("version", String(version.version)), ("valid_from", from.description)])
        }
        return RouteResponse.json(status: 201, headers: [("Location", "/api/lots/\(lot.id)/tariffs")]) { writer in
            writer.write(version)
        }
    }

    private func whatIf(_ request: RouteRequest) async throws -> RouteResponse {
        let lot = try await services.lotInScope(request)
        let draft = try TariffDraft(request.body, takes: ["from", "to"])
        try draft.check(lot)
        let now = services.clock.now()
        let range = try DayRange(from: draft.from, to: draft.to, of: lot, now: now)
        let replay = try await services.database.read { reader in
            var replay = TariffReplay(draft.tariff, clock: LocalClock(lot.timeZone) ?? .utc)
            try replay.run(of: lot, from: range.begin, to: range.end, now: now, in: reader)
            return replay
        }
        return RouteResponse.json { $0.write(replay, of: lot, range) }
    }

    private static func sheet(of versions: [TariffVersion]) -> RouteResponse {
        var sheet = CSVWriter([
            "version", "valid_from", "created_by", "created_at", "currency", "free_minutes", "free_minutes_apply",
            "daily_cap_minor", "rule", "name", "kinds", "weekdays", "from", "to", "price", "minutes", "minor",
        ])
        for version in versions {
            let tariff = version.tariff
            let head: [CSVWriter.Cell] = [
                .integer(version.version), .time(version.validFrom), .text(version.createdBy),
                .time(version.createdAt), .text(tariff.currency), .integer(tariff.freeMinutes),
                .text(tariff.freeCountsAlways ? "always" : "short_stays"), .integer(tariff.dailyCapMinor),
            ]
            if tariff.rules.isEmpty { sheet.row(head + [CSVWriter.Cell](repeating: .text(nil), count: 9)) }
            for (number, rule) in tariff.rules.enumerated() {
                sheet.row(head + [.integer(Int64(number + 1))] + cells(of: rule))
            }
        }
        return .csv(sheet, named: "tariffs")
    }

    private static func cells(of rule: TariffRule) -> [CSVWriter.Cell] {
        let kinds = SpotKind.allCases.filter(rule.kinds.contains).map(\.rawValue).joined(separator: " ")
        let days = TariffField.days.enumerated().filter { rule.weekdays.contains($0.offset) }.map(\.element)
        let price: [CSVWriter.Cell] =
            switch rule.price {
            case .perStarted(let minutes, let minor): [.text("per_started"), .integer(minutes), .integer(minor)]
            case .flat(let minor): [.text("flat"), .integer(nil), .integer(minor)]
            case .free: [.text("free"), .integer(nil), .integer(nil)]
            }
        return [
            .text(rule.name), .text(kinds), .text(days.joined(separator: " ")),
            .text(TariffField.time(rule.fromMinute)), .text(TariffField.time(rule.toMinute)),
        ] + price
    }
}
