import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Whatever happens in whatever order: the ledger balances, and the cash is what came in less what went back.
@Suite struct LedgerTests {
    @Test(arguments: 0..<12) func randomHistories(_ seed: Int) async throws {
        var random = SeededRandom(UInt64(seed))
        let house = try await MoneyHouse(spots: 4)
        try await house.tariff(try Tariff(MoneyHouse.hour))
        try await house.tariff(
            try Tariff(
                #"""
                {"currency":"EUR","free_minutes":10,"daily_cap_minor":700,"rules":[
                    {"name":"Night","from":"20:00","to":"07:00","price":"flat","minor":300},
                    {"name":"Day","price":"per_started","minutes":30,"minor":130}]}
                """#), from: MoneyHouse.start.advanced(bySeconds: 200_000))
        var payments: [String] = []
        var refused = 0
        for step in 0..<150 {
            house.clock.move(seconds: Int64.random(in: 0...9_000, using: &random))
            let spot = "P\(Int.random(in: 1...2, using: &random))-\(Int.random(in: 1...4, using: &random))"
            let amount = Int64.random(in: 1...900, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1, 2: try await house.arrive(spot)
            case 3, 4: try await house.depart(spot)
            case 5, 6:
                // Now and then the same again.
                let id = Bool.random(using: &random) ? payments.randomElement(using: &random) ?? "p\(step)" : "p\(step)"
                let code = await refusal { try await house.pay(id, #""spot_id":"\#(spot)""#, minor: amount) }
                if code == nil, !payments.contains(id) { payments.append(id) }
                if code != nil { refused += 1 }
            case 7:
                guard let id = payments.randomElement(using: &random) else { continue }
                if await refusal(of: { try await house.refund("r\(step)", of: id, minor: amount) }) != nil {
                    refused += 1
                }
            case 8:
                let session = try house.rows("SELECT id FROM parking_session ORDER BY id").randomElement(using: &random)
                guard let name = try session?.text(0) else { continue }
                if await refusal(of: { try await house.waive("w\(step)", name, minor: amount) }) != nil { refused += 1 }
            default:
                guard let id = payments.randomElement(using: &random),
                    let session = try house.rows("SELECT id FROM parking_session ORDER BY id").randomElement(
                        using: &random)
                else { continue }
                let (till, name) = (house.till, try session.text(0))
                let code = await refusal {
                    _ = try await house.line.perform {
                        try till.allocate(id, to: name, by: .money, at: .all, in: &$0)
                    }
                }
                if code != nil { refused += 1 }
            }
        }
        #expect(payments.count > 5)
        #expect(refused > 0)
        try check(house)
    }

    private func check(_ house: MoneyHouse) throws {
        // Every event sums to nothing.
        let open = try house.rows("SELECT event FROM parking_entry GROUP BY event HAVING SUM(amount_minor) <> 0")
        #expect(open.isEmpty)
        // What a session says it is owed is what the ledger says.
        let wrong = try house.rows(
            """
            SELECT id FROM parking_session WHERE balance_minor <>
                (SELECT COALESCE(SUM(amount_minor), 0) FROM parking_entry
                    WHERE session = parking_session.id AND account = 'receivable')
            """)
        #expect(wrong.isEmpty)
        // Nothing is owed to or by nobody; what is unallocated is of no session.
        let stray = try house.rows(
            "SELECT id FROM parking_entry WHERE account IN ('receivable', 'revenue') AND session IS NULL")
        #expect(stray.isEmpty)
        for lot in ["P1", "P2"] {
            let balances = try house.balances(lot)
            #expect(balances.values.reduce(0, +) == 0)
            let cash = try house.rows(
                """
                SELECT COALESCE(SUM(CASE WHEN is_refund THEN -amount_minor ELSE amount_minor END), 0)
                FROM parking_payment WHERE lot = $1
                """, [.text(lot)])
            #expect(try cash.first?.integer(0) == balances[.cash])
            let unallocated = try house.rows(
                """
                SELECT COALESCE(SUM(CASE WHEN is_refund THEN -amount_minor ELSE amount_minor END), 0)
                FROM parking_payment WHERE lot = $1
                    AND (session IS NULL AND (refunds IS NULL OR refunds IN (SELECT id FROM parking_payment WHERE session IS NULL)))
                """, [.text(lot)])
            #expect(try unallocated.first?.integer(0) == balances[.unallocated].map { -$0 })
            #expect(balances[.unallocated, default: 0] <= 0)
            #expect(balances[.revenue, default: 0] <= 0)
            // What was earned is what was due less what was given back of it or written off.
            let due = try house.rows(
                "SELECT COALESCE(SUM(due_minor), 0) FROM parking_session WHERE lot = $1", [.text(lot)])
            let back = try house.rows(
                """
                SELECT COALESCE(SUM(amount_minor), 0) FROM parking_entry
                WHERE lot = $1 AND account = 'revenue' AND amount_minor > 0
                """, [.text(lot)])
            let earned = try (due.first?.integer(0) ?? 0) - (back.first?.integer(0) ?? 0)
            #expect(balances[.revenue] == -earned)
        }
        // No payment went back more than whole.
        let over = try house.rows(
            """
            SELECT id FROM parking_payment WHERE amount_minor <
                (SELECT COALESCE(SUM(amount_minor), 0) FROM parking_payment AS back WHERE back.refunds = parking_payment.id)
            """)
        #expect(over.isEmpty)
    }
}
