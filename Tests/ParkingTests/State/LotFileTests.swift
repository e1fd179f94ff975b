import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Lots, spots and prices in files: what goes in and what comes out.
@Suite struct LotFileTests {
    // MARK: - What spreadsheets write

    @Test(arguments: [
        "lot_id;name;latitude;longitude;spot_id;x;y\r\nE1;\"Eins; zwei, drei\";52,5;-13,25;E1-A;1,5;2\r\n",
        "\u{FEFF}lot_id\tname\tlatitude\tlongitude\tspot_id\tx\ty\nE1\tEins; zwei, drei\t52.5\t-13.25\tE1-A\t1.5\t2\n",
        "lot_id,name,latitude,longitude,spot_id,x,y\nE1,\"Eins; zwei, drei\",52.5,-13.25,E1-A,1.5,2\n",
        "\"lot_id\";\"name\";\"latitude\";\"longitude\";\"spot_id\";\"x\";\"y\"\nE1;Eins; zwei, drei;52.5;-13.25;E1-A;1.5;2\n"
            .replacing("Eins; zwei, drei", with: "\"Eins; zwei, drei\""),
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
