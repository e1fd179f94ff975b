import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

@Suite struct MoneyRouteTests {
    /// Three stays under the tariff by the hour: a paid one, one that owes, one whose car is there.
    private func house() async throws -> MoneyHouse {
        let house = try await MoneyHouse()
        try await house.tariff(try Tariff(MoneyHouse.hour))
        try await house.stay(seconds: 3_600)
        try await house.pay("p1", #""spot_id":"P1-1""#, minor: 200)
        try await house.stay("P1-2", seconds: 7_200, kind: .ev)
        try await house.arrive("P1-3")
        house.clock.move(seconds: 60)
        return house
    }

    @Test func thePriceOfAStay() async throws {
        let house = try await house()
        let path = "/api/lots/{id}/price"
        let price = try await house.json(
            path, query: ["from": "2026-11-18T10:00:00Z", "to": "2026-11-18T12:00:01Z"], as: Caller(.anonymous))
        #expect(price["total_minor"]?.number == 600)
        #expect(price["total"]?.number == 6)
        #expect(price["lines"]?[0]?["name"]?.text == "Hour")
        #expect(price["tariff_version"]?.number == 1)
        #expect(try await house.json(path, as: Caller(.anonymous))["total_minor"]?.number == 200)
        for query in [
            ["from": "2026-11-18", "to": "2026-11-17"], ["to": "2028-11-18"], ["kind": "tank"], ["from": "soon"],
            ["from": "2199-01-01", "to": "2199-01-02"],
        ] {
            #expect(await refusal { try await house.json(path, query: query) } == .invalidParameter)
        }
        // A lot that is not public does not exist for strangers.
        let hidden = await refusal { try await house.json(path, ["id": "P2"], as: Caller(.anonymous)) }
        #expect(hidden == .notFound)
        let annex = try #require(SiteID("annex"))
        let viewer = Caller(
            .token(account: "2", name: "bob", token: "t"), grants: Grants(sites: [annex: [.viewParking]]))
        #expect(try await house.json(path, ["id": "P2"], as: viewer)["total_minor"]?.number == 0)
        #expect(await refusal { try await house.json(path, ["id": "none"]) } == .notFound)
    }

    @Test func tariffsAreAddedAndNeverChanged() async throws {
        let house = try await MoneyHouse()
        let path = "/api/lots/{id}/tariffs"
        let first = try JSONTree(try await house.call(.post, path, body: #"{"tariff":\#(MoneyHouse.hour)}"#).body)
        #expect(first["version"]?.number == 1)
        #expect(first["valid_from"]?.text == house.clock.now().description)
        let free = #"{"currency":"EUR","rules":[]}"#
        let later = #""valid_from":"2027-01-01T00:00:00+01:00""#
        try await house.call(.post, path, body: #"{"tariff":\#(free),\#(later)}"#)
        let list = try await house.json(path)
        #expect(list["present_version"]?.number == 1)
        #expect(list["versions"]?.elements.compactMap { $0["version"]?.number } == [2, 1])
        #expect(list["versions"]?[1]?["tariff"]?["rules"]?[0]?["to"]?.text == "24:00")
        #expect(list["versions"]?[1]?["created_by"]?.text == "anna")
        #expect(house.audit.entries.map(\.action) == [.addTariff, .addTariff])
        #expect(house.audit.entries.first?.target == "lot:P1")
        for (body, code) in [
            (#"{"tariff":\#(free),\#(later)}"#, RefusalCode.conflict),
            (#"{"tariff":\#(free),"valid_from":"2026-11-18T08:59:59Z"}"#, .valueOutOfRange),
            (#"{"tariff":\#(free),"valid_from":"2099-11-18"}"#, .valueOutOfRange),
            (#"{"tariff":{"currency":"USD","rules":[]}}"#, .valueOutOfRange), (#"{"valid_from":null}"#, .missingField),
            (#"{"tariff":\#(free),"validfrom":1}"#, .invalidParameter), (#"{"tariff":7}"#, .wrongType),
        ] {
            #expect(await refusal { try await house.call(.post, path, body: body) } == code, "\(body)")
        }
        #expect(try house.count("parking_tariff") == 2)
        #expect(try await house.json("/api/lots/{id}/price", query: ["from": "2027-01-02"])["total_minor"]?.number == 0)
    }

    @Test(arguments: [
        (#"{"rules":[]}"#, RefusalCode.missingField), (#"{"currency":"EUR"}"#, .missingField),
        (#"{"currency":"eur","rules":[]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[],"x":1}"#, .invalidParameter),
        (#"{"currency":"EUR","currency":"EUR","rules":[]}"#, .duplicateKey),
        (#"{"currency":"EUR","free_minutes":-1,"rules":[]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","free_minutes":1.5,"rules":[]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","free_minutes":"5","rules":[]}"#, .wrongType),
        (#"{"currency":"EUR","free_minutes_apply":"never","rules":[]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","daily_cap_minor":10000001,"rules":[]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A"}]}"#, .missingField),
        (#"{"currency":"EUR","rules":[{"price":"free"}]}"#, .missingField),
        (#"{"currency":"EUR","rules":[{"name":"","price":"free"}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"gift"}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"free","minor":1}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"flat"}]}"#, .missingField),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"flat","minor":1,"minutes":1}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"per_started","minor":1}]}"#, .missingField),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"per_started","minor":1,"minutes":0}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"per_started","minor":-1,"minutes":1}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"free","from":"24:00"}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"free","to":"24:01"}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"free","to":"8:00"}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"free","from":"08:60"}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"free","weekdays":["monday"]}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"free","kinds":["tank"]}]}"#, .valueOutOfRange),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"free","flat_mino":5}]}"#, .invalidParameter),
        (#"{"currency":"EUR","rules":[{"name":"A","name":"B","price":"free"}]}"#, .duplicateKey),
        (#"{"currency":"EUR","rules":[{"name":"A","price":"free","kinds":null}]}"#, .wrongType),
        (#"{"currency":"EUR","free_minutes":null,"rules":[]}"#, .wrongType),
        (#"{"currency":"EUR","rules":null}"#, .wrongType),
    ])
    func tariffsThatDoNotRead(_ text: String, _ code: RefusalCode) async {
        #expect(await refusal { _ = try Tariff(text) } == code)
    }

    @Test func aTariffReadsBackAsItWasWritten() throws {
        for example in TariffCase.all {
            for version in example.versions {
                #expect(try Tariff(String(decoding: version.tariff.json, as: UTF8.self)) == version.tariff)
            }
        }
        let many = (0..<33).map { #"{"name":"\#($0)","price":"free"}"# }.joined(separator: ",")
        #expect(throws: Refusal.self) { try Tariff(#"{"currency":"EUR","rules":[\#(many)]}"#) }
    }

    @Test func sessions() async throws {
        let house = try await house()
        let path = "/api/lots/{id}/sessions"
        let all = try await house.json(path)
        #expect(all["sessions"]?.elements.compactMap { $0["state"]?.text } == ["open", "unpaid", "paid"])
        #expect(all["sessions"]?[0]?["due_so_far_minor"]?.number == 200)
        #expect(all["sessions"]?[1]?["balance_minor"]?.number == 400)
        let unpaid = try await house.json(path, query: ["state": "unpaid"])
        #expect(unpaid["sessions"]?.elements.compactMap { $0["spot_id"]?.text } == ["P1-2"])
        // In pages.
        var seen: [String] = []
        var next: String?
        repeat {
            let page = try await house.json(
                path, query: ["limit": "1"].merging(next.map { ["after": $0] } ?? [:]) { $1 })
            seen += page["sessions"]?.elements.compactMap { $0["spot_id"]?.text } ?? []
            next = page["next"]?.text
        } while next != nil
        #expect(seen == ["P1-3", "P1-2", "P1-1"])
        let id = try #require(all["sessions"]?[1]?["session_id"]?.text)
        let one = try await house.json("/api/sessions/{id}", ["id": id])
        #expect(one["lines"]?[0]?["amount_minor"]?.number == 400)
        #expect(try await house.csv(path).count == 4)
        for query in [
            ["state": "gone"], ["limit": "0"], ["limit": "10001"], ["from": "x"], ["spot": "a b"], ["format": "xml"],
        ] {
            #expect(await refusal { try await house.json(path, query: query) } == .invalidParameter)
        }
    }

    @Test func paymentsAndRefundsOverHTTP() async throws {
        let house = try await house()
        let body = #"{"payment_id":"p2","spot_id":"P1-2","amount":4.50,"method":"=cmd()"}"#
        let one = try await house.call(.post, "/api/payments", [:], body: body)
        #expect(one.status == 201)
        #expect(one.headers.contains { $0.name == "Location" && $0.value == "/api/payments/p2" })
        let again = try await house.call(.post, "/api/payments", [:], body: body)
        #expect(again.body == one.body)
        let back = try await house.call(
            .post, "/api/payments/{id}/refund", ["id": "p2"], body: #"{"payment_id":"r1","amount":0.50}"#)
        #expect(try JSONTree(back.body)["refunds"]?.text == "p2")
        #expect(try await house.json("/api/payments/{id}", ["id": "p2"])["refunded_minor"]?.number == 50)
        let list = try await house.json("/api/lots/{id}/payments")
        #expect(list["payments"]?.elements.count == 3)
        // No cell is a formula.
        let sheet = try await house.csv("/api/lots/{id}/payments")
        #expect(sheet.contains { $0.contains(",'=cmd(),") })
        #expect(sheet.allSatisfy { !$0.contains(",=") })
        try await house.pay("p3", #""spot_id":"P1-2""#, minor: 100)
        let stray = try await house.json("/api/lots/{id}/payments", query: ["state": "unallocated"])
        #expect(stray["payments"]?.elements.compactMap { $0["payment_id"]?.text } == ["p3"])
        let ledger = try await house.json("/api/lots/{id}/ledger", query: ["limit": "3"])
        #expect(ledger["balances"]?["cash"]?.number == 700)
        #expect(ledger["balances"]?["unallocated"]?.number == -100)
        #expect(ledger["entries"]?.elements.count == 3)
        let next = try #require(ledger["next"]?.number)
        let rest = try await house.json("/api/lots/{id}/ledger", query: ["after": String(Int(next))])
        let both = (ledger["entries"]?.elements ?? []) + (rest["entries"]?.elements ?? [])
        #expect(both.compactMap { $0["amount_minor"]?.number }.reduce(0, +) == 0)
        #expect(try await house.csv("/api/lots/{id}/ledger").count == both.count + 1)
    }

    @Test func revenueByTheDaysOfTheLot() async throws {
        // 23:30 on Saturday before the clock is set back on Sunday.
        let house = try await MoneyHouse(at: try #require(Timestamp(iso8601: "2026-10-24T21:30:00Z")))
        try await house.tariff(try Tariff(MoneyHouse.hour))
        try await house.stay(seconds: 1_700)  // to 23:58:20: Saturday
        try await house.pay("p1", #""spot_id":"P1-1""#, minor: 250)
        try await house.stay(seconds: 200, kind: .ev)  // to 00:01:40: Sunday
        house.clock.move(seconds: 86_400)  // 23:01:40 on Sunday, which has 25 hours
        try await house.stay(seconds: 3_000)  // to 23:51:40: still Sunday
        house.clock.move(seconds: 600)
        try await house.refund("r1", of: "p1", minor: 100)  // 00:01:40: Monday
        let revenue = try await house.json(
            "/api/lots/{id}/revenue", query: ["from": "2026-10-24", "to": "2026-10-26"])
        #expect(revenue["days"]?.elements.compactMap { $0["revenue_minor"]?.number } == [200, 400, -50])
        #expect(revenue["days"]?.elements.compactMap { $0["cash_minor"]?.number } == [250, 0, -100])
        #expect(revenue["days"]?.elements.compactMap { $0["sessions"]?.number } == [1, 2, 0])
        let kinds = revenue["kinds"]?.elements ?? []
        #expect(kinds.first { $0["kind"]?.text == "ev" }?["revenue_minor"]?.number == 200)
        #expect(revenue["total"]?["revenue_minor"]?.number == 550)
        #expect(revenue["total"]?["cash_minor"]?.number == 150)
        let sheet = try await house.csv("/api/lots/{id}/revenue", query: ["from": "2026-10-24", "to": "2026-10-26"])
        #expect(sheet.last == "2026-10-26,-50,-100,0,EUR")
        #expect(try await house.csv("/api/lots/{id}/revenue", query: ["by": "kind"]).count == 7)
        for query in [
            ["from": "2026-10-27", "to": "2026-10-26"], ["from": "2020-01-01"], ["from": "26.10.2026"], ["by": "spot"],
        ] {
            #expect(await refusal { try await house.json("/api/lots/{id}/revenue", query: query) } == .invalidParameter)
        }
    }

    @Test func aTariffReplayed() async throws {
        let house = try await house()
        let draft = #"""
            {"tariff":{"currency":"EUR","rules":[{"name":"EV","kinds":["ev"],"price":"flat","minor":900},
                {"name":"Day","price":"per_started","minutes":60,"minor":150}]},"from":"2026-11-18","to":"2026-11-18"}
            """#
        let path = "/api/lots/{id}/tariffs/what-if"
        let replay = try JSONTree(try await house.call(.post, path, body: draft).body)
        // Part of a day says nothing of a day.
        for part in ["actual", "draft"] { #expect(replay["turnover"]?[part] == .null) }
        // The car that is still there is not among them.
        #expect(replay["total"]?["sessions"]?.number == 2)
        #expect(replay["total"]?["actual_minor"]?.number == 600)
        #expect(replay["total"]?["draft_minor"]?.number == 1_050)
        #expect(replay["total"]?["difference_minor"]?.number == 450)
        #expect(replay["total"]?["dearer"]?.number == 1)
        #expect(replay["total"]?["cheaper"]?.number == 1)
        let ev = replay["kinds"]?.elements.first { $0["kind"]?.text == "ev" }
        #expect(ev?["difference_minor"]?.number == 500)
        // 2026-11-18 was a Wednesday.
        #expect(replay["weekdays"]?[2]?["sessions"]?.number == 2)
        #expect(replay["dearest"]?[0]?["spot_id"]?.text == "P1-2")
        #expect(replay["cheapest"]?[0]?["spot_id"]?.text == "P1-1")
        #expect(try house.count("parking_tariff") == 1)
        // Its own tariff changes nothing.
        let same = try JSONTree(try await house.call(.post, path, body: #"{"tariff":\#(MoneyHouse.hour)}"#).body)
        #expect(same["total"]?["same"]?.number == 2)
        #expect(same["total"]?["difference_minor"]?.number == 0)
        let wrong = await refusal {
            try await house.call(.post, path, body: #"{"tariff":{"currency":"USD","rules":[]}}"#)
        }
        #expect(wrong == .valueOutOfRange)
    }

    @Test func anotherZoneOfTheLotChangesNoPrice() async throws {
        // 19:30 to 21:30 in Berlin: half an hour by day, the rest by night.
        let house = try await MoneyHouse(at: try #require(Timestamp(iso8601: "2026-11-18T18:30:00Z")))
        let tariff = #"""
            {"currency":"EUR","rules":[{"name":"Day","from":"08:00","to":"20:00","price":"per_started","minutes":30,"minor":100},
                {"name":"Night","from":"20:00","to":"08:00","price":"flat","minor":50}]}
            """#
        try await house.call(.post, "/api/lots/{id}/tariffs", body: #"{"tariff":\#(tariff)}"#)
        try await house.stay(seconds: 7_200)
        let session = ["id": try house.session().text("id")]
        #expect(try await house.json("/api/sessions/{id}", session)["due_minor"]?.number == 150)
        try await house.database.write {
            try $0.execute("UPDATE parking_lot SET time_zone = 'America/Los_Angeles' WHERE id = 'P1'")
        }
        let seen = try await house.json("/api/sessions/{id}", session)
        #expect(seen["due_minor"]?.number == 150 && seen["total_minor"]?.number == 150)
        // What drivers are told is what they will owe.
        let stay = ["from": "2026-11-19T18:30:00Z", "to": "2026-11-19T20:30:00Z"]
        #expect(try await house.json("/api/lots/{id}/price", query: stay)["total_minor"]?.number == 150)
        #expect(try await house.json("/api/lots/{id}/tariffs")["versions"]?[0]?["time_zone"]?.text == "Europe/Berlin")
        // A tariff that is added now goes by the clock of now: 10:30 to 12:30 there.
        house.clock.move(seconds: 1)
        try await house.call(.post, "/api/lots/{id}/tariffs", body: #"{"tariff":\#(tariff)}"#)
        #expect(try await house.json("/api/lots/{id}/price", query: stay)["total_minor"]?.number == 400)
    }

    @Test func whoMayDoWhat() async throws {
        let house = try await house()
        let services = house.house.services
        let expected: [String: RouteAccess] = [
            "GET /api/lots/{id}/price": .anyone, "GET /api/lots/{id}/tariffs": .site(.viewParkingMoney),
            "POST /api/lots/{id}/tariffs": .site(.manageTariffs),
            "POST /api/lots/{id}/tariffs/what-if": .site(.manageTariffs), "POST /api/payments": .site(.takePayments),
            "GET /api/payments/{id}": .site(.viewParkingMoney),
            "POST /api/payments/{id}/refund": .site(.manageTariffs),
            "POST /api/payments/{id}/allocate": .site(.takePayments),
            "POST /api/sessions/{id}/waive": .site(.manageTariffs),
            "GET /api/sessions/{id}": .site(.viewParkingMoney),
            "GET /api/lots/{id}/sessions": .site(.viewParkingMoney),
            "GET /api/lots/{id}/payments": .site(.viewParkingMoney),
            "GET /api/lots/{id}/ledger": .site(.viewParkingMoney),
            "GET /api/lots/{id}/revenue": .site(.viewParkingMoney),
            "GET /api/lots/{id}/report": .site(.viewParkingMoney),
        ]
        var routes: [String: RouteAccess] = [:]
        for route in ParkingSolution().routes(services) {
            routes["\(route.method.rawValue) \(route.path)"] = route.access
        }
        for (name, access) in expected { #expect(routes[name] == access, "\(name)") }
        // Somebody of another site sees none of it.
        let annex = try #require(SiteID("annex"))
        let other = Caller(
            .person(account: "2", name: "bob", session: "s"),
            grants: Grants(sites: [annex: [.viewParkingMoney, .manageTariffs, .takePayments]]))
        for path in ["tariffs", "sessions", "payments", "ledger", "revenue", "report"] {
            #expect(await refusal { try await house.json("/api/lots/{id}/\(path)", as: other) } == .notFound)
        }
        let session = try house.session("P1-2").text("id")
        for (method, path, id, body) in [
            (Route.Method.get, "/api/sessions/{id}", session, ""), (.get, "/api/payments/{id}", "p1", ""),
            (.post, "/api/payments/{id}/refund", "p1", #"{"payment_id":"r"}"#),
            (.post, "/api/sessions/{id}/waive", session, #"{"waiver_id":"w","reason":"x"}"#),
            (.post, "/api/payments", "", #"{"payment_id":"p9","spot_id":"P1-2","amount":2}"#),
            (.post, "/api/lots/{id}/tariffs", "P1", #"{"tariff":\#(MoneyHouse.hour)}"#),
            (.post, "/api/lots/{id}/tariffs/what-if", "P1", #"{"tariff":\#(MoneyHouse.hour)}"#),
        ] {
            let code = await refusal { try await house.call(method, path, ["id": id], body: body, as: other) }
            #expect(code == .notFound, "\(path)")
        }
    }
}
