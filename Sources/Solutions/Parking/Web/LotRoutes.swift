internal import HubModel
internal import SQL
internal import SolutionKit

/// Lots and spots as docs/parking-api.md has them. Reads go to the tables, never through the writer; changes go down the line.
struct LotRoutes: Sendable {
    let services: WebServices

    var all: [Route] { reading + deciding + editing + exchanging + ofHistory + ofCalibration }

    /// The shapes of a path that names a lot.
    static let lot: [String: JSONSchema] = ["id": .identifier]
    static let spot: [String: JSONSchema] = ["id": .identifier, "spot_id": .identifier]

    private var reading: [Route] {
        [
            Route(
                .get, "/api/lots", access: .anyone, summary: "The lots that you may see, with how many spots are free",
                answers: [.json(LotSchemas.lots)], handler: lots),
            Route(
                .get, "/api/lots/{id}", access: .anyone, summary: "One lot with its spots", pathSchemas: Self.lot,
                answers: [.json(LotSchemas.wholeLot)], handler: lot),
            Route(
                .get, "/api/spots", access: .anyone, summary: "Spots, by lot, level and id",
                query: [
                    QueryParameter("lot_id", "only spots of this lot", .identifier),
                    QueryParameter("status", "only spots with this status", LotSchemas.status),
                    QueryParameter("kind", "only spots of this kind", LotSchemas.kind),
                ], answers: [.json(.array(LotSchemas.spot))], refusals: [.notFound], handler: spots),
            Route(
                .get, "/api/stats/{id}", access: .anyone,
                summary: "A lot's counts; today's turnover and revenue for who may see them", pathSchemas: Self.lot,
                answers: [.json(LotSchemas.stats)], handler: stats),
        ]
    }

    private func lots(_ request: RouteRequest) async throws -> RouteResponse {
        let now = services.clock.now()
        let sites = request.caller.grants.scope(of: .viewParking)
        let found = try await services.database.read { reader in
            let tallies = try LotTable.tallies(at: sites, includingPublic: true, now: now, in: reader)
            return try LotTable.all(at: sites, includingPublic: true, in: reader).map { lot in
                (
                    lot: lot, price: try TariffTable.pricePerHour(of: lot, at: now, in: reader),
                    tally: tallies[lot.id] ?? SpotTally()
                )
            }
        }
        return RouteResponse.json { writer in
            writer.beginArray()
            for (lot, price, tally) in found {
                writer.beginObject()
                writer.writeMembers(of: lot, price: price, tally)
                writer.endObject()
            }
            writer.endArray()
        }
    }

    private func lot(_ request: RouteRequest) async throws -> RouteResponse {
        let id = try request.lotID()
        return try await answer(with: id, for: request.caller)
    }

    /// A lot with its spots, if the caller may see it.
    func answer(
        with id: LotID, for caller: Caller, status: Int = 200, headers: [(name: String, value: String)] = []
    ) async throws -> RouteResponse {
        let now = services.clock.now()
        let (lot, price, spots) = try await services.database.read { reader in
            let lot = try LotRoutes.visible(id, to: caller, in: reader)
            return (
                lot, try TariffTable.pricePerHour(of: lot, at: now, in: reader), try SpotTable.all(of: id, in: reader)
            )
        }
        let isInside = caller.grants.allows(.viewParking, at: lot.site)
        let counts = LotCounts(spots, at: now)
        return RouteResponse.json(status: status, headers: headers) { writer in
            writer.beginObject()
            writer.writeConfiguration(of: lot)
            writer.key("price_per_hour")
            writer.decimal(price)
            writer.writeMembers(of: counts)
            writer.key("spots")
            writer.beginArray()
            for spot in spots { writer.write(spot, at: now, isInside: isInside) }
            writer.endArray()
            writer.key("now")
            writer.timestamp(now)
            writer.endObject()
        }
    }

    /// A lot that somebody may see; for others there is none.
    static func visible(_ id: LotID, to caller: Caller, in reader: some SQLReading) throws -> Lot {
        guard let lot = try LotTable.one(id, in: reader), lot.isVisible(to: caller) else {
            throw Refusal(.notFound, "there is no lot \(id)")
        }
        return lot
    }

    /// A lot within the sites of the request; elsewhere there is none.
    static func one(_ id: LotID, at sites: SiteScope, in reader: some SQLReading) throws -> Lot {
        guard let lot = try LotTable.one(id, in: reader), sites.contains(lot.site) else {
            throw Refusal(.notFound, "there is no lot \(id)")
        }
        return lot
    }

    private func spots(_ request: RouteRequest) async throws -> RouteResponse {
        let now = services.clock.now()
        let status = try LotRoutes.word("status", of: SpotStatus.self, request)
        let kind = try LotRoutes.word("kind", of: SpotKind.self, request)
        let (name, caller) = (request.given("lot_id"), request.caller)
        let sites = caller.grants.scope(of: .viewParking)
        let found = try await services.database.read { reader in
            guard let name else { return try SpotTable.all(at: sites, includingPublic: true, in: reader) }
            guard let id = LotID(name) else { throw Refusal(.invalidParameter, "lot_id is the id of a lot") }
            return try SpotTable.all(of: try LotRoutes.visible(id, to: caller, in: reader).id, in: reader)
        }
        return RouteResponse.json { writer in
            writer.beginArray()
            for spot in found {
                guard status == nil || spot.status(at: now) == status, kind == nil || spot.facts.kind == kind else {
                    continue
                }
                writer.write(spot, at: now, isInside: sites.contains(spot.facts.site))
            }
            writer.endArray()
        }
    }

    private static func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, of type: Word.Type, _ request: RouteRequest
    ) throws(Refusal) -> Word? where Word.RawValue == String {
        guard let text = request.given(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refusal(.invalidParameter, "\(name) is one of \(words)")
        }
        return word
    }

    private func stats(_ request: RouteRequest) async throws -> RouteResponse {
        let id = try request.lotID()
        let (now, caller) = (services.clock.now(), request.caller)
        let (lot, price, spots, today) = try await services.database.read { reader in
            let lot = try LotRoutes.visible(id, to: caller, in: reader)
            return (
                lot, try TariffTable.pricePerHour(of: lot, at: now, in: reader), try SpotTable.all(of: id, in: reader),
                try LotToday(of: lot, at: now, in: reader)
            )
        }
        let counts = LotCounts(spots, at: now)
        return RouteResponse.json { writer in
            writer.beginObject()
            writer.key("lot_id")
            writer.string(lot.id.text)
            writer.key("name")
            writer.string(lot.name)
            writer.key("at")
            writer.timestamp(now)
            writer.key("price_per_hour")
            writer.decimal(price)
            writer.key("currency")
            writer.string(lot.currency)
            writer.writeMembers(of: counts)
            if caller.grants.allows(.viewParking, at: lot.site) {
                writer.key("turnover")
                writer.optionalNumber(spots.isEmpty ? nil : Double(today.arrivals) / Double(spots.count))
                writer.key("mean_stay_seconds")
                writer.optionalNumber(today.meanStaySeconds)
            }
            if caller.grants.allows(.viewParkingMoney, at: lot.site) {
                writer.key("revenue_today_minor")
                writer.integer(today.revenueMinor)
                writer.key("revenue_today")
                writer.decimal(
                    ScaledDecimal(mantissa: today.revenueMinor, scale: Currency(lot.currency)?.fractionDigits ?? 2))
            }
            writer.endObject()
        }
    }
}
