import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// What cities read: in the agreed shape, only of public lots, and never a free spot of which nothing is known.
@Suite struct FeedTests {
    /// A lot in which every status and kind occurs, one that is not public, one that nobody placed, and one of which nothing is known.
    private func city() async throws -> Garage {
        let garage = try await Garage()
        try await garage.addLot("P1", spots: 5)
        try await garage.addLot("private", spots: 2, isPublic: false)
        try await garage.addLot("nowhere", spots: 1, latitude: nil)
        try await garage.addLot("silent", spots: 3)
        let now = garage.clock.now().microseconds
        try await garage.database.write { transaction in
            for (spot, kind) in [("B1", "disabled"), ("B2", "ev"), ("B3", "family"), ("B4", "motorcycle")] {
                try Garage.addSpot("P1-\(spot)", to: "P1", kind: kind, level: "1", at: now, in: transaction)
            }
            try transaction.execute(
                "UPDATE parking_spot SET out_of_service = TRUE, status = 'out_of_service' WHERE id = 'P1-A5'")
            let tariff = """
                {"currency":"EUR","free_minutes":15,"daily_cap_minor":1800,"rules":[
                {"name":"Night","from":"20:00","to":"08:00","price":"flat","minor":400},
                {"name":"Day","weekdays":["mon","tue"],"price":"per_started","minutes":60,"minor":250}]}
                """
            try transaction.execute(
                """
                INSERT INTO parking_tariff (lot, version, valid_from, document, created_by, created_at)
                VALUES ('P1', 3, $1, $2, 'anna', $1), ('private', 1, $1, $2, 'anna', $1)
                """, [.integer(now), .text(tariff)])
        }
        // Two free, one occupied, one reserved, one out of service; B1 free, B2 occupied, B3 and B4 never heard.
        for (spot, occupied) in [
            ("A1", false), ("A2", false), ("A3", true), ("A4", false), ("B1", false), ("B2", true),
        ] {
            try garage.report("P1-\(spot)", of: "P1", occupied: occupied)
        }
        let until = garage.clock.now().advanced(bySeconds: 3_600)
        try await garage.call(
            .post, "/api/lots/{id}/reservations", ["id": "P1"],
            body: #"{"spot_id":"P1-A4","from":"\#(garage.clock.now())","to":"\#(until)"}"#, as: .driver("7"))
        try await garage.call(
            .post, "/api/lots/{id}/reservations", ["id": "P1"],
            body: #"{"spot_id":"P1-A2","from":"\#(until)","to":"\#(until.advanced(bySeconds: 900))"}"#, as: .driver("7")
        )
        return garage
    }

    private func read(
        _ garage: Garage, _ path: String, _ schema: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = []
    ) async throws -> JSONTree {
        let json = try await garage.call(.get, "/api/feeds/\(path)", parameters, query: query).json
        #expect(try FeedSchema(schema).complaints(about: json) == [])
        return json
    }

    @Test func parkAPI() async throws {
        let garage = try await city()
        let list = try await read(garage, "parkapi/parking-sites", "parkapi-sites")
        #expect(list["total_count"]?.number == 2)
        #expect(list["items"]?.elements.map { $0["original_uid"]?.text } == ["P1", "silent"])
        let site = try #require(list["items"]?[0])
        #expect(site["capacity"]?.number == 9)
        #expect(site["realtime_capacity"]?.number == 8)
        #expect(site["realtime_free_capacity"]?.number == 3)
        #expect(site["capacity_disabled"]?.number == 1)
        #expect(site["realtime_free_capacity_disabled"]?.number == 1)
        #expect(site["realtime_free_capacity_charging"]?.number == 0)
        // Nothing is known of the families' spot: no figure is better than a wrong one.
        #expect(site["capacity_family"]?.number == 1)
        #expect(site["realtime_free_capacity_family"] == nil)
        let restrictions = site["restrictions"]?.elements ?? []
        #expect(restrictions.map { $0["type"]?.text } == ["DISABLED", "FAMILY", "CHARGING"])
        #expect(restrictions.map { $0["realtime_free_capacity"]?.number } == [1, nil, 0])
        #expect(site["has_fee"] == .boolean(true))
        #expect(site["type"]?.text == "CAR_PARK")
        let silent = try #require(list["items"]?[1])
        #expect(silent["has_realtime_data"] == .boolean(false))
        #expect(silent.members.keys.allSatisfy { !$0.hasPrefix("realtime_") })
        #expect(try await read(garage, "parkapi", "parkapi-sites") == list)
        let number = Int(try #require(site["id"]?.number))
        let one = try await read(garage, "parkapi/parking-sites/{number}", "parkapi-site", ["number": "\(number)"])
        #expect(one == site)
        for other in ["\(number + 1)", "x", ""] {
            await #expect(throws: Refusal(.notFound, "There is no such parking site.")) {
                try await garage.call(.get, "/api/feeds/parkapi/parking-sites/{number}", ["number": other])
            }
        }
        let sources = try await read(garage, "parkapi/sources", "parkapi-sources")
        #expect(sources["items"]?[0]?["id"] == site["source_id"])
    }

    @Test func whatFellSilentIsNotFreeAnyMore() async throws {
        let garage = try await city()
        // The line has not ticked: the table still says free.
        garage.clock.move(seconds: 300)
        #expect(try garage.status("P1-A1") == "free")
        let list = try await read(garage, "parkapi", "parkapi-sites")
        #expect(list["items"]?[0]?["has_realtime_data"] == .boolean(false))
        let map = try await read(garage, "geojson", "geojson")
        #expect(map["features"]?.elements.map { $0["properties"]?["free_spots"]?.number } == [0, 0, 0])
        let datex = try await read(garage, "datex2", "datex2")
        let sites = try #require(datex["parkingPublicationLight"]?["parkingSite"]?.elements)
        #expect(sites.allSatisfy { $0["availableSpaces"] == nil })
        let places = try await read(garage, "apds/places", "apds-places")
        for place in places["data"]?.elements ?? [] {
            #expect(place["occupancyLevel"]?["occupancyIndicator"]?["entryDefinedValue"]?.text == "unknown")
            #expect(place["hierarchyElementReference"]?["supply"] == nil)
        }
    }

    @Test func geoJSON() async throws {
        let map = try await read(try await city(), "geojson", "geojson")
        let features = try #require(map["features"]?.elements)
        #expect(features.map { $0["id"]?.text } == ["P1", "nowhere", "silent"])
        // Longitude comes first.
        #expect(features[0]["geometry"]?["coordinates"] == .array([.number(13.4), .number(52.5)]))
        #expect(features[1]["geometry"] == .null)
        let figures = try #require(features[0]["properties"])
        let counts = ["free", "occupied", "reserved", "out_of_service", "unknown"].map {
            figures["\($0)_spots"]?.number
        }
        #expect(counts == [3, 2, 1, 1, 2])
        #expect(figures["total_spots"]?.number == 9)
    }

    @Test func datex() async throws {
        let garage = try await city()
        let feed = try await read(garage, "datex2", "datex2", query: [("country", "DE")])
        let publication = try #require(feed["parkingPublicationLight"])
        #expect(publication["publicationCreator"]?["country"]?.text == "DE")
        let sites = try #require(publication["parkingSite"]?.elements)
        #expect(sites.map { $0["_id"]?.text } == ["P1", "silent"])
        #expect(sites[0]["numberOfSpaces"]?.number == 8)
        #expect(sites[0]["availableSpaces"]?.number == 3)
        #expect(sites[0]["freeParking"] == .boolean(false))
        #expect(sites[1]["freeParking"] == .boolean(true))
        let disabled = sites[0]["assignedFor"]?.elements.first { $0["user"]?["value"]?.text == "disabled" }
        #expect(disabled?["availableSpaces"]?.number == 1)
        for country in ["de", "DEU", "D1"] {
            await #expect {
                try await garage.call(.get, "/api/feeds/datex2", query: [("country", country)])
            } throws: { ($0 as? Refusal)?.code == .invalidParameter }
        }
    }

