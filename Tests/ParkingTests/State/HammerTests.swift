import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Many clients at once: counts are what the spots are, at every moment, and history adds up to the present.
@Suite struct HammerTests {
    private static let spots = (1...40).map { "H\($0)" }

    @Test func countsNeverDisagreeWithTheSpots() async throws {
        let site = try await ParkSite()
        let list = HammerTests.spots.map { #"{"spot_id":"\#($0)"}"# }.joined(separator: ",")
        try await site.call(.post, "/api/lots", body: #"{"lot_id":"HAMMER","name":"Hammer","spots":[\#(list)]}"#)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask { try await HammerTests.sensors(UInt64(worker), at: site) }
            }
            for worker in 0..<3 {
                group.addTask { try await HammerTests.people(UInt64(100 + worker), at: site) }
            }
            group.addTask { try await HammerTests.readers(at: site) }
            try await group.waitForAll()
        }
        // What has not been contradicted for so long is a car, or none.
        try site.tick(after: 3)
        // What the line remembers is what the tables say.
        let before = try await site.json(.get, "/api/lots/{id}", ["id": "HAMMER"])
        site.restart()
        try site.tick()
        let after = try await site.json(.get, "/api/lots/{id}", ["id": "HAMMER"])
        for (one, other) in zip(before["spots"]?.elements ?? [], after["spots"]?.elements ?? []) {
            #expect(one["status"] == other["status"] && one["override"] == other["override"])
        }
        // The last row of history of each spot is its status.
        let broken = try site.count(
            "parking_spot",
            where: """
                lot = 'HAMMER' AND status <> COALESCE((SELECT status FROM parking_change
                    WHERE spot = parking_spot.id ORDER BY id DESC LIMIT 1), 'unknown')
                """)
        #expect(broken == 0)
        // A car stands where a spot is occupied, and nowhere else, unless it fell silent.
        let cars = try site.count(
            "parking_spot",
            where: """
                lot = 'HAMMER' AND (status = 'occupied') <> EXISTS (SELECT 1 FROM parking_session
                    WHERE spot = parking_spot.id AND departed_at IS NULL)
                    AND status IN ('occupied', 'free', 'reserved')
                """)
        #expect(cars == 0)
        #expect(try site.count("parking_change", where: "lot = 'HAMMER'") > 500)
    }

    private static func sensors(_ seed: UInt64, at site: ParkSite) async throws {
        var random = SeededRandom(seed)
        for round in 0..<150 {
            let works = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                let spot = spots.randomElement(using: &random) ?? "H1"
                let isBad = Int.random(in: 0..<10, using: &random) == 0
                let occupied = isBad ? #""yes""# : String(Bool.random(using: &random))
                let payload = Array(#"{"spot_id":"\#(spot)","occupied":\#(occupied)}"#.utf8)
                return { (handler: any MessageHandler, line: inout LineContext) throws in
                    try handler.handle(site.message(payload, client: "c\(seed)"), in: &line)
                }
            }
            // Now and then a commit fails, and the memory must not know more than the tables.
            if Int.random(in: 0..<20, using: &random) == 0 {
                _ = try? site.batch(isBroken: true, works)
            } else {
                let effects = try site.batch(works).effects
                if let counts = try effects.event("parking/HAMMER/counts") { expectSum(counts) }
            }
            if round % 10 == 0 {
                site.clock.move(seconds: 3)
                try site.tick()
            }
            await Task.yield()
        }
    }

    private static func people(_ seed: UInt64, at site: ParkSite) async throws {
        var random = SeededRandom(seed)
        for _ in 0..<100 {
            let spot = spots.randomElement(using: &random) ?? "H1"
            let body = [
                #""occupied":true"#, #""occupied":false"#, #""occupied":true,"until":"2026-11-21T10:01:00Z""#,
                #""clear":true"#, #""clear":true"#, #""out_of_service":true"#, #""out_of_service":false"#,
            ].randomElement(using: &random)
            _ = try await site.refusal(
                .post, "/api/lots/{id}/override", ["id": "HAMMER"],
                body: #"{"spot_id":"\#(spot)",\#(body ?? "")}"#)
            await Task.yield()
        }
    }

    private static func readers(at site: ParkSite) async throws {
        for _ in 0..<100 {
            let lot = try await site.json(.get, "/api/lots/{id}", ["id": "HAMMER"])
            let statuses = (lot["spots"]?.elements ?? []).compactMap { $0["status"]?.text }
            for (name, status) in [
                ("available_spots", "free"), ("occupied_spots", "occupied"), ("reserved_spots", "reserved"),
                ("out_of_service_spots", "out_of_service"), ("unknown_spots", "unknown"),
            ] {
                #expect(lot[name]?.number == Double(statuses.count { $0 == status }), "\(name)")
            }
            #expect(lot["total_spots"]?.number == 40)
            let listed = try await site.json(.get, "/api/lots").elements.first { $0["lot_id"]?.text == "HAMMER" }
            if let listed { expectSum(listed) }
            await Task.yield()
        }
    }

    private static func expectSum(_ counts: JSONTree) {
        let names = ["available_spots", "occupied_spots", "reserved_spots", "out_of_service_spots", "unknown_spots"]
        let sum = names.reduce(0) { $0 + (counts[$1]?.number ?? -1_000) }
        #expect(sum == 40 && counts["total_spots"]?.number == 40)
        let levels = counts["levels"]?.members.values.reduce(0) { $0 + ($1["total_spots"]?.number ?? 0) }
        #expect(levels == nil || levels == 40)
    }
}
