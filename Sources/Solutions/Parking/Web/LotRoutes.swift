internal import HubModel
internal import SQL
internal import SolutionKit

/// Lots with their counts, as docs/parking-api.md has them.
struct LotRoutes: Sendable {
    let services: WebServices

    var all: [Route] {
        [
            Route(
                .get, "/api/lots", access: .anyone, summary: "The lots that you may see, with how many spots are free",
                query: [.tableForm], answers: [.table(LotSchemas.lots, "The lots")], handler: lots),
            Route(
                .get, "/api/lots/{id}", access: .anyone, summary: "One lot with its spots", pathSchemas: LotPath.lot,
                answers: [.json(LotSchemas.wholeLot)], handler: lot),
            Route(
                .get, "/api/stats/{id}", access: .anyone,
                summary: "A lot's counts; today's turnover and revenue for who may see them", pathSchemas: LotPath.lot,
                answers: [.json(LotSchemas.stats)], handler: stats),
        ]
    }

    private func lots(_ request: RouteRequest) async throws -> RouteResponse {
        let csv = try request.wantsCSV()
        let now = services.clock.now()
        let sites = request.caller.grants.scope(of: .viewParking)
        let found = try await services.database.read { reader in
            let tallies = try LotTable.tallies(at: sites, includingPublic: true, now: now, in: reader)
            var prices = try HourPrices(for: sites, at: now, in: reader)
            return try LotTable.all(at: sites, includingPublic: true, in: reader).map { lot in
                (lot: lot, price: prices.price(of: lot), tally: tallies[lot.id] ?? SpotTally())
            }
        }
        guard !csv else { return LotRoutes.sheet(of: found) }
        return RouteResponse.json { writer in
            writer.array { writer in
                for (lot, price, tally) in found {
                    writer.object { $0.writeMembers(of: lot, price: price, tally) }
                }
            }
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
            let lot = try LotTable.visible(id, to: caller, in: reader)
            return (
                lot, try HourPrices.price(of: lot, at: now, in: reader), try SpotTable.all(of: id, in: reader)
            )
        }
        let reader: SpotView.Reader = caller.grants.allows(.viewParking, at: lot.site) ? .staff : .anybody
        let counts = LotCounts(spots, at: now)
        return RouteResponse.json(status: status, headers: headers) { writer in
            writer.object { writer in
                writer.writeConfiguration(of: lot)
                writer.member("price_per_hour", decimal: price)
                writer.writeMembers(of: counts)
                writer.member("spots", spots.map { SpotView($0, at: now, for: reader) })
                writer.member("now", now)
            }
        }
    }

    private func stats(_ request: RouteRequest) async throws -> RouteResponse {
        let id = try request.lotID()
        let (now, caller) = (services.clock.now(), request.caller)
        let (lot, price, spots, today) = try await services.database.read { reader in
            let lot = try LotTable.visible(id, to: caller, in: reader)
            return (
                lot, try HourPrices.price(of: lot, at: now, in: reader), try SpotTable.all(of: id, in: reader),
                try LotToday(of: lot, at: now, in: reader)
            )
        }
        let counts = LotCounts(spots, at: now)
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("lot_id", lot.id.text)
                writer.member("name", lot.name)
                writer.member("at", now)
                writer.member("price_per_hour", decimal: price)
                writer.member("currency", lot.currency)
                writer.writeMembers(of: counts)
                if caller.grants.allows(.viewParking, at: lot.site) {
                    writer.member(
                        "turnover", number: spots.isEmpty ? nil : Double(today.arrivals) / Double(spots.count))
                    writer.member("mean_stay_seconds", number: today.meanStaySeconds)
                }
                if caller.grants.allows(.viewParkingMoney, at: lot.site) {
                    writer.member("revenue_today_minor", today.revenueMinor)
                    writer.member(
                        "revenue_today",
                        decimal: ScaledDecimal(
                            mantissa: today.revenueMinor, scale: Currency(lot.currency)?.fractionDigits ?? 2))
                }
            }
        }
    }

    private static func sheet(of lots: [(lot: Lot, price: ScaledDecimal, tally: SpotTally)]) -> RouteResponse {
        var sheet = CSVWriter([
            "lot_id", "site", "name", "address", "latitude", "longitude", "time_zone", "currency", "public",
            "stale_after_seconds", "price_per_hour", "total_spots", "available_spots", "occupied_spots",
            "reserved_spots", "out_of_service_spots", "unknown_spots", "occupancy_rate",
        ])
        for (lot, price, tally) in lots {
            sheet.row([
                .text(lot.id.text), .text(lot.site.text), .text(lot.name), .text(lot.address), .number(lot.latitude),
                .number(lot.longitude), .text(lot.timeZone), .text(lot.currency), .boolean(lot.isPublic),
                .integer(lot.staleSeconds), .amount(price), .integer(Int64(tally.total)),
                .integer(Int64(tally.free)), .integer(Int64(tally.occupied)), .integer(Int64(tally.reserved)),
                .integer(Int64(tally.outOfService)), .integer(Int64(tally.unknown)),
                .number(tally.occupancyRate?.thousandths),
            ])
        }
        return .csv(sheet, named: "lots")
    }
}
