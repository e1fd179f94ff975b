import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Occupancy over time, against what the changes say when they are looked at one by one.
@Suite struct HistoryTests {
    private static let viewer = Caller.driver("1", [.viewParking])

    /// What an answer says of the whole of its time.
    private struct Extent {
        var low: Double = .infinity
        var high: Double = -.infinity
        var sum = 0.0
        var seconds = 0.0
        var gaps = 0

        init(_ rows: [JSONTree]) {
            for row in rows {
                guard let least = row["occupied_min"]?.number, let most = row["occupied_max"]?.number,
                    let mean = row["occupied_mean"]?.number, let known = row["known_seconds"]?.number
                else {
                    gaps += 1
                    continue
                }
                low = min(low, least)
                high = max(high, most)
                sum += mean * known
                seconds += known
            }
        }
    }

    private func extent(_ garage: Garage, seconds: Int64, step: String) async throws -> Extent {
        let now = garage.clock.now()
        let answer = try await garage.call(
            .get, "/api/lots/{id}/history", ["id": "P1"],
            query: [("from", "\(now.advanced(bySeconds: -seconds))"), ("to", "\(now)"), ("step", step)],
            as: Self.viewer)
        return Extent(answer.json["rows"]?.elements ?? [])
    }

    /// The same from the changes, instant by instant.
    private func truth(_ garage: Garage, seconds: Int64) throws -> Extent {
        let rows = try garage.database.readBlocking {
            try $0.query("SELECT at, spot, status FROM parking_change ORDER BY at, id")
        }
        let now = garage.clock.now().microseconds
        let from = now - seconds * 1_000_000
        var statuses: [String: String] = [:]
        var found = Extent([])
        var at: Int64 = .min
        func note(until next: Int64) {
            let length = min(next, now) - max(at, from)
            guard length > 0, statuses.values.contains(where: { $0 != "unknown" }) else { return }
            let occupied = Double(statuses.values.count { $0 == "occupied" })
            found.low = min(found.low, occupied)
            found.high = max(found.high, occupied)
            found.sum += occupied * Double(length) / 1e6
            found.seconds += Double(length) / 1e6
        }
        for row in rows {
            let next = try row.integer("at")
            if at != .min { note(until: next) }
            at = next
            statuses[try row.text("spot")] = try row.text("status")
        }
        note(until: now)
        return found
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func extremesOfALongerTimeHoldThoseOfAShorterOne(
        _ seed: UInt64
    ) async throws {
        var random = SeededRandom(seed)
        let garage = try await Garage()
        try await garage.addLot("P1", spots: 3)
        let steps: [Int64] = [20, 60, 200, 700, 4_000, 15_000]
        for round in 0..<60 {
            try garage.pass(seconds: steps.randomElement(using: &random) ?? 20)
            let spot = Int.random(in: 1...3, using: &random)
            try garage.report("P1-A\(spot)", of: "P1", occupied: Bool.random(using: &random))
            // Sensors that say it once more, so that it counts.
            try garage.pass(seconds: 3, [])
            guard round % 10 == 9 else { continue }
            var inner: Extent?
            for (seconds, step) in [(900, "1m"), (21_600, "15m"), (86_400, "1h"), (604_800, "6h")] as [(Int64, String)]
            {
                let (found, wanted) = (
                    try await extent(garage, seconds: seconds, step: step), try truth(garage, seconds: seconds)
                )
                #expect(found.low == wanted.low && found.high == wanted.high, "seed \(seed), \(seconds) s")
                #expect(abs(found.seconds - wanted.seconds) < 1, "seed \(seed), \(seconds) s")
                #expect(abs(found.sum - wanted.sum) <= 0.001 * max(1, wanted.seconds), "seed \(seed), \(seconds) s")
                if let inner, inner.seconds > 0 {
                    #expect(found.low <= inner.low && inner.high <= found.high, "seed \(seed), \(seconds) s")
                }
                inner = found
            }
        }
    }

    /// Of two changes of one instant the later one counts, also for what begins after them.
    @Test func theLastOfTwoChangesOfOneInstantIsWhatWas() async throws {
        let garage = try await Garage()
        try await garage.addLot("P1", spots: 1)
        let owner = Caller.driver("1", [.viewParking, .overrideParking])
        for isOccupied in [true, false] {
            try await garage.call(
                .post, "/api/lots/{id}/override", ["id": "P1"],
                body: #"{"spot_id":"P1-A1","occupied":\#(isOccupied)}"#, as: owner)
        }
        garage.clock.move(seconds: 3_600)
        let found = try await extent(garage, seconds: 1_800, step: "15m")
        #expect(found.low == 0 && found.high == 0 && found.seconds == 1_800)
        // An extreme lasts for some time: what was over at once was none.
        let whole = try await extent(garage, seconds: 3_600, step: "15m")
        #expect(whole.high == 0)
    }

    /// The time before a lot was there is no time in which it was empty.
    @Test func whatWasBeforeTheLotIsAGap() async throws {
        let garage = try await Garage()
        garage.clock.move(seconds: 3_600)
        try await garage.addLot("P1", spots: 2)
        for spot in ["P1-A1", "P1-A2"] { try garage.report(spot, of: "P1", occupied: true) }
        try garage.pass(seconds: 60)
        let answer = try await garage.call(
            .get, "/api/lots/{id}/history", ["id": "P1"],
            query: [("from", "2026-11-20T11:01:00Z"), ("to", "2026-11-21T11:01:00Z"), ("step", "1h")], as: Self.viewer)
        let rows = answer.json["rows"]?.elements ?? []
        #expect(rows.count == 24)
        for row in rows.dropLast() {
            for name in ["free", "occupied", "unknown", "occupied_mean", "occupied_min", "occupied_max"] {
                #expect(row[name] == .null)
            }
            #expect(row["known_seconds"]?.number == 0)
        }
        #expect(rows[23]["occupied"]?.number == 2 && rows[23]["occupied_min"]?.number == 2)
        #expect(rows[23]["known_seconds"]?.number == 60)
        // Nor does it make a forecast: there was no such week.
        let forecast = try await garage.call(.get, "/api/lots/{id}/forecast", ["id": "P1"], as: Self.viewer)
        #expect(forecast.json["basis"]?["weeks"]?.number == 0)
    }
}
