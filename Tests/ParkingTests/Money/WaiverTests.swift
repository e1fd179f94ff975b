import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// What is owed and nobody will pay.
@Suite struct WaiverTests {
    /// One stay that owes 400, and the name of its session.
    private func house() async throws -> (MoneyHouse, String) {
        let house = try await MoneyHouse()
        try await house.tariff(try Tariff(MoneyHouse.hour))
        try await house.stay(seconds: 3_601)
        return (house, try house.session().text("id"))
    }

    @Test func whatIsOwedIsWrittenOff() async throws {
        let (house, session) = try await house()
        let part = try await house.waive("w1", session, minor: 150)
        #expect(part.amountMinor == 150)
        #expect(try house.balances() == [.cash: 0, .receivable: 250, .revenue: -250, .unallocated: 0])
        // Whatever the till says, the same again changes nothing.
        #expect(try await house.waive("w1", session, minor: 150, reason: "in other words") == part)
        // The rest.
        #expect(try await house.waive("w2", session).amountMinor == 250)
        #expect(try house.balances() == [.cash: 0, .receivable: 0, .revenue: 0, .unallocated: 0])
        #expect(try await house.waive("w2", session).amountMinor == 250)
        #expect(try house.session().integer("balance_minor") == 0)
        #expect(try house.session().integer("due_minor") == 400)
        #expect(try house.rows("SELECT 1 FROM parking_waiver").count == 2)
        let events = try house.rows("SELECT DISTINCT event FROM parking_entry ORDER BY event").map { try $0.text(0) }
        #expect(events == ["session:\(session)", "waiver:w1", "waiver:w2"])
        #expect(house.audit.entries.map(\.action) == [.waive, .waive])
        #expect(house.audit.entries.first?.target == "session:\(session)")
        #expect(
            house.audit.entries.first?.facts.contains { $0.name == "reason" && $0.value == "the sensor had died" }
                == true)
    }

    @Test func neverMoreThanIsOwedAndNeverWhatIsNotDue() async throws {
        let (house, session) = try await house()
        #expect(await refusal { try await house.waive("w1", session, minor: 401) } == .valueOutOfRange)
        #expect(await refusal { try await house.waive("w1", "nothing") } == .notFound)
        #expect(await refusal { try await house.waive("w1", session, sites: .sites([])) } == .notFound)
        try await house.pay("p1", #""spot_id":"P1-1""#, minor: 400)
        #expect(await refusal { try await house.waive("w1", session) } == .valueOutOfRange)
        try await house.arrive("P1-2")
        house.clock.move(seconds: 60)
        let open = try house.session("P1-2").text("id")
        #expect(await refusal { try await house.waive("w1", open) } == .conflict)
        // A name belongs to one waiver.
        try await house.stay("P1-3", seconds: 60)
        let other = try house.session("P1-3").text("id")
        try await house.waive("w1", other, minor: 50)
        #expect(await refusal { try await house.waive("w1", session, minor: 50) } == .conflict)
        #expect(await refusal { try await house.waive("w1", other, minor: 51) } == .conflict)
        #expect(await refusal { try await house.waive("w1", other) } == .conflict)
        #expect(try house.count("parking_waiver") == 1)
    }

    @Test func whoPaysAllTheSamePaidTooMuch() async throws {
        let (house, session) = try await house()
        try await house.waive("w1", session)
        try await house.pay("p1", #""session_id":"\#(session)""#, minor: 400)
        #expect(try house.session().integer("balance_minor") == -400)
        try await house.refund("r1", of: "p1")
        #expect(try house.balances() == [.cash: 0, .receivable: 0, .revenue: 0, .unallocated: 0])
    }

    @Test(arguments: [
        (#"{"waiver_id":"w1"}"#, RefusalCode.missingField), (#"{"reason":"x"}"#, .missingField),
        (#"{"waiver_id":"w1","reason":" "}"#, .missingField), (#"{"waiver_id":"w1","reason":7}"#, .wrongType),
        (#"{"waiver_id":"a b","reason":"x"}"#, .invalidIdentifier),
        (#"{"waiver_id":"w1","reason":"x","amount":1,"amount_minor":100}"#, .valueOutOfRange),
        (#"{"waiver_id":"w1","reason":"x","amount":0}"#, .valueOutOfRange),
        (#"{"waiver_id":"w1","reason":"x","amount":-1}"#, .valueOutOfRange),
        (#"{"waiver_id":"w1","reason":"x","amount":1.005}"#, .valueOutOfRange),
        (#"{"waiver_id":"w1","reason":"x","reason":"y"}"#, .duplicateKey),
        (#"{"waiver_id":"w1","reason":"x","note":"y"}"#, .invalidParameter), ("[]", .wrongType),
    ])
    func badInput(_ body: String, _ code: RefusalCode) async throws {
        let (house, session) = try await house()
        let refused = await refusal {
            try await house.call(.post, "/api/sessions/{id}/waive", ["id": session], body: body)
        }
        #expect(refused == code)
        #expect(try house.count("parking_waiver") == 0)
        #expect(house.audit.entries.isEmpty)
    }

    @Test func throughTheRoutes() async throws {
        let (house, session) = try await house()
        let path = "/api/sessions/{id}/waive"
        let body = #"{"waiver_id":"w1","amount":1.50,"reason":"the sensor had died"}"#
        let one = try await house.call(.post, path, ["id": session], body: body)
        #expect(one.status == 201)
        #expect(try JSONTree(one.body)["amount_minor"]?.number == 150)
        #expect(try await house.call(.post, path, ["id": session], body: body).body == one.body)
        let event = try #require(house.line.events.last { $0.topic == "parking/P1/money" })
        guard case .json(let bytes) = event.data else { return #expect(Bool(false)) }
        #expect(try JSONTree(bytes)["event"]?.text == "waiver")
        #expect(try JSONTree(bytes)["state"]?.text == "unpaid")
        #expect(event.permission == .viewParkingMoney && event.site == .main)
        let seen = try await house.json("/api/sessions/{id}", ["id": session])
        #expect(seen["balance_minor"]?.number == 250 && seen["waived_minor"]?.number == 150)
        #expect(seen["waivers"]?[0]?["reason"]?.text == "the sensor had died")
        try await house.call(.post, path, ["id": session], body: #"{"waiver_id":"w2","reason":"all of it"}"#)
        let list = try await house.json("/api/lots/{id}/sessions", query: ["state": "waived"])
        #expect(list["sessions"]?[0]?["state"]?.text == "waived")
        for state in ["paid", "unpaid", "free"] {
            let others = try await house.json("/api/lots/{id}/sessions", query: ["state": state])
            #expect(others["sessions"]?.elements.isEmpty == true)
        }
        let sheet = try await house.csv("/api/lots/{id}/sessions")
        #expect(sheet.first?.hasSuffix(",waived_minor") == true && sheet.last?.hasSuffix(",400") == true)
        let ledger = try await house.json("/api/lots/{id}/ledger")
        #expect(ledger["balances"]?["receivable"]?.number == 0 && ledger["balances"]?["revenue"]?.number == 0)
        let waived = ledger["entries"]?.elements.filter { $0["event"]?.text == "waiver:w2" }
        #expect(waived?.compactMap { $0["amount_minor"]?.number }.sorted() == [-250, 250])
        let revenue = try await house.json("/api/lots/{id}/revenue")
        #expect(revenue["total"]?["revenue_minor"]?.number == 0 && revenue["total"]?["sessions"]?.number == 1)
    }
}