    @Test func apdsPlaces() async throws {
        let garage = try await city()
        let list = try await read(garage, "apds/places", "apds-places")
        #expect(list["meta"]?["total"]?.number == 3)
        let place = try #require(list["data"]?[0])
        #expect(place["id"]?.text == "P1")
        let reference = try #require(place["hierarchyElementReference"])
        let supply = try #require(reference["supply"]?[0]?["supplyQuantity"]?.number)
        let demand = try #require(reference["demandTable"]?[0]?["demandType"]?[0])
        // Supply without demand is what is free.
        #expect(supply == 5)
        #expect(demand["count"]?.number == 2)
        #expect(demand["percentage"]?.number == 40)
        #expect(place["characteristics"]?["spacesTotal"]?.number == 9)
        #expect(try await read(garage, "apds/places/{id}", "apds-place", ["id": "P1"]) == place)
        let second = try await read(garage, "apds/places", "apds-places", query: [("page", "2")])
        #expect(second["data"]?.elements.isEmpty == true)
        #expect(second["meta"]?["offset"]?.number == 100)
        for id in ["private", "none"] {
            await #expect(throws: Refusal(.notFound, "There is no public lot \(id).")) {
                try await garage.call(.get, "/api/feeds/apds/places/{id}", ["id": id])
            }
        }
        await #expect(throws: Refusal.self) {
            try await garage.call(.get, "/api/feeds/apds/places", query: [("page", "0")])
        }
    }

    @Test func apdsRates() async throws {
        let garage = try await city()
        let list = try await read(garage, "apds/rates", "apds-rates")
        #expect(list["data"]?.elements.map { $0["id"]?.text } == ["P1"])
        let rate = try #require(list["data"]?[0])
        #expect(rate["version"]?.number == 3)
        let collections = try #require(rate["rateLineCollections"]?.elements)
        #expect(collections.count == 2)
        #expect(collections[0]["maxValueCollection"]?["currencyValue"]?.number == 18)
        #expect(collections[0]["rateLines"]?[0]?["durationEnd"]?.text == "00:15")
        #expect(collections[0]["rateLines"]?[1]?["value"]?.number == 4)
        let day = try #require(collections[1]["rateLines"]?[1])
        #expect(day["rateLineType"]?.text == "incrementingRate")
        #expect(day["incrementPeriod"]?.text == "PT60M")
        #expect(day["value"]?.number == 2.5)
        #expect(day["description"]?[0]?["string"]?.text == "Day; Mon, Tue")
        #expect(try await read(garage, "apds/rates/{id}", "apds-rate", ["id": "P1"]) == rate)
        for id in ["private", "silent"] {
            await #expect {
                try await garage.call(.get, "/api/feeds/apds/rates/{id}", ["id": id])
            } throws: { ($0 as? Refusal)?.code == .notFound }
        }
    }

    /// The check of the schemas is worth something: it sees what is wrong.
    @Test(arguments: [
        (#"{"items":[],"total_count":-1}"#, 1), (#"{"items":{}}"#, 2), (#"{"items":[{}],"total_count":1}"#, 11),
        (#"{"items":[],"total_count":0,"more":1}"#, 1), (#"{"items":[],"total_count":0}"#, 0),
    ])
    func theCheckSeesMistakes(_ text: String, _ mistakes: Int) throws {
        let complaints = try FeedSchema("parkapi-sites").complaints(about: JSONTree(Array(text.utf8)))
        #expect(complaints.count == mistakes)
    }
}
