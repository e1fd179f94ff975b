import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Lots, spots and prices in files: what goes in and what comes out.
@Suite struct LotFileTests {
    private func csv(
        _ site: ParkSite, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], as caller: Caller = .owner
    ) async throws -> [String] {
        let response = try await site.call(.get, path, parameters, query: query, accept: "text/csv", as: caller)
        #expect(response.headers.contains { $0.name == "Content-Disposition" })
        return String(decoding: response.body, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    private func price(_ site: ParkSite, _ lot: String) async throws -> Double? {
        try await site.json(.get, "/api/lots/{id}", ["id": lot])["price_per_hour"]?.number
    }

    // MARK: - Tables

    @Test func lotsAndSpotsAsTables() async throws {
        let site = try await ParkSite()
        let stranger = Caller(.anonymous)
        try await site.call(.put, "/api/lots/{id}", ["id": "LOT001"], body: #"{"name":"=HYPERLINK(1)"}"#)
        try site.report("SPOT001", true)
        try await site.call(
            .post, "/api/lots/{id}/override", ["id": "LOT001"], body: #"{"spot_id":"SPOT003","occupied":false}"#)
        let lots = try await csv(site, "/api/lots")
        #expect(lots.count == 4)
        #expect(lots[1].hasPrefix("LOT001,main,'=HYPERLINK(1),"))
        #expect(lots[1].hasSuffix(",0.00,3,1,1,0,0,1,0.5"))
        #expect(try await csv(site, "/api/lots", as: stranger).count == 3, "what is not public is in no file either")
        let spots = try await csv(site, "/api/spots", query: [("lot_id", "LOT001")])
        #expect(spots.count == 4)
        #expect(spots[1].hasPrefix("SPOT001,LOT001,SPOT001,0,,standard,occupied,2026-11-21T10:00:00.000000Z,"))
        #expect(spots[3].contains(",disabled,free,") && spots[3].hasSuffix(",false,2026-11-21T10:00:00.000000Z,,olga"))
        let outside = try await csv(site, "/api/spots", query: [("lot_id", "LOT001")], as: stranger)
        #expect(outside[3].hasSuffix(",false,2026-11-21T10:00:00.000000Z,,"), "who said so is not for strangers")
        let free = try await csv(site, "/api/spots", query: [("status", "free"), ("format", "csv")])
        #expect(free.count == 2)
        let refused = try await site.refusal(.get, "/api/lots", query: [("format", "xml")])
        #expect(refused == .invalidParameter)
    }

    @Test func proposalsReservationsAndForecastsAsTables() async throws {
        let site = try await ParkSite()
        for _ in 0..<20 {
            for (occupied, distance) in [(true, 30), (false, 200)] {
                try site.hear(#"{"spot_id":"SPOT001","occupied":\#(occupied),"distance":\#(distance)}"#)
                site.clock.move(seconds: 60)
            }
        }
        let proposals = try await csv(site, "/api/lots/{id}/calibration", ["id": "LOT001"])
        #expect(proposals.count == 4)
        #expect(proposals[1].hasPrefix("SPOT001,SPOT001,40,flag,115,30,"))
        #expect(proposals[1].contains(",20,30,0,20,200,0,"))
        let from = site.clock.now().advanced(bySeconds: 7_200)
        let body =
            #"{"spot_id":"SPOT002","from":"\#(from)","to":"\#(from.advanced(bySeconds: 900))","name":"@SUM(1)"}"#
        try await site.call(.post, "/api/lots/{id}/reservations", ["id": "LOT001"], body: body)
        let reservations = try await csv(site, "/api/lots/{id}/reservations", ["id": "LOT001"])
        #expect(reservations.count == 2)
        #expect(reservations[1].contains(",LOT001,SPOT002,") && reservations[1].contains(",'@SUM(1),1,"))
        let forecast = try await csv(site, "/api/lots/{id}/forecast", ["id": "LOT001"])
        #expect(forecast.first == "at,free,spots")
    }

    /// A lot of more spots than one answer of JSON tells of.
    @Test func everySensorIsInTheTable() async throws {
        let site = try await ParkSite()
        let spots = (1...501).map { #"{"spot_id":"X\#($0)"}"# }.joined(separator: ",")
        try await site.call(.post, "/api/lots", body: #"{"lot_id":"X","name":"x","spots":[\#(spots)]}"#)
        #expect(try await csv(site, "/api/lots/{id}/calibration", ["id": "X"]).count == 502)
    }

    // MARK: - Prices

    @Test func aPriceOfANewLotIsItsTariff() async throws {
        let site = try await ParkSite()
        let made = try await site.json(
            .post, "/api/lots", body: #"{"lot_id":"N1","name":"x","currency":"EUR","price_per_hour":2.0}"#)
        #expect(made["price_per_hour"]?.number == 2)
        let tariffs = try await site.json(.get, "/api/lots/{id}/tariffs", ["id": "N1"])
        #expect(tariffs["versions"]?[0]?["tariff"]?["rules"]?[0]?["minor"]?.number == 200)
        #expect(tariffs["versions"]?[0]?["created_by"]?.text == "olga")
        #expect(site.audit.entries.map(\.action).suffix(2) == [.addTariff, .changeLot])
        try await site.call(
            .post, "/api/lots/import",
            body: #"{"lots":[{"lot_id":"N2","name":"x","currency":"JPY","price_per_hour":150}]}"#)
        #expect(try await price(site, "N2") == 150)
        try await site.call(.post, "/api/lots/import", body: "lot_id,name,price_per_hour\nN3,x,0.25\nN4,y,")
        #expect(try await price(site, "N3") == 0.25)
        #expect(try await price(site, "N4") == 0)
        // A lot that was free of charge until now.
        try await site.call(.put, "/api/lots/{id}", ["id": "N4"], body: #"{"price_per_hour":1.5}"#)
        #expect(try await price(site, "N4") == 1.5)
    }

    @Test func aLotWithATariffKeepsIt() async throws {
        let site = try await ParkSite()
        try await site.call(.post, "/api/lots", body: #"{"lot_id":"N","name":"x","price_per_hour":2.5}"#)
        for price in ["2.5", "2.50", "null"] {
            let body = #"{"lots":[{"lot_id":"N","name":"x","price_per_hour":\#(price)}]}"#
            try await site.call(.post, "/api/lots/import", body: body)
        }
        for price in ["2.49", "0", "3"] {
            let body = #"{"lots":[{"lot_id":"N","name":"changed","price_per_hour":\#(price)}]}"#
            await #expect {
                try await site.call(.post, "/api/lots/import", body: body)
            } throws: { error in
                (error as? Refusal)?.code == .conflict && (error as? Refusal)?.detail.contains("/tariffs") == true
            }
        }
        #expect(try site.count("parking_tariff") == 1)
        #expect(try await site.json(.get, "/api/lots/{id}", ["id": "N"])["name"]?.text == "x", "all or nothing")
    }

    @Test(arguments: [
        ("2.005", RefusalCode.valueOutOfRange), ("-1", .valueOutOfRange), ("100000.01", .valueOutOfRange),
        ("1e30", .valueOutOfRange), ("1e300", .valueOutOfRange), (#""2.00""#, .wrongType), ("true", .wrongType),
    ]) func pricesThatAreRefused(_ price: String, _ code: RefusalCode) async throws {
        let site = try await ParkSite()
        let body = #"{"lot_id":"N","name":"x","price_per_hour":\#(price)}"#
        #expect(try await site.refusal(.post, "/api/lots", body: body) == code)
        #expect(try site.count("parking_lot") == 3)
        #expect(try site.count("parking_tariff") == 0)
    }

    @Test func whoMayNotSetTariffsSetsNoPrice() async throws {
        let site = try await ParkSite()
        let keeper = Caller.driver("k", [.manageParking])
        let body = #"{"lot_id":"N","name":"x","price_per_hour":2}"#
        #expect(try await site.refusal(.post, "/api/lots", body: body, as: keeper) == .forbidden)
        #expect(try site.count("parking_lot") == 3)
        let free = #"{"lot_id":"N","name":"x","price_per_hour":0}"#
        #expect(try await site.refusal(.post, "/api/lots", body: free, as: keeper) == nil)
    }

    @Test func anExportTellsThePriceAndImportsAgain() async throws {
        let site = try await ParkSite()
        try await site.call(.post, "/api/lots", body: #"{"lot_id":"N","name":"x","price_per_hour":1.2}"#)
        // What an hour costs depends on when it is: that is no single price.
        try await site.call(
            .post, "/api/lots/{id}/tariffs", ["id": "LOT001"],
            body: #"""
                {"tariff":{"currency":"EUR","rules":[{"name":"Day","from":"08:00","to":"20:00","price":"per_started",
                    "minutes":60,"minor":300}]}}
                """#)
        let json = try await site.call(.get, "/api/lots/export")
        let lots = try JSONTree(json.body)["lots"]?.elements ?? []
        #expect(lots.map { $0["price_per_hour"] ?? .boolean(false) } == [.null, .null, .null, .number(1.2)])
        let file = try await site.call(.get, "/api/lots/export", accept: "text/csv")
        #expect(String(decoding: file.body, as: UTF8.self).contains(",1.20,"))
        for body in [json.body, file.body] {
            // In the middle of the night it is the same file.
            site.clock.move(seconds: 11 * 3_600)
            try await site.call(.post, "/api/lots/import", body: String(decoding: body, as: UTF8.self))
            let other = try await ParkSite()
            for lot in ["LOT001", "LOT002", "LOT003"] { try await other.call(.delete, "/api/lots/{id}", ["id": lot]) }
            try await other.call(.post, "/api/lots/import", body: String(decoding: body, as: UTF8.self))
            #expect(try await price(other, "N") == 1.2)
        }
        #expect(try site.count("parking_tariff") == 2)
    }

    // MARK: - What spreadsheets write

    @Test(arguments: [
        "lot_id;name;latitude;longitude;spot_id;x;y\r\nE1;\"Eins; zwei, drei\";52,5;-13,25;E1-A;1,5;2\r\n",
        "\u{FEFF}lot_id\tname\tlatitude\tlongitude\tspot_id\tx\ty\nE1\tEins; zwei, drei\t52.5\t-13.25\tE1-A\t1.5\t2\n",
        "lot_id,name,latitude,longitude,spot_id,x,y\nE1,\"Eins; zwei, drei\",52.5,-13.25,E1-A,1.5,2\n",
        "\"lot_id\";\"name\";\"latitude\";\"longitude\";\"spot_id\";\"x\";\"y\"\nE1;Eins; zwei, drei;52.5;-13.25;E1-A;1.5;2\n"
            .replacing("Eins; zwei, drei", with: "\"Eins; zwei, drei\""),
        "\u{FEFF}sep=;\r\nlot_id;name;latitude;longitude;spot_id;x;y\r\nE1;\"Eins; zwei, drei\";52,5;-13,25;E1-A;1,5;2",
        "\"SEP=\t\"\nlot_id\tname\tlatitude\tlongitude\tspot_id\tx\ty\nE1\tEins; zwei, drei\t52.5\t-13.25\tE1-A\t1.5\t2\n",
        "\u{FEFF}[{\"lot_id\":\"E1\",\"name\":\"Eins; zwei, drei\",\"latitude\":52.5,\"longitude\":-13.25,"
            + "\"spots\":[{\"spot_id\":\"E1-A\",\"x\":1.5,\"y\":2}]}]\r\n",
    ]) func cellsAreSeparatedAsTheFirstLineHasIt(_ file: String) async throws {
        let site = try await ParkSite()
        try await site.call(.post, "/api/lots/import", body: file)
        let lot = try await site.json(.get, "/api/lots/{id}", ["id": "E1"])
        #expect(lot["name"]?.text == "Eins; zwei, drei")
        #expect(lot["latitude"]?.number == 52.5 && lot["longitude"]?.number == -13.25)
        #expect(lot["spots"]?[0]?["x"]?.number == 1.5)
    }

    @Test(arguments: ["lot_id;name;wings\nX;y;2", "lot_id;name\nX,y", "lot_id;name;latitude;longitude\nX;y;1.234,5;1"])
    func otherSeparatorsDoNotMakeEverythingRight(_ file: String) async throws {
        let site = try await ParkSite()
        #expect(try await site.refusal(.post, "/api/lots/import", body: file) != nil)
        #expect(try site.count("parking_lot") == 3)
    }

    @Test(arguments: ["=1+1", "+49 30 1", "-", "@SUM(A1)", "'=1", "''@x", "'quoted'", "-1", "\ttab", "a=b"])
    func noTextIsAFormulaAndNoneIsLost(_ name: String) async throws {
        let site = try await ParkSite()
        let json = name.replacing("\t", with: "\\t")
        try await site.call(
            .post, "/api/lots", body: #"{"lot_id":"F","name":"\#(json)","spots":[{"spot_id":"F-1","level":"-1"}]}"#)
        let file = try await site.call(
            .get, "/api/lots/export", query: [("lot_id", "F")], accept: "text/csv"
        ).body
        let text = String(decoding: file, as: UTF8.self)
        let line = try #require(text.split(separator: "\r\n").last)
        let cell = line.split(separator: ",", omittingEmptySubsequences: false)[2]
        #expect(!["=", "+", "@", "\t"].contains(cell.first))
        #expect(cell == "-1" || cell.first != "-")
        try await site.call(.put, "/api/lots/{id}", ["id": "F"], body: #"{"name":"other"}"#)
        try await site.call(.post, "/api/lots/import", body: text)
        let lot = try await site.json(.get, "/api/lots/{id}", ["id": "F"])
        #expect(lot["name"]?.text == name)
        #expect(lot["spots"]?[0]?["level"]?.text == "-1")
    }
}
