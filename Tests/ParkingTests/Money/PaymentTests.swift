import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

@Suite struct PaymentTests {
    private func house() async throws -> MoneyHouse {
        let house = try await MoneyHouse()
        try await house.tariff(try Tariff(MoneyHouse.hour))
        return house
    }

    @Test func forASpotAfterItsCarHasLeft() async throws {
        let house = try await house()
        try await house.stay(seconds: 3_601)
        try await house.hear(#"{"payment_id":"p1","spot_id":"P1-1","amount":4.00,"method":"card"}"#)
        #expect(try house.session().integer("balance_minor") == 0)
        #expect(try house.balances() == [.cash: 400, .receivable: 0, .revenue: -400, .unallocated: 0])
        let payment = try #require(try house.rows("SELECT * FROM parking_payment").first)
        #expect(try payment.text("session") == house.session().text("id"))
        #expect(try payment.text("method") == "card")
    }

    @Test func beforeTheCarLeaves() async throws {
        let house = try await house()
        try await house.arrive()
        try await house.hear(#"{"payment_id":"p1","spot_id":"P1-1","amount_minor":200}"#)
        #expect(try house.balances() == [.cash: 200, .receivable: -200, .revenue: 0, .unallocated: 0])
        house.clock.move(seconds: 7_200)
        try await house.depart()
        #expect(try house.session().integer("balance_minor") == 200)
        #expect(try house.balances() == [.cash: 200, .receivable: 200, .revenue: -400, .unallocated: 0])
    }

    @Test func theNewestUnpaidSession() async throws {
        let house = try await house()
        try await house.stay(seconds: 60)
        let first = try house.session().text("id")
        house.clock.move(seconds: 60)
        try await house.stay(seconds: 60)
        let second = try house.session().text("id")
        try await house.pay("p1", #""spot_id":"P1-1""#, minor: 200)
        try await house.pay("p2", #""spot_id":"P1-1""#, minor: 200)
        try await house.pay("p3", #""spot_id":"P1-1""#, minor: 200)
        let sessions = try house.rows("SELECT session FROM parking_payment ORDER BY id").map {
            try $0.optionalText("session")
        }
        #expect(sessions == [second, first, nil])
        #expect(try house.balances()[.unallocated] == -200)
        // A car that came after the payment was made is not the one.
        house.clock.move(seconds: 60)
        let then = house.clock.now()
        try await house.stay(seconds: 120)
        let third = try house.session().text("id")
        house.clock.move(seconds: 60)
        try await house.arrive()
        try await house.hear(
            #"{"payment_id":"p4","spot_id":"P1-1","amount":2,"timestamp":"\#(then.advanced(bySeconds: 30))"}"#)
        #expect(try house.rows("SELECT session FROM parking_payment WHERE id = 'p4'").first?.text(0) == third)
        // Paid before the sensor saw the car: the next one.
        try await house.hear(
            #"{"payment_id":"p5","spot_id":"P1-1","amount":2,"timestamp":"2024-01-01T12:00:00Z"}"#)
        #expect(
            try house.rows("SELECT session FROM parking_payment WHERE id = 'p5'").first?.text(0)
                == house.session().text("id"))
    }

    @Test func theSameAgainChangesNothing() async throws {
        let house = try await house()
        try await house.stay(seconds: 60)
        let body = #"{"payment_id":"p1","spot_id":"P1-1","amount":2.50,"timestamp":1795000000}"#
        try await house.hear(body)
        house.clock.move(seconds: 50)
        try await house.hear(body)
        // The same amount in other words.
        try await house.hear(
            #"{"timestamp":1795000000,"amount_minor":250,"currency":"EUR","spot_id":"P1-1","payment_id":"p1","more":[1]}"#
        )
        #expect(try house.count("parking_payment") == 1)
        #expect(try house.balances()[.cash] == 250)
        #expect(house.audit.entries.count == 1)
        for other in [
            #"{"payment_id":"p1","spot_id":"P1-1","amount":2.51,"timestamp":1795000000}"#,
            #"{"payment_id":"p1","spot_id":"P1-2","amount":2.50,"timestamp":1795000000}"#,
            #"{"payment_id":"p1","spot_id":"P1-1","lot_id":"P2","amount":2.50,"timestamp":1795000000}"#,
            #"{"payment_id":"p1","session_id":"other","amount":2.50,"timestamp":1795000000}"#,
            #"{"payment_id":"p1","spot_id":"P1-1","amount":2.50,"currency":"USD"}"#,
        ] {
            #expect(await refusal { try await house.hear(other) } == .conflict)
        }
        // How and when are words about it: apps put them anew when they ask again.
        for same in [
            #"{"payment_id":"p1","spot_id":"P1-1","amount":2.50,"method":"cash","timestamp":1795000000}"#,
            #"{"payment_id":"p1","spot_id":"P1-1","amount":2.50}"#,
        ] {
            try await house.hear(same)
        }
        #expect(try house.rows("SELECT method FROM parking_payment").first?.optionalText("method") == nil)
        #expect(try house.count("parking_payment") == 1)
    }

    @Test func whatBecameOfTheSpotDoesNotMatter() async throws {
        let house = try await house()
        try await house.stay(seconds: 60)
        let first = try await house.pay("p1", #""spot_id":"P1-1""#, minor: 200)
        try await house.database.write { try $0.execute("DELETE FROM parking_spot WHERE id = 'P1-1'") }
        #expect(try await house.pay("p1", #""spot_id":"P1-1""#, minor: 200) == first)
        #expect(await refusal { try await house.pay("p2", #""spot_id":"P1-1""#, minor: 200) } == .notFound)
        // Whoever takes no payments there learns nothing of it.
        let elsewhere = await refusal {
            try await house.pay("p1", #""spot_id":"P1-1""#, minor: 200, sites: .sites([]))
        }
        #expect(elsewhere == .notFound)
    }

    /// Two operators count their payments alike, and neither learns of the other's.
    @Test func aNameIsASitesOwn() async throws {
        let house = try await house()
        let (main, annex) = (SiteScope.sites([.main]), SiteScope.sites([try #require(SiteID("annex"))]))
        for spot in ["P1-1", "P2-1"] { try await house.stay(spot, seconds: 60) }
        let first = try await house.pay("1", #""spot_id":"P1-1""#, minor: 200, sites: main)
        let other = try await house.pay("1", #""spot_id":"P2-1""#, minor: 300, sites: annex)
        #expect(first.name == "1" && other.name == "1" && first.id != other.id)
        // Within each of them the same is the same, and something else is a conflict.
        #expect(try await house.pay("1", #""spot_id":"P1-1""#, minor: 200, sites: main) == first)
        #expect(try await house.pay("1", #""spot_id":"P2-1""#, minor: 300, sites: annex) == other)
        for sites in [annex, .all] {
            let refused = await refusal { try await house.pay("1", #""spot_id":"P2-1""#, minor: 301, sites: sites) }
            #expect(refused == .conflict)
        }
        #expect(try house.count("parking_payment") == 2)
        #expect(try house.balances("P1")[.cash] == 200)
        #expect(try house.balances("P2")[.cash] == 300)
        // Whoever sees both says which.
        #expect(await refusal { try await house.refund("r", of: "1", minor: 50) } == .conflict)
        for (lot, left) in [("P2", 250), ("P1", 150)] as [(String, Int64)] {
            let refund = try await house.refund("r", of: "1", minor: 50, lot: lot)
            #expect(refund.refundsName == "1" && refund.name == "r" && refund.lot.text == lot)
            #expect(try await house.refund("r", of: "1", minor: 50, lot: lot) == refund)
            #expect(try house.balances(lot)[.cash] == left)
        }
        let seen = try await house.json("/api/payments/{id}", ["id": "1"])
        #expect(seen["lot_id"]?.text == "P1" && seen["payment_id"]?.text == "1")
        #expect(seen["refunded_minor"]?.number == 50)
        let all = Caller(.open, grants: Grants(everywhere: .all))
        let both = await refusal { try await house.json("/api/payments/{id}", ["id": "1"], as: all) }
        #expect(both == .conflict)
        let chosen = try await house.json("/api/payments/{id}", ["id": "1"], query: ["lot_id": "P2"], as: all)
        #expect(chosen["amount_minor"]?.number == 300)
        let ledger = try await house.json("/api/lots/{id}/ledger", ["id": "P2"], as: all)
        let names = ledger["entries"]?.elements.compactMap { $0["payment_id"]?.text } ?? []
        #expect(Set(names) == ["1", "r"])
        // A name that is the key of another's row takes nothing from it.
        #expect(try await house.pay(other.id, #""spot_id":"P1-1""#, minor: 10).id != other.id)
    }

    /// A refund of a payment of which nobody knew what for is no payment for the next car.
    @Test func whatWasGivenBackOfAStrayPaymentIsNotPaidAgain() async throws {
        let house = try await house()
        let arrival = house.clock.now()
        house.clock.move(seconds: 10)
        try await house.pay("p1", #""spot_id":"P1-1""#, minor: 500)
        try await house.refund("r1", of: "p1", minor: 200)
        house.clock.move(seconds: 10)
        // The car that paid counts now, with its arrival before both.
        try await house.arrive(at: arrival)
        #expect(try house.session().integer("balance_minor") == -300)
        #expect(try house.balances() == [.cash: 300, .receivable: -300, .revenue: 0, .unallocated: 0])
        let refund = try house.rows("SELECT session FROM parking_payment WHERE id = 'r1'").first
        #expect(try refund?.optionalText("session") == nil)
    }

    /// A refund first takes what was paid beyond what is due, and only then what was earned: nobody owes again what they were given back.
    @Test func aRefundTakesWhatWasOverpaidFirst() async throws {
        let house = try await house()
        try await house.stay(seconds: 60)
        try await house.pay("p1", #""spot_id":"P1-1""#, minor: 500)
        #expect(try house.session().integer("balance_minor") == -300)
        try await house.refund("r1", of: "p1", minor: 400)
        #expect(try house.session().integer("balance_minor") == 0)
        #expect(try house.balances() == [.cash: 100, .receivable: 0, .revenue: -100, .unallocated: 0])
    }

    /// What was asked stood with its method and time in the rows of old.
    @Test func aPaymentOfAnOlderProgramIsKnownAgain() async throws {
        let house = try await house()
        try await house.stay(seconds: 60)
        let first = try await house.pay("p1", #""spot_id":"P1-1""#, minor: 200)
        try await house.database.write { transaction in
            try transaction.execute(
                "UPDATE parking_payment SET content = $1",
                [.text(#"["P1-1",null,null,"EUR","card",200,"2026-11-18T09:00:00.000000Z"]"#)])
        }
        #expect(try await house.pay("p1", #""spot_id":"P1-1""#, minor: 200) == first)
        #expect(await refusal { try await house.pay("p1", #""spot_id":"P1-1""#, minor: 201) } == .conflict)
    }

    @Test(
        arguments: [
            ("2001-01-01T00:00:00Z", nil), ("2026-11-11T08:59:59Z", nil), ("2026-11-18T09:00:01Z", nil),
            ("2026-11-11T09:00:00Z", "2026-11-11T09:00:00Z"), ("2026-11-18T08:59:00Z", "2026-11-18T08:59:00Z"),
        ] as [(String, String?)])
    func aTimeThatCannotBeCountsFromReceipt(_ claimed: String, _ paidAt: String?) async throws {
        let house = try await house()
        try await house.hear(#"{"payment_id":"p1","spot_id":"P1-1","amount":2,"timestamp":"\#(claimed)"}"#)
        let expected = paidAt.flatMap { Timestamp(iso8601: $0) } ?? MoneyHouse.start
        #expect(try house.rows("SELECT paid_at FROM parking_payment").first?.integer(0) == expected.microseconds)
        #expect(try house.rows("SELECT at FROM parking_entry").first?.integer(0) == expected.microseconds)
    }

    @Test(arguments: [
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":0}"#, RefusalCode.valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":-2.50}"#, .valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount_minor":-1}"#, .valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":2.505}"#, .valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":0.30000000000000004}"#, .valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":1e3}"#, .valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":100000.01}"#, .valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":99999999999999999999}"#, .valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount_minor":2.5}"#, .valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":"2.50"}"#, .wrongType),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":2,"amount_minor":200}"#, .valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":2,"currency":"USD"}"#, .valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":2,"currency":"euro"}"#, .valueOutOfRange),
        (#"{"payment_id":"p1","spot_id":"P1-1"}"#, .missingField),
        (#"{"payment_id":"p1","amount":2}"#, .missingField), (#"{"spot_id":"P1-1","amount":2}"#, .missingField),
        (#"{"payment_id":"a b","spot_id":"P1-1","amount":2}"#, .invalidIdentifier),
        (#"{"payment_id":"","spot_id":"P1-1","amount":2}"#, .invalidIdentifier),
        (#"{"payment_id":7,"spot_id":"P1-1","amount":2}"#, .wrongType),
        (#"{"payment_id":"p1","spot_id":"nobody","amount":2}"#, .notFound),
        (#"{"payment_id":"p1","session_id":"nothing","amount":2}"#, .notFound),
        (#"{"payment_id":"p1","spot_id":"P1-1","lot_id":"P2","amount":2}"#, .identifierMismatch),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":2,"amount":3}"#, .duplicateKey),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":2,"timestamp":true}"#, .wrongType),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":2,"method":""}"#, .valueOutOfRange),
        (#"[1]"#, .wrongType), (#"{"payment_id""#, .malformedJSON), ("", .malformedJSON),
        (#"{"payment_id":"p1","spot_id":"P1-1","amount":2} x"#, .malformedJSON),
    ])
    func badInput(_ body: String, _ code: RefusalCode) async throws {
        let house = try await house()
        try await house.stay(seconds: 60)
        #expect(await refusal { try await house.hear(body) } == code)
        #expect(try house.count("parking_payment") == 0)
        #expect(try house.count("parking_entry") == 2)
        #expect(house.audit.entries.isEmpty)
    }

    @Test func aSensorPaysNothing() async throws {
        let house = try await house()
        try await house.arrive()
        let body = #"{"payment_id":"p1","spot_id":"P1-1","amount":2}"#
        let sensor = MessageOrigin.Sender.device(try #require(DeviceID("P1-1")))
        #expect(await refusal { try await house.hear(body, from: sensor) } == .forbidden)
        func app(_ grants: Grants) -> MessageOrigin.Sender {
            .person(Caller(.token(account: "a", name: "app", token: "t"), grants: grants))
        }
        #expect(await refusal { try await house.hear(body, from: app(Grants())) } == .forbidden)
        let elsewhere = Grants(sites: [try #require(SiteID("elsewhere")): [.takePayments]])
        #expect(await refusal { try await house.hear(body, from: app(elsewhere)) } == .notFound)
        try await house.hear(body, from: app(Grants(everywhere: [.takePayments])))
        #expect(try house.rows("SELECT taken_by FROM parking_payment").first?.text(0) == "app")
        #expect(house.audit.entries.map(\.action) == [.takePayment])
        #expect(house.audit.entries.first?.target == "payment:p1")
    }

    @Test func forASession() async throws {
        let house = try await house()
        try await house.stay(seconds: 60)
        let id = try house.session().text("id")
        try await house.pay("p1", #""session_id":"\#(id)""#, minor: 150)
        #expect(try house.session().integer("balance_minor") == 50)
        try await house.pay("p2", #""session_id":"\#(id)","spot_id":"P1-1""#, minor: 70)
        #expect(try house.session().integer("balance_minor") == -20)
        let code = await refusal { try await house.pay("p3", #""session_id":"\#(id)","spot_id":"P1-2""#, minor: 5) }
        #expect(code == .identifierMismatch)
        // Whoever may not take money there learns nothing of it.
        let elsewhere = await refusal {
            try await house.pay("p3", #""session_id":"\#(id)""#, minor: 5, sites: .sites([]))
        }
        #expect(elsewhere == .notFound)
    }

    @Test func givenBack() async throws {
        let house = try await house()
        try await house.stay(seconds: 60)
        try await house.pay("p1", #""spot_id":"P1-1""#, minor: 500)
        #expect(try house.session().integer("balance_minor") == -300)
        // First what was too much …
        let refund = try await house.refund("r1", of: "p1", minor: 200)
        #expect(refund.refunds == "p1")
        #expect(try house.balances() == [.cash: 300, .receivable: -100, .revenue: -200, .unallocated: 0])
        #expect(try await house.refund("r1", of: "p1", minor: 200) == refund)
        #expect(try house.count("parking_payment") == 2)
        // … then what was earned; and nobody owes it again.
        try await house.refund("r2", of: "p1")
        #expect(try house.balances() == [.cash: 0, .receivable: 0, .revenue: 0, .unallocated: 0])
        #expect(try house.session().integer("balance_minor") == 0)
        #expect(await refusal { try await house.refund("r3", of: "p1", minor: 1) } == .valueOutOfRange)
        #expect(await refusal { try await house.refund("r3", of: "p1") } == .valueOutOfRange)
        #expect(await refusal { try await house.refund("r3", of: "r1") } == .conflict)
        #expect(await refusal { try await house.refund("r1", of: "p1", minor: 201) } == .conflict)
        #expect(await refusal { try await house.refund("r3", of: "nothing") } == .notFound)
        #expect(house.audit.entries.map(\.action) == [.takePayment, .refundPayment, .refundPayment])
    }

    @Test func neverMoreThanWasPaid() async throws {
        let house = try await house()
        try await house.stay(seconds: 60)
        try await house.pay("p1", #""spot_id":"P1-1""#, minor: 200)
        #expect(await refusal { try await house.refund("r1", of: "p1", minor: 201) } == .valueOutOfRange)
        try await house.refund("r1", of: "p1", minor: 150)
        #expect(await refusal { try await house.refund("r2", of: "p1", minor: 51) } == .valueOutOfRange)
        #expect(try house.balances()[.cash] == 50)
    }

    @Test func allocatedLater() async throws {
        let house = try await house()
        try await house.pay("p1", #""spot_id":"P1-1""#, minor: 300)
        try await house.refund("r1", of: "p1", minor: 100)
        #expect(try house.balances() == [.cash: 200, .receivable: 0, .revenue: 0, .unallocated: -200])
        try await house.stay("P1-2", seconds: 60)
        let id = try house.session("P1-2").text("id")
        let path = "/api/payments/{id}/allocate"
        for _ in 0..<2 { try await house.call(.post, path, ["id": "p1"], body: #"{"session_id":"\#(id)"}"#) }
        #expect(try house.balances() == [.cash: 200, .receivable: 0, .revenue: -200, .unallocated: 0])
        #expect(try house.session("P1-2").integer("balance_minor") == 0)
        // Once only, and only within the lot.
        try await house.stay("P1-3", seconds: 60)
        let other = try house.session("P1-3").text("id")
        let again = await refusal {
            try await house.call(.post, path, ["id": "p1"], body: #"{"session_id":"\#(other)"}"#)
        }
        #expect(again == .conflict)
        try await house.stay("P2-1", seconds: 60)
        let far = try house.session("P2-1").text("id")
        try await house.pay("p2", #""spot_id":"P1-1""#, minor: 300)
        let hidden = await refusal {
            try await house.call(.post, path, ["id": "p2"], body: #"{"session_id":"\#(far)"}"#)
        }
        #expect(hidden == .notFound)
        let all = Caller(.open, grants: Grants(everywhere: .all))
        let crossed = await refusal {
            try await house.call(.post, path, ["id": "p2"], body: #"{"session_id":"\#(far)"}"#, as: all)
        }
        #expect(crossed == .identifierMismatch)
    }

    @Test func whatIsNotInTheAuditIsNotDone() async throws {
        let house = try await house()
        try await house.arrive()
        let till = Till(audit: BrokenAudit())
        let request = try PaymentRequest(Array(#"{"payment_id":"p1","spot_id":"P1-1","amount":2}"#.utf8))
        await #expect(throws: BrokenAudit.Broken.self) {
            _ = try await house.line.perform { try till.take(request, by: .money, at: .all, in: &$0) }
        }
        #expect(try house.count("parking_payment") == 0)
        #expect(try house.count("parking_entry") == 0)
        #expect(try house.session().integer("balance_minor") == 0)
    }

    @Test(
        arguments: [
            ("EUR", "2.5", 250), ("EUR", "2.500", 250), ("EUR", "0.01", 1), ("EUR", "0.001", nil), ("JPY", "250", 250),
            ("JPY", "2.5", nil), ("JPY", "250.0", 250), ("KWD", "1.234", 1_234), ("KWD", "1.2345", nil),
            ("EUR", "92233720368547758.07", .max), ("EUR", "92233720368547758.08", nil),
        ] as [(String, String, Int64?)])
    func exactly(_ code: String, _ text: String, _ minor: Int64?) throws {
        let currency = try #require(Currency(code))
        #expect(ScaledDecimal(text).flatMap(currency.minor) == minor)
    }
}
