import HubModel
import SolutionKit
import Testing

@Suite struct OccupancyForecastTests {
    private static let begin = Timestamp(iso8601: "2026-11-21T10:00:00Z") ?? Timestamp(seconds: 0)

    private func week(_ ago: Int, _ share: Double?) -> OccupancyForecast.WeekShares {
        OccupancyForecast.WeekShares(
            weeksAgo: ago, from: Self.begin.advanced(bySeconds: -604_800 * Int64(ago)),
            shares: Array(repeating: share, count: OccupancyForecast.quarters + 1))
    }

    @Test func newerWeeksCountForMore() throws {
        let forecast = OccupancyForecast(
            begin: Self.begin, resources: 100, before: nil, weeks: [week(1, 0.1), week(2, 0.5), week(3, 0.9)])
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
        let forecast = OccupancyForecast(
            begin: Self.begin, resources: 100, before: 0.1, weeks: [week(1, 0.5), week(2, 0.5)])
        #expect(forecast.difference == -40)
        let anHourOn = try #require(forecast.free[3])
        #expect(abs(anHourOn - 30) < 1e-9)
        let aDayOn = try #require(forecast.free[95])
        #expect(abs(aDayOn - 50) < 0.01)
        #expect(forecast.miss?.meanAbsolute == 0)
    }

    @Test func withoutHistoryThereIsNone() {
        for weeks in [[], [week(1, nil)]] {
            let forecast = OccupancyForecast(begin: Self.begin, resources: 100, before: 0.5, weeks: weeks)
            #expect(forecast.basis.isEmpty)
            #expect(forecast.free.isEmpty)
            #expect(forecast.miss == nil)
        }
        let one = OccupancyForecast(begin: Self.begin, resources: 10, before: nil, weeks: [week(1, 0.5)])
        #expect(one.free.first == 5)
        // Nothing is left with which it could be measured.
        #expect(one.miss == nil)
    }

    @Test func aWeekOfWhichLittleIsKnownDoesNotCount() {
        var holes = week(2, 0.9)
        for number in 0..<60 { holes.shares[number] = nil }
        let forecast = OccupancyForecast(begin: Self.begin, resources: 10, before: nil, weeks: [week(1, 0.5), holes])
        #expect(forecast.basis.map(\.weeksAgo) == [1])
    }

    @Test func usuallyFullIsTheWeightedMedian() {
        typealias Fullness = OccupancyForecast.Fullness
        let most = Fullness(day: 0, past: [(1, 518), (2, 500), (3, nil), (4, 600)])
        #expect(most.byMinute == 520)
        #expect(most.fullWeeks == 3)
        #expect(most.weeks == 4)
        // The newest week outweighs the two oldest, but not all.
        #expect(Fullness(day: 0, past: [(1, nil), (2, nil), (3, 500)]).byMinute == nil)
        #expect(Fullness(day: 0, past: []).byMinute == nil)
    }
}
