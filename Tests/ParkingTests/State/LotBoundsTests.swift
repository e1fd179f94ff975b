import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Bounds of docs/limits.md, «Fixed», that cannot be set: each is filled, the next one is refused, and what is there goes on.
struct LotBoundsTests {
    @Test("lots of the hub") func lots() async throws {
        let site = try await ParkSite()
        // Three are there.
        try site.insert(
            9_997,
            """
            parking_lot (id, site, name, address, time_zone, currency, is_public, stale_seconds, plan_width,
                plan_height, created_at)
            SELECT 'N' || i, 'main', 'Lot', '', 'Europe/Berlin', 'EUR', TRUE, 300, 100, 50, 0
            """)
        site.restart()
        let body = #"{"lot_id":"MORE","name":"One more"}"#
        #expect(try await site.refusal(.post, "/api/lots", body: body) == .limitReached)
        #expect(try await site.refusal(.post, "/api/lots/import", body: #"{"lots":[\#(body)]}"#) == .limitReached)
        #expect(try await site.refusal(.put, "/api/lots/{id}", ["id": "N1"], body: #"{"name":"First"}"#) == nil)
        try site.report("SPOT001", true)
        #expect(try site.status("SPOT001") == "occupied")
        try await site.call(.delete, "/api/lots/{id}", ["id": "N2"])
        #expect(try await site.refusal(.post, "/api/lots", body: body) == nil)
    }

    @Test("spots of a lot, those among them that make themselves known") func spots() async throws {
        let site = try await ParkSite()
        // Three are there.
        try site.insert(
            9_997,
            """
            parking_spot (id, lot, label, level, kind, rotation, decides, threshold_cm, hysteresis_cm, debounce_ms,
                out_of_service, status, status_since)
            SELECT 'N' || i, 'LOT001', 'N', '0', 'standard', 0, 'flag', 115, 30, 2000, FALSE, 'unknown', 0
            """)
        site.restart()
        let spots = "/api/lots/{id}/spots"
        let more = #"{"spot_id":"MORE"}"#
        #expect(try await site.refusal(.post, spots, ["id": "LOT001"], body: more) == .limitReached)
        let sensor = MessageOrigin.Sender.device(try #require(DeviceID("NEW1")))
        #expect {
            try site.hear(#"{"spot_id":"NEW1","lot_id":"LOT001","occupied":true}"#, from: sensor)
        } throws: { ($0 as? Refusal)?.code == .limitReached }
        try site.report("SPOT001", true)
        #expect(try site.status("SPOT001") == "occupied")
        try site.hear(#"{"spot_id":"NEW1","lot_id":"LOT002","occupied":true}"#, from: sensor)
        #expect(try site.status("NEW1") == "occupied")
        #expect(try await site.refusal(.post, spots, ["id": "LOT002"], body: more) == nil)
    }

    @Test("versions of a lot's tariff") func versions() async throws {
        let house = try await MoneyHouse()
        let tariff = try Tariff(MoneyHouse.hour)
        for number in 0..<1_000 { try await house.tariff(tariff, from: Timestamp(seconds: Int64(number))) }
        let body = #"{"tariff":\#(MoneyHouse.hour)}"#
        let path = "/api/lots/{id}/tariffs"
        #expect(await code { try await house.call(.post, path, body: body) } == .limitReached)
        #expect(try house.count("parking_tariff") == 1_000)
        let price = try await house.json("/api/lots/{id}/price", query: ["from": "2027-01-02"])
        #expect(price["total_minor"]?.number != nil, "the lot goes on with the versions that it has")
    }

    private func code(_ work: () async throws -> RouteResponse) async -> RefusalCode? {
        do {
            _ = try await work()
            return nil
        } catch {
            return (error as? Refusal)?.code
        }
    }
}

extension ParkSite {
    /// Inserts so many rows, which differ by their number `i`.
    fileprivate func insert(_ count: Int, _ rows: String) throws {
        let numbers = "WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < \(count))"
        try database.writeBlocking { transaction in
            _ = try transaction.execute("\(numbers) INSERT INTO \(rows) FROM number")
        }
    }
}
