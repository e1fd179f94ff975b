import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Forecasts out of history; as values in SolutionKitTests.
@Suite struct ForecastTests {
    /// Four weeks in which the lot fills up at 08:38 by the clock on the wall, across the end of summer time.
    @Test func outOfHistoryByTheLotsClock() async throws {
        // A Tuesday, 06:00 in Berlin; summer time ended on 25 October 2026.
        let now = try #require(Timestamp(iso8601: "2026-11-10T05:00:00Z"))
        let garage = try await Garage(at: now)
        try await garage.addLot("P1", spots: 4)
        try await garage.database.write { transaction in
            for ago in Int64(0)...4 {
                for day in Int64(0)...2 {
                    // Local midnight: UTC+2 until 25 October, UTC+1 after it.
                    let date = try #require(Timestamp(iso8601: "2026-11-09T00:00:00Z"))
                        .advanced(bySeconds: (day - ago * 7) * 86_400)
                    let isSummer = date < Timestamp(seconds: 1_792_890_000)
                    let midnight = date.advanced(bySeconds: isSummer ? -7_200 : -3_600)
                    for spot in 1...4 {
                        for (second, status) in [(0, "free"), (31_080, "occupied"), (64_800, "free")] {
                            let at = midnight.advanced(bySeconds: Int64(second))
                            guard at < now else { continue }
                            try transaction.execute(
                                """
                                INSERT INTO parking_change (spot, lot, at, status, source)
                                VALUES ($1, 'P1', $2, $3, 'sensor')
                                """, [.text("P1-A\(spot)"), .integer(at.microseconds), .text(status)])
                        }
                    }
                }
            }
        }
        let answer = try await garage.call(.get, "/api/lots/{id}/forecast", ["id": "P1"]).json
        #expect(answer["basis"]?["weeks"]?.number == 4)
        #expect(answer["error"]?["mean_absolute"]?.number == 0)
        let quarters = try #require(answer["quarters"]?.elements)
        #expect(quarters.count == 96)
        #expect(quarters[0]["at"]?.text == "2026-11-10T05:00:00.000000Z")
        #expect(quarters[0]["free"]?.number == 4)
        // 08:30 to 08:45: eight of fifteen minutes free.
        #expect(quarters[10]["free"]?.number == 2.1)
        #expect(quarters[11]["free"]?.number == 0)
        // 18:00
        #expect(quarters[47]["free"]?.number == 0)
        #expect(quarters[48]["free"]?.number == 4)
        let today = try #require(answer["usually_full"]?[0])
        #expect(today["date"]?.text == "2026-11-10")
        #expect(today["by"]?.text == "08:40")
        #expect(today["full_weeks"]?.number == 4)
    }

    @Test func withoutHistoryTheAnswerSaysSo() async throws {
        let garage = try await Garage()
        try await garage.addLot("P1", spots: 4)
        let answer = try await garage.call(.get, "/api/lots/{id}/forecast", ["id": "P1"]).json
        #expect(answer["basis"]?["weeks"]?.number == 0)
        #expect(answer["quarters"]?.elements.isEmpty == true)
        #expect(answer["error"] == .null)
        #expect(answer["usually_full"]?[0]?["by"] == .null)
    }

    /// What is unknown is no free spot, and does not make a lot fuller than it is either.
    @Test func theUnknownIsLeftOut() async throws {
        let garage = try await Garage()
        try await garage.addLot("P1", spots: 4)
        let start = Garage.start.advanced(bySeconds: -8 * 86_400)
        try await garage.database.write { transaction in
            for (spot, status) in [(1, "free"), (2, "occupied"), (3, "unknown"), (4, "out_of_service")] {
                try transaction.execute(
                    "INSERT INTO parking_change (spot, lot, at, status, source) VALUES ($1, 'P1', $2, $3, 'sensor')",
                    [.text("P1-A\(spot)"), .integer(start.microseconds), .text(status)])
            }
        }
        let answer = try await garage.call(.get, "/api/lots/{id}/forecast", ["id": "P1"]).json
        #expect(answer["basis"]?["weeks"]?.number == 1)
        #expect(answer["quarters"]?[50]?["free"]?.number == 2)
    }
}
