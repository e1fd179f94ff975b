import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// A file holds all that was asked for, or is refused; it is never cut.
@Suite struct SheetTests {
    /// Sessions that ended and owe, three of them at each instant; with each a payment and two entries of the ledger.
    private func house(sessions: Int) async throws -> MoneyHouse {
        let house = try await MoneyHouse()
        let start = MoneyHouse.start.microseconds
        try await house.database.write { transaction in
            let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(sessions))"
            let time = "\(start) + i / 3 * 1000000"
            try transaction.execute(
                """
                INSERT INTO parking_session (id, spot, lot, kind, arrived_at, departed_at, tariff, due_minor,
                    balance_minor, currency, reservation)
                \(numbers) SELECT 'session-' || (1000000000000 + i), 'P1-1', 'P1', 'standard', \(time), \(time) + 60000000,
                    1, 200, i % 2 * 200, 'EUR', NULL FROM n
                """)
            try transaction.execute(
                """
                INSERT INTO parking_payment (id, lot, spot, session, amount_minor, currency, method, is_refund, refunds,
                    paid_at, received_at, taken_by, content)
                \(numbers) SELECT 'p' || i, 'P1', 'P1-1', NULL, 200, 'EUR', 'card', FALSE, NULL, \(time), \(time), 'anna', ''
                FROM n
                """)
            try transaction.execute(
                """
                INSERT INTO parking_entry (event, lot, account, amount_minor, session, payment, at)
                \(numbers) SELECT 'payment:p' || i, 'P1', 'cash', 200, NULL, 'p' || i, \(time) FROM n
                """)
        }
        return house
    }

    /// More rows than a page of JSON, than one read, and than the largest limit.
    @Test(arguments: ["sessions", "payments", "ledger"]) func aFileHoldsEveryRow(_ name: String) async throws {
        let house = try await house(sessions: 11_001)
        let path = "/api/lots/{id}/\(name)"
        let lines = try await house.csv(path)
        #expect(lines.count == 11_002)
        let names = lines.dropFirst().map { String($0.prefix { $0 != "," }) }
        #expect(Set(names).count == 11_001)
        // The same rows in the same order as the pages have them.
        let key = ["sessions": "session_id", "payments": "payment_id"][name] ?? "id"
        let members = ["ledger": "entries"][name] ?? name
        let page = try await house.json(path)[members]?.elements ?? []
        #expect(page.count == 1_000)
        let first = page.compactMap { $0[key]?.text ?? $0[key]?.number.map { String(Int($0)) } }
        #expect(first == Array(names.prefix(1_000)))
        // Whoever asks for a part gets it.
        #expect(try await house.csv(path, query: ["limit": "7"]).count == 8)
        #expect(try await house.csv(path, query: ["limit": "7", "after": names[6]])[1] == lines[8])
    }

    @Test func aFileIsOfWhatWasAskedFor() async throws {
        let house = try await house(sessions: 6_000)
        let path = "/api/lots/{id}/sessions"
        #expect(try await house.csv(path, query: ["state": "unpaid"]).count == 3_001)
        let until = MoneyHouse.start.advanced(bySeconds: 1_000).description
        #expect(try await house.csv(path, query: ["to": until]).count == 3_000)
    }

    @Test func tariffsAsAFile() async throws {
        let house = try await MoneyHouse()
        try await house.tariff(try Tariff(MoneyHouse.hour))
        let second = #"""
            {"currency":"EUR","free_minutes":15,"free_minutes_apply":"short_stays","daily_cap_minor":1800,"rules":[
                {"name":"=Night","kinds":["standard","ev"],"weekdays":["mon","sun"],"from":"20:00","to":"08:00",
                    "price":"flat","minor":400},{"name":"Day","price":"free"}]}
            """#
        try await house.tariff(try Tariff(second), from: Timestamp(seconds: 1_000))
        try await house.tariff(try Tariff(#"{"currency":"EUR","rules":[]}"#), from: Timestamp(seconds: 2_000))
        let lines = try await house.csv("/api/lots/{id}/tariffs")
        #expect(lines.count == 5)
        #expect(lines[1].hasSuffix(",EUR,0,always,,,,,,,,,,"))
        #expect(
            lines[2].hasSuffix(
                ",EUR,15,short_stays,1800,1,'=Night,standard ev,mon sun,20:00,08:00,flat,,400"))
        #expect(lines[3].hasSuffix(",1800,2,Day,,,00:00,24:00,free,,"))
        #expect(lines[4].hasSuffix(",1,Hour,,,00:00,24:00,per_started,60,200"))
    }

    @Test func revenueOfAllLots() async throws {
        let house = try await MoneyHouse()
        for lot in ["P1", "P2"] { try await house.tariff(try Tariff(MoneyHouse.hour), lot: lot) }
        try await house.stay("P1-1", seconds: 3_600)
        try await house.pay("p1", #""spot_id":"P1-1""#, minor: 200)
        try await house.stay("P2-1", seconds: 7_200, kind: .ev)
        // Another day, for nobody knows what.
        house.clock.move(seconds: 86_400)
        try await house.pay("p2", #""spot_id":"P1-2""#, minor: 50)
        let path = "/api/revenue"
        let all = Caller(
            .person(account: "3", name: "carl", session: "s"), grants: Grants(everywhere: [.viewParkingMoney]))
        let byLot = try await house.json(path, [:], as: all)
        #expect(byLot["from"]?.text == "2026-10-21" && byLot["to"]?.text == "2026-11-19")
        #expect(byLot["rows"]?.elements.compactMap { $0["lot_id"]?.text } == ["P1", "P2"])
        #expect(byLot["rows"]?.elements.compactMap { $0["revenue_minor"]?.number } == [200, 400])
        #expect(byLot["rows"]?.elements.compactMap { $0["cash_minor"]?.number } == [250, 0])
        #expect(byLot["totals"]?.elements.compactMap { $0["revenue_minor"]?.number } == [600])
        // Each breakdown adds up to the same.
        for group in ["day", "kind"] {
            let rows = try await house.json(path, [:], query: ["by": group], as: all)["rows"]?.elements ?? []
            #expect(rows.compactMap { $0["revenue_minor"]?.number }.reduce(0, +) == 600)
            #expect(rows.compactMap { $0["cash_minor"]?.number }.reduce(0, +) == 250)
            #expect(rows.count == (group == "day" ? 30 : 6))
        }
        let kinds = try await house.json(path, [:], query: ["by": "kind"], as: all)["rows"]?.elements ?? []
        #expect(kinds.first { $0["kind"]?.text == "ev" }?["revenue_minor"]?.number == 400)
        #expect(kinds.last?["kind"] == .null && kinds.last?["cash_minor"]?.number == 50)
        // Currencies are not added up.
        try await house.database.write { try $0.execute("UPDATE parking_lot SET currency = 'CHF' WHERE id = 'P2'") }
        let both = try await house.json(path, [:], query: ["by": "day"], as: all)
        #expect(both["rows"]?.elements.count == 60)
        #expect(both["totals"]?.elements.compactMap { $0["currency"]?.text } == ["CHF", "EUR"])
        // Who looks after one site sees only that.
        let own = try await house.json(path, [:])
        #expect(own["rows"]?.elements.compactMap { $0["lot_id"]?.text } == ["P1"])
        let file = String(
            decoding: try await house.call(.get, path, [:], query: ["format": "csv"], as: all).body, as: UTF8.self)
        #expect(
            file == """
                lot_id,name,revenue_minor,cash_minor,sessions,currency\r
                P1,P1,200,250,1,EUR\r
                P2,P2,400,0,1,CHF\r\n
                """)
        for query in [["by": "spot"], ["from": "2020-01-01"], ["format": "xml"]] {
            #expect(await refusal { try await house.json(path, [:], query: query, as: all) } == .invalidParameter)
        }
    }
}
