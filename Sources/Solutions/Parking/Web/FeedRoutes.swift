internal import HubModel
internal import SQL
internal import SolutionKit

/// What cities and map makers read: public lots in four shapes that others have agreed on. Nothing in them is about people. A spot of
/// which nothing is known is free in none of them.
struct FeedRoutes: Sendable {
    let services: WebServices

    var all: [Route] { ofParkAPI + ofMaps + ofAPDS }

    private var ofParkAPI: [Route] {
        let sites = "The public lots as ParkAPI v3 parking sites"
        return [
            Route(
                .get, "/api/feeds/parkapi", access: .anyone, summary: sites, answers: [.json(.parkAPISites)],
                handler: parkAPISites),
            Route(
                .get, "/api/feeds/parkapi/sources", access: .anyone, summary: "ParkAPI v3 sources: this hub",
                answers: [.json(.parkAPISources)], handler: parkAPISources),
            Route(
                .get, "/api/feeds/parkapi/parking-sites", access: .anyone, summary: sites,
                answers: [.json(.parkAPISites)], handler: parkAPISites),
            Route(
                .get, "/api/feeds/parkapi/parking-sites/{number}", access: .anyone,
                summary: "One public lot as a ParkAPI v3 parking site", pathSchemas: ["number": .integer(minimum: 1)],
                answers: [.json(.parkAPISite)], handler: parkAPISite),
        ]
    }

    private var ofMaps: [Route] {
        [
            Route(
                .get, "/api/feeds/geojson", access: .anyone, summary: "The public lots as GeoJSON (RFC 7946)",
                answers: [
                    RouteAnswer(200, "The lots", content: [("application/geo+json", JSONSchema.geoJSONFeed)])
                ], handler: geoJSON),
            Route(
                .get, "/api/feeds/datex2", access: .anyone,
                summary: "The public lots as DATEX II v3 ParkingPublicationLight in JSON",
                query: [
                    QueryParameter(
                        "country", "the publisher's, ISO 3166-1 alpha-2; ZZ without it", .string(pattern: "^[A-Z]{2}$"))
                ], answers: [.json(.datexFeed)], handler: datex),
        ]
    }

    private var ofAPDS: [Route] {
        let page = [QueryParameter("page", "from 1; of 100 each", .integer(minimum: 1))]
        return [
            Route(
                .get, "/api/feeds/apds/places", access: .anyone,
                summary: "The public lots as APDS v4 places, with their occupancy", query: page,
                answers: [.json(.apdsPlaces)], handler: places),
            Route(
                .get, "/api/feeds/apds/places/{id}", access: .anyone, summary: "One public lot as an APDS v4 place",
                pathSchemas: ["id": .identifier], answers: [.json(.apdsPlace)], handler: place),
            Route(
                .get, "/api/feeds/apds/rates", access: .anyone,
                summary: "What the public lots cost now, as APDS v4 rate tables", query: page,
                answers: [.json(.apdsRates)], handler: rates),
            Route(
                .get, "/api/feeds/apds/rates/{id}", access: .anyone,
                summary: "What one public lot costs now, as an APDS v4 rate table", pathSchemas: ["id": .identifier],
                answers: [.json(.apdsRate)], handler: rate),
        ]
    }

    private func lots(_ one: LotID? = nil) async throws -> [FeedLot] {
        let now = services.clock.now()
        return try await services.database.read { try FeedTable.lots(one, at: now, in: $0) }
    }

    private func lot(_ request: RouteRequest) async throws -> FeedLot {
        let id = try request.lotID()
        guard let found = try await lots(id).first else { throw Refusal(.notFound, "There is no public lot \(id).") }
        return found
    }

    private func parkAPISources(_ request: RouteRequest) async throws -> RouteResponse {
        let lots = try await lots()
        return RouteResponse.json { writer in
            ParkAPIFeed.list(&writer, count: 1) { ParkAPIFeed.source(&$0, lots: lots) }
        }
    }

    private func parkAPISites(_ request: RouteRequest) async throws -> RouteResponse {
        // A parking site without a place is none for ParkAPI.
        let lots = try await lots().filter(\.isPlaced)
        return RouteResponse.json { writer in
            ParkAPIFeed.list(&writer, count: lots.count) { writer in
                for lot in lots { ParkAPIFeed.site(&writer, lot) }
            }
        }
    }

    private func parkAPISite(_ request: RouteRequest) async throws -> RouteResponse {
        let (number, now) = (Int(request.path["number"] ?? ""), services.clock.now())
        let found = try await services.database.read { reader in
            try FeedTable.placed(where: { ParkAPIFeed.number(of: $0) == number }, at: now, in: reader)
        }
        guard let found else { throw Refusal(.notFound, "There is no such parking site.") }
        return RouteResponse.json { ParkAPIFeed.site(&$0, found) }
    }

    private func geoJSON(_ request: RouteRequest) async throws -> RouteResponse {
        let lots = try await lots()
        var response = RouteResponse.json { GeoJSONFeed.collection(&$0, lots: lots) }
        response.contentType = "application/geo+json"
        return response
    }

    private func datex(_ request: RouteRequest) async throws -> RouteResponse {
        let country = request.given("country") ?? "ZZ"
        guard country.utf8.count == 2, country.utf8.allSatisfy((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains) else {
            throw Refusal(.invalidParameter, "country is two capital letters, such as DE.")
        }
        let now = services.clock.now()
        let lots = try await lots()
        return RouteResponse.json { DATEXFeed.publication(&$0, lots: lots, country: country, at: now) }
    }

    private func places(_ request: RouteRequest) async throws -> RouteResponse {
        let page = try FeedRoutes.page(request)
        let now = services.clock.now()
        let lots = try await lots()
        return RouteResponse.json { writer in
            APDSFeed.list(&writer, lots, page: page, at: now) { APDSFeed.place(&$0, $1, at: now) }
        }
    }

    private func place(_ request: RouteRequest) async throws -> RouteResponse {
        let now = services.clock.now()
        let found = try await lot(request)
        return RouteResponse.json { APDSFeed.place(&$0, found, at: now) }
    }

    private func rates(_ request: RouteRequest) async throws -> RouteResponse {
        let page = try FeedRoutes.page(request)
        let now = services.clock.now()
        let priced = try await lots().compactMap(\.priced)
        return RouteResponse.json { writer in
            APDSFeed.list(&writer, priced, page: page, at: now) { APDSFeed.rate(&$0, of: $1.lot, $1.tariff) }
        }
    }

    private func rate(_ request: RouteRequest) async throws -> RouteResponse {
        guard let priced = try await lot(request).priced else {
            throw Refusal(.notFound, "That lot has no tariff: it costs nothing.")
        }
        return RouteResponse.json { APDSFeed.rate(&$0, of: priced.lot, priced.tariff) }
    }

    private static func page(_ request: RouteRequest) throws(Refusal) -> Int {
        try request.whole("page", in: 1...1_000_000) ?? 1
    }
}

extension FeedLot {
    /// Whether somebody has said where it is.
    fileprivate var isPlaced: Bool { lot.latitude != nil && lot.longitude != nil }

    /// The lot with what it costs; nil if that is nothing. A rate table has one rule at least.
    fileprivate var priced: (lot: Lot, tariff: TariffVersion)? {
        tariff.flatMap { $0.tariff.rules.isEmpty ? nil : (lot, $0) }
    }
}
