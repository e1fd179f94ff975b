import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// Forecasts as values, and out of history.
@Suite struct ForecastTests {
    private static let begin = Garage.start

    private func week(_ ago: Int, _ share: Double?) -> Forecast.WeekShares {
        Forecast.WeekShares(
            weeksAgo: ago, from: Self.begin.advanced(bySeconds: -604_800 * Int64(ago)),
            shares: Array(repeating: share, count: Forecast.quarters + 1))
    }

    @Test func newerWeeksCountForMore() throws {
        let forecast = Forecast(
            begin: Self.begin, spots: 100, before: nil, weeks: [week(1, 0.1), week(2, 0.5), week(3, 0.9)])
        #expect(forecast.basis.map(\.weeksAgo) == [1, 2, 3])
        let weights = forecast.basis.map(\.weight)
        #expect(abs(weights.reduce(0, +) - 1) < 1e-9)
        #expect(abs(weights[1] / weights[0] - 0.75) < 1e-9)
        // (0.1 + 0.75 · 0.5 + 0.5625 · 0.9) / 2.3125
        let free = try #require(forecast.free[0])
        #expect(abs(free - 42.432_432) < 1e-4)
        #expect(forecast.free.count == 96)
        // Last week was 0.1; the two before it said (0.75 · 0.5 + 0.5625 · 0.9) / 1.3125, moved by what last week's first quarter showed.
        let miss = try #require(forecast.miss)
        #expect(miss.quarters == 96)
        #expect(miss.meanAbsolute > 0 && miss.meanAbsolute < 57.15)
    }

    @Test func whatIsDifferentNowFades() throws {
        let forecast = Forecast(begin: Self.begin, spots: 100, before: 0.1, weeks: [week(1, 0.5), week(2, 0.5)])
        #expect(forecast.difference == -40)
        let anHourOn = try #require(forecast.free[3])
        #expect(abs(anHourOn - 30) < 1e-9)
        let aDayOn = try #require(forecast.free[95])
        #expect(abs(aDayOn - 50) < 0.01)
        #expect(forecast.miss?.meanAbsolute == 0)
    }

    @Test func withoutHistoryThereIsNone() {
        for weeks in [[], [week(1, nil)]] {
            let forecast = Forecast(begin: Self.begin, spots: 100, before: 0.5, weeks: weeks)
            #expect(forecast.basis.isEmpty)
            #expect(forecast.free.isEmpty)
            #expect(forecast.miss == nil)
        }
        let one = Forecast(begin: Self.begin, spots: 10, before: nil, weeks: [week(1, 0.5)])
        #expect(one.free.first == 5)
        // Nothing is left with which it could be measured.
        #expect(one.miss == nil)
    }

    @Test func aWeekOfWhichLittleIsKnownDoesNotCount() {
        var holes = week(2, 0.9)
        for number in 0..<60 { holes.shares[number] = nil }
        let forecast = Forecast(begin: Self.begin, spots: 10, before: nil, weeks: [week(1, 0.5), holes])
        #expect(forecast.basis.map(\.weeksAgo) == [1])
    }

    @Test func usuallyFullIsTheWeightedMedian() {
        typealias Fullness = Forecast.Fullness
        let most = Fullness(day: 0, past: [(1, 518), (2, 500), (3, nil), (4, 600)])
        #expect(most.byMinute == 520)
        #expect(most.fullWeeks == 3)
        #expect(most.weeks == 4)
        // The newest week outweighs the two oldest, but not all.
        #expect(Fullness(day: 0, past: [(1, nil), (2, nil), (3, 500)]).byMinute == nil)
        #expect(Fullness(day: 0, past: []).byMinute == nil)
    }

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
