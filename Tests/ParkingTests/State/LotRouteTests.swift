import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// The routes of lots and spots; each answer is held against its declaration on the way.
@Suite struct LotRouteTests {
    private let stranger = Caller(.anonymous)

    @Test func theContractOfALot() async throws {
        let site = try await ParkSite()
        try site.hear(#"{"spot_id":"SPOT001","lot_id":"LOT001","occupied":true,"distance":35}"#)
        try site.hear(#"{"spot_id":"SPOT003","lot_id":"LOT001","occupied":false,"distance":200}"#)
        let lot = try await site.json(.get, "/api/lots/{id}", ["id": "LOT001"], as: stranger)
        #expect(lot["total_spots"]?.number == 3 && lot["available_spots"]?.number == 1)
        #expect(lot["occupied_spots"]?.number == 1 && lot["unknown_spots"]?.number == 1)
        #expect(lot["address"]?.text == "" && lot["price_per_hour"]?.number == 0)
        #expect(lot["levels"]?["1"]?["available_spots"]?.number == 1)
        #expect(lot["kinds"]?["disabled"]?["total_spots"]?.number == 1)
        let spot = try #require(lot["spots"]?.elements.first)
        #expect(spot["spot_id"]?.text == "SPOT001" && spot["occupied"] == .boolean(true))
        #expect(spot["sensor"] == nil, "strangers do not see how a sensor is read")
        // What has fallen silent is unknown to whoever reads, before the line has come to say so.
        site.clock.move(seconds: 300)
        let later = try await site.json(.get, "/api/lots/{id}", ["id": "LOT001"], as: stranger)
        #expect(later["unknown_spots"]?.number == 3 && later["available_spots"]?.number == 0)
        #expect(later["spots"]?.elements.allSatisfy { $0["occupied"] == .null } == true)
        let listed = try await site.json(.get, "/api/lots", as: stranger)
        #expect(listed[0]?["unknown_spots"]?.number == 3 && listed[0]?["available_spots"]?.number == 0)
    }

    @Test func whoSeesWhat() async throws {
        let site = try await ParkSite()
        let viewer = Caller.driver("v", [.viewParking])
        #expect(try await site.json(.get, "/api/lots", as: stranger).elements.count == 2)
        #expect(try await site.json(.get, "/api/lots", as: viewer).elements.count == 3)
        #expect(try await site.json(.get, "/api/spots", as: stranger).elements.count == 4)
        #expect(try await site.refusal(.get, "/api/lots/{id}", ["id": "LOT002"], as: stranger) == .notFound)
        #expect(try await site.refusal(.get, "/api/stats/{id}", ["id": "LOT002"], as: stranger) == .notFound)
        #expect(try await site.refusal(.get, "/api/spots", query: [("lot_id", "LOT002")], as: stranger) == .notFound)
        #expect(try await site.refusal(.get, "/api/lots/{id}", ["id": "LOT002"], as: viewer) == nil)
        // At another site their right counts for nothing.
        let history = try await site.refusal(.get, "/api/lots/{id}/history", ["id": "LOT003"], as: viewer)
        #expect(history == .notFound)
        let stats = try await site.json(.get, "/api/stats/{id}", ["id": "LOT001"], as: stranger)
        #expect(stats["revenue_today_minor"] == nil && stats["turnover"] == nil)
        let inside = try await site.json(.get, "/api/stats/{id}", ["id": "LOT001"], as: viewer)
        #expect(inside["revenue_today_minor"] == nil && inside["turnover"]?.number == 0)
        let money = try await site.json(.get, "/api/stats/{id}", ["id": "LOT001"])
        #expect(money["revenue_today_minor"]?.number == 0)
        for (method, path) in [
            (Route.Method.post, "/api/lots"), (.post, "/api/init"), (.put, "/api/lots/{id}"),
            (.delete, "/api/lots/{id}"), (.post, "/api/lots/{id}/override"), (.get, "/api/lots/export"),
            (.post, "/api/lots/import"), (.get, "/api/lots/{id}/calibration"), (.get, "/api/lots/{id}/history"),
        ] {
            let refused = try await site.refusal(method, path, ["id": "LOT001"], as: stranger)
            #expect(refused == .notSignedIn, "\(path)")
        }
        let foreign = Caller.driver("o", [.overrideParking])
        let refused = try await site.refusal(
            .post, "/api/lots/{id}/override", ["id": "LOT003"], body: #"{"spot_id":"SPOT005","occupied":true}"#,
            as: foreign)
        #expect(refused == .notFound)
    }

    @Test func spotsInPages() async throws {
        let site = try await ParkSite()
        try site.report("SPOT001", true)
        let all = try await site.json(.get, "/api/spots", as: stranger).elements.compactMap { $0["spot_id"]?.text }
        #expect(all.count == 4)
        var (seen, query): ([String], [(name: String, value: String)]) = ([], [("limit", "1")])
        while true {
            let page = try await site.call(.get, "/api/spots", query: query, as: stranger)
            let spots = try JSONTree(page.body).elements.compactMap { $0["spot_id"]?.text }
            #expect(spots.count == 1)
            seen += spots
            guard let last = spots.last, let link = page.headers.first(where: { $0.name == "Link" })?.value else {
                break
            }
            #expect(link == "</api/spots?after=\(last)&limit=1>; rel=\"next\"")
            query = [("limit", "1"), ("after", last)]
        }
        #expect(seen == all)
        // What people said of spots, each until it ends.
        for (spot, body) in [
            ("SPOT001", #""occupied":false,"until":"2026-11-21T10:10:00Z""#), ("SPOT002", #""out_of_service":true"#),
        ] {
            try await site.call(
                .post, "/api/lots/{id}/override", ["id": "LOT001"], body: #"{"spot_id":"\#(spot)",\#(body)}"#)
        }
        for (query, seconds, found) in [
            ([("overridden", "true")], 0, ["SPOT001", "SPOT002"]),
            ([("overridden", "true"), ("status", "free")], 0, ["SPOT001"]),
            ([("overridden", "true"), ("limit", "1")], 0, ["SPOT001"]), ([("overridden", "true")], 700, ["SPOT002"]),
        ] as [([(String, String)], Int64, [String])] {
            site.clock.move(seconds: seconds)
            let page = try await site.call(
                .get, "/api/spots", query: query.map { (name: $0.0, value: $0.1) }, as: stranger)
            #expect(try JSONTree(page.body).elements.compactMap { $0["spot_id"]?.text } == found, "\(query)")
            let link = page.headers.first { $0.name == "Link" }?.value
            #expect(link.map { $0.contains("overridden=true") } ?? true)
            site.clock.move(seconds: -seconds)
        }
        #expect(try await site.refusal(.get, "/api/spots", query: [("overridden", "1")]) == .invalidParameter)
        for body in [#"{"spot_id":"SPOT001","clear":true}"#, #"{"spot_id":"SPOT002","out_of_service":false}"#] {
            try await site.call(.post, "/api/lots/{id}/override", ["id": "LOT001"], body: body)
        }
        for (status, count) in [("occupied", 1), ("unknown", 3), ("free", 0)] {
            let found = try await site.json(.get, "/api/spots", query: [("status", status)], as: stranger)
            #expect(found.elements.count == count && found.elements.allSatisfy { $0["status"]?.text == status })
            let behind = try await site.json(
                .get, "/api/spots", query: [("status", status), ("after", all[0]), ("kind", "standard")], as: stranger)
            #expect(behind.elements.allSatisfy { $0["kind"]?.text == "standard" && $0["spot_id"]?.text != all[0] })
        }
        // Silence is unknown here too.
        site.clock.move(seconds: 300)
        let unknown = try await site.json(.get, "/api/spots", query: [("status", "unknown")], as: stranger)
        #expect(unknown.elements.count == 4)
        // Of a spot that one does not see one learns nothing, not even that it is there.
        for query in [[("after", "SPOT004")], [("after", "none")], [("after", "a b")], [("limit", "0")]] {
            let refused = try await site.refusal(
                .get, "/api/spots", query: query.map { (name: $0.0, value: $0.1) }, as: stranger)
            #expect(refused == .invalidParameter, "\(query)")
        }
    }

    @Test func anOverrideWinsUntilItIsOver() async throws {
        let site = try await ParkSite()
        try site.report("SPOT001", true)
        let spot = try await site.json(
            .post, "/api/lots/{id}/override", ["id": "LOT001"], body: #"{"spot_id":"SPOT001","occupied":false}"#)
        #expect(spot["status"]?.text == "free" && spot["override"]?["by"]?.text == "olga")
        #expect(try site.effects.colors["parkmate/led/command"] == "green")
        #expect(site.audit.entries.last?.action == .override)
        try site.report("SPOT001", true)
        #expect(try site.status("SPOT001") == "free")
        // Silence means nothing while a person has decided.
        try site.tick(after: 1_000)
        #expect(try site.status("SPOT001") == "free")
        try site.report("SPOT001", true)
        let cleared = try await site.json(
            .post, "/api/lots/{id}/override", ["id": "LOT001"], body: #"{"spot_id":"SPOT001","clear":true}"#)
        #expect(cleared["status"]?.text == "occupied" && cleared["override"] == .null)
        let until = site.clock.now().advanced(bySeconds: 60).description
        try await site.call(
            .post, "/api/lots/{id}/override", ["id": "LOT001"],
            body: #"{"spot_id":"SPOT001","occupied":false,"until":"\#(until)"}"#)
        #expect(try site.status("SPOT001") == "free")
        try site.tick(after: 60)
        #expect(try site.status("SPOT001") == "occupied")
        let out = try await site.json(
            .post, "/api/lots/{id}/override", ["id": "LOT001"], body: #"{"spot_id":"SPOT001","out_of_service":true}"#)
        #expect(out["status"]?.text == "out_of_service" && out["color"]?.text == "off" && out["occupied"] == .null)
    }

    @Test(arguments: [
        ("{}", RefusalCode.missingField), (#"{"spot_id":"SPOT001"}"#, .missingField),
        (#"{"spot_id":"SPOT001","occupied":"yes"}"#, .wrongType),
        (#"{"spot_id":"SPOT999","occupied":true}"#, .notFound),
        (#"{"spot_id":"SPOT004","occupied":true}"#, .notFound), ("{nonsense", .malformedJSON),
        (#"{"spot_id":"SPOT001","occupied":true,"clear":true}"#, .invalidParameter),
        (#"{"spot_id":"SPOT001","clear":true,"until":1}"#, .invalidParameter),
        (#"{"spot_id":"SPOT001","occupied":true,"until":"2020-01-01"}"#, .valueOutOfRange),
        (#"{"spot_id":"SPOT001","occupied":true,"until":"soon"}"#, .valueOutOfRange),
    ]) func overridesThatAreRefused(_ body: String, _ code: RefusalCode) async throws {
        let site = try await ParkSite()
        let refused = try await site.refusal(.post, "/api/lots/{id}/override", ["id": "LOT001"], body: body)
        #expect(refused == code)
        #expect(try site.count("parking_change") == 0)
        #expect(!site.audit.entries.contains { $0.action == .override })
    }

    @Test func theDemoLots() async throws {
        let site = try await ParkSite()
        try await site.call(.delete, "/api/lots/{id}", ["id": "LOT001"])
        try await site.call(.delete, "/api/lots/{id}", ["id": "LOT002"])
        try await site.call(.delete, "/api/lots/{id}", ["id": "LOT003"])
        let made = try await site.json(.post, "/api/init")
        #expect(made["added_lots"]?.number == 3 && made["lots"]?.number == 3)
        let again = try await site.json(.post, "/api/init")
        #expect(again["added_lots"]?.number == 0 && again["spots"] == made["spots"])
        let lot = try await site.json(.get, "/api/lots/{id}", ["id": "LOT001"], as: stranger)
        #expect(lot["name"]?.text == "Central Parking Tower" && lot["total_spots"]?.number == 20)
        #expect(lot["price_per_hour"]?.number == 2.5)
        let prices = try await site.json(.get, "/api/lots", as: stranger).elements
        for lot in prices {
            let one = try await site.json(.get, "/api/lots/{id}", ["id": lot["lot_id"]?.text ?? ""], as: stranger)
            #expect(lot["price_per_hour"] == one["price_per_hour"])
        }
        #expect(lot["spots"]?.elements.contains { $0["spot_id"]?.text == "SPOT001" } == true)
        // Who runs all car parks is no admin yet.
        let operators = Grants(everywhere: [
            .viewParking, .manageParking, .overrideParking, .manageDevices, .manageUsers,
        ])
        let limited = Caller(.person(account: "2", name: "otto", session: "s"), grants: operators)
        #expect(try await site.refusal(.post, "/api/init", as: limited) == .forbidden)
    }

    @Test func lotsAndSpotsByHand() async throws {
        let site = try await ParkSite()
        let made = try await site.json(
            .post, "/api/lots",
            body: #"{"lot_id":"L9","name":"Nine","time_zone":"Europe/Rome","spots":[{"spot_id":"A","kind":"ev"}]}"#)
        #expect(made["total_spots"]?.number == 1 && made["time_zone"]?.text == "Europe/Rome")
        #expect(try await site.refusal(.post, "/api/lots", body: #"{"lot_id":"L9","name":"x"}"#) == .conflict)
        try await site.call(.post, "/api/lots/{id}/spots", ["id": "L9"], body: #"{"spot_id":"B","level":"-1"}"#)
        let changed = try await site.json(
            .put, "/api/lots/{id}/spots/{spot_id}", ["id": "L9", "spot_id": "B"],
            body: #"{"kind":"disabled","zone":"Z","x":1,"y":2}"#)
        #expect(changed["kind"]?.text == "disabled" && changed["level"]?.text == "-1" && changed["zone"]?.text == "Z")
        // The sensor's word counts at once for a spot that was just added, and a change of its kind keeps its state.
        try site.report("B", false)
        #expect(try site.effects.colors.isEmpty == false)
        let kept = try await site.json(
            .put, "/api/lots/{id}/spots/{spot_id}", ["id": "L9", "spot_id": "B"],
            body: #"{"kind":"standard","zone":null}"#)
        #expect(kept["status"]?.text == "free" && kept["zone"] == .null)
        #expect(try site.effects.colors["parkmate/led/command/L9/B"] == "green")
        try await site.call(.put, "/api/lots/{id}", ["id": "L9"], body: #"{"stale_after_seconds":10}"#)
        site.clock.move(seconds: 11)
        try site.tick()
        #expect(try site.status("B") == "unknown")
        try await site.call(.delete, "/api/lots/{id}/spots/{spot_id}", ["id": "L9", "spot_id": "A"])
        try site.report("B", true)
        let busy = try await site.refusal(.delete, "/api/lots/{id}/spots/{spot_id}", ["id": "L9", "spot_id": "B"])
        #expect(busy == .conflict)
        #expect(try await site.refusal(.delete, "/api/lots/{id}", ["id": "L9"]) == .conflict)
        #expect(try await site.refusal(.put, "/api/lots/{id}", ["id": "L8"], body: "{}") == .notFound)
    }

    @Test(arguments: [
        (#"{"name":"x"}"#, RefusalCode.missingField), (#"{"lot_id":"N"}"#, .missingField),
        (#"{"lot_id":"N","name":""}"#, .valueOutOfRange), (#"{"lot_id":"a b","name":"x"}"#, .invalidIdentifier),
        (#"{"lot_id":"N","name":"x","time_zone":"Mars/Base"}"#, .valueOutOfRange),
        (#"{"lot_id":"N","name":"x","currency":"EURO"}"#, .valueOutOfRange),
        (#"{"lot_id":"N","name":"x","latitude":91,"longitude":0}"#, .valueOutOfRange),
        (#"{"lot_id":"N","name":"x","latitude":1}"#, .valueOutOfRange),
        (#"{"lot_id":"N","name":"x","stale_after_seconds":9}"#, .valueOutOfRange),
        (#"{"lot_id":"N","name":"x","site":"nowhere"}"#, .notFound),
        (#"{"lot_id":"N","name":"x","spots":[{"spot_id":"A"},{"spot_id":"A"}]}"#, .conflict),
        (#"{"lot_id":"N","name":"x","spots":[{"spot_id":"SPOT001"}]}"#, .conflict),
        (#"{"lot_id":"N","name":"x","spots":[{"spot_id":"A","kind":"truck"}]}"#, .valueOutOfRange),
        (
            #"{"lot_id":"N","name":"x","spots":[{"spot_id":"A","threshold_cm":10,"hysteresis_cm":20}]}"#,
            .valueOutOfRange
        ),
        (#"{"lot_id":"N","name":"x","spots":[{"spot_id":"A","x":99999,"y":0}]}"#, .valueOutOfRange),
    ]) func lotsThatAreRefused(_ body: String, _ code: RefusalCode) async throws {
        let site = try await ParkSite()
        #expect(try await site.refusal(.post, "/api/lots", body: body) == code)
        #expect(try site.count("parking_lot") == 3)
        #expect(try site.count("parking_spot") == 5)
        // The line's memory was not changed either.
        #expect(try site.report("SPOT001", true).colors["parkmate/led/command"] == "red")
    }

    @Test func filesGoOutAndIn() async throws {
        let site = try await ParkSite()
        try await site.call(
            .put, "/api/lots/{id}", ["id": "LOT001"],
            body: ##"{"name":"=A, \"quoted\"\nname","address":"'=1","latitude":1.5,"longitude":-2}"##)
        try await site.call(
            .put, "/api/lots/{id}/spots/{spot_id}", ["id": "LOT001", "spot_id": "SPOT001"],
            body: ##"{"label":"@1","level":"-1","zone":"'"}"##)
        let json = try await site.call(.get, "/api/lots/export").body
        let csv = try await site.call(.get, "/api/lots/export", accept: "text/csv").body
        let text = String(decoding: csv, as: UTF8.self)
        // No cell is a formula; a level is a number, and nothing else.
        #expect(text.contains("\"'=A, \"\"quoted") && text.contains(",'@1,-1,',") && text.contains(",''=1,"))
        #expect(try await site.call(.get, "/api/lots/export", query: [("format", "csv")]).body == csv)
        for file in [json, csv] {
            let other = try await ParkSite()
            for lot in ["LOT001", "LOT002", "LOT003"] { try await other.call(.delete, "/api/lots/{id}", ["id": lot]) }
            let taken = try await other.json(
                .post, "/api/lots/import", body: String(decoding: file, as: UTF8.self))
            #expect(taken["added_lots"]?.number == 3 && taken["added_spots"]?.number == 5)
            #expect(try await other.call(.get, "/api/lots/export").body == json)
            let again = try await other.json(
                .post, "/api/lots/import", body: String(decoding: file, as: UTF8.self))
            #expect(again["added_lots"]?.number == 0 && again["added_spots"]?.number == 0)
        }
    }

    @Test(arguments: [
        ("lot_id,name,wings\r\nX,y,2", RefusalCode.invalidParameter), ("lot_id,name,name\nX,y,z", .invalidParameter),
        ("lot_id,name\nX", .invalidParameter), ("lot_id,name\n\"X,y", .invalidParameter), ("", .invalidParameter),
        ("lot_id,name\n", .missingField), ("name\nX", .missingField), ("lot_id,name,public\nX,y,maybe", .wrongType),
        ("lot_id,name,latitude\nX,y,north", .wrongType), ("lot_id,name,label\nX,y,1", .missingField),
        ("lot_id,name,spot_id\nX,y,1\nX,z,2", .invalidParameter),
        ("lot_id,name,spot_id\nX,y,A\nX,y,B\nY,z,A", .conflict), (#"{"lots":[]}"#, .missingField),
        (#"{"lots":[{"lot_id":"X","name":"x"},{"lot_id":"Y"}]}"#, .missingField), ("[]", .missingField),
        (#"{"lots":[],"lots":[{"lot_id":"X","name":"x"}]}"#, .duplicateKey),
        (#"[{"lot_id":"X","name":"x","plan":{"width":1,"width":2,"height":3}}]"#, .duplicateKey),
        (#"[{"lot_id":"X","name":"x","spots":[{"spot_id":"A","kind":"standard","kind":"ev"}]}]"#, .duplicateKey),
    ]) func filesThatAreRefused(_ body: String, _ code: RefusalCode) async throws {
        let site = try await ParkSite()
        #expect(try await site.refusal(.post, "/api/lots/import", body: body) == code)
        #expect(try site.count("parking_lot") == 3)
    }

    @Test("A refused import says in which lot and spot the mistake is")
    func placeOfAMistake() async throws {
        let site = try await ParkSite()
        let body = #"[{"lot_id":"X","name":"x"},{"lot_id":"Y","name":"y","spots":[{"spot_id":"A","x":"1"}]}]"#
        await #expect(throws: Refusal(.wrongType, "Lot 2, spot 1: x is a number.")) {
            try await site.call(.post, "/api/lots/import", body: body)
        }
    }

    @Test func occupancyOverTime() async throws {
        let site = try await ParkSite()
        try await site.allowSilence(in: "LOT001")
        try site.report("SPOT001", false)
        site.clock.move(seconds: 1_800)
        try site.report("SPOT001", true)
        site.clock.move(seconds: 1_800)
        try site.report("SPOT001", true)
        let history = try await site.json(
            .get, "/api/lots/{id}/history", ["id": "LOT001"],
            query: [("from", "2026-11-21T10:00:00Z"), ("to", "2026-11-21T11:00:00Z"), ("step", "1h")])
        let row = try #require(history["rows"]?[0])
        #expect(row["free"]?.number == 0.5 && row["occupied"]?.number == 0.5 && row["unknown"]?.number == 2)
        #expect(row["changes"]?.number == 2)
        let csv = try await site.call(.get, "/api/lots/{id}/history", ["id": "LOT001"], accept: "text/csv")
        #expect(String(decoding: csv.body, as: UTF8.self).hasPrefix("at,free,occupied,reserved,out_of_service,unknown"))
        for query in [[("step", "0m")], [("from", "x")], [("from", "2026-11-22")], [("from", "2020-01-01")]] {
            let refused = try await site.refusal(
                .get, "/api/lots/{id}/history", ["id": "LOT001"], query: query.map { (name: $0.0, value: $0.1) })
            #expect(refused == .invalidParameter, "\(query)")
        }
    }

    @Test func theCurrencyOfATariffHoldsTheLots() async throws {
        let site = try await ParkSite()
        let (lot, yen) = (["id": "LOT001"], #"{"currency":"JPY"}"#)
        try await site.call(.put, "/api/lots/{id}", lot, body: yen)
        try await site.call(.put, "/api/lots/{id}", lot, body: #"{"currency":"EUR"}"#)
        try await site.call(
            .post, "/api/lots/{id}/tariffs", lot, body: #"{"tariff":{"currency":"EUR","rules":[]}}"#)
        #expect(try await site.refusal(.put, "/api/lots/{id}", lot, body: yen) == .conflict)
        let file = #"{"lots":[{"lot_id":"LOT001","currency":"JPY"}]}"#
        #expect(try await site.refusal(.post, "/api/lots/import", body: file) == .conflict)
        #expect(try site.row("SELECT currency FROM parking_lot WHERE id = 'LOT001'")?.text(0) == "EUR")
        try await site.call(.put, "/api/lots/{id}", lot, body: #"{"currency":"EUR","name":"Still"}"#)
    }

    @Test func aSpotCountsFromWhenItWasMade() async throws {
        let site = try await ParkSite()
        try await site.allowSilence(in: "LOT002")
        site.clock.move(seconds: 3_600)
        for spot in ["HEARD", "SILENT"] {
            try await site.call(
                .post, "/api/lots/{id}/spots", ["id": "LOT002"], body: #"{"spot_id":"\#(spot)"}"#)
        }
        site.clock.move(seconds: 1_800)
        try site.report("HEARD", true)
        site.clock.move(seconds: 1_800)
        try site.report("HEARD", true)
        let history = try await site.json(
            .get, "/api/lots/{id}/history", ["id": "LOT002"],
            query: [("from", "2026-11-21T10:00:00Z"), ("to", "2026-11-21T12:00:00Z"), ("step", "1h")])
        let (before, after) = (try #require(history["rows"]?[0]), try #require(history["rows"]?[1]))
        #expect(before["unknown"]?.number == 1, "only the spot that was there")
        #expect(after["unknown"]?.number == 2 && after["occupied"]?.number == 0.5)
        #expect(after["changes"]?.number == 1, "to be made is no change")
    }
}
