import HubModel
import HubTesting
import Parking
import SolutionKit
import Testing

/// What a lot took in and how it was used, by the days of its clock and the time in which it was observed.
@Suite struct UseTests {
    /// The last day of a range has as many hours as it has: 25 in autumn, 23 in spring.
    @Test(arguments: [
        ("2026-10-25", "2026-10-25T22:30:00Z", "2026-10-25T23:30:00Z"),
        ("2026-03-29", "2026-03-29T21:30:00Z", "2026-03-29T22:30:00Z"),
    ]) func aRangeEndsWithItsLastDay(_ day: String, _ last: String, _ next: String) async throws {
        let house = try await MoneyHouse(at: try #require(Timestamp(iso8601: "\(day)T10:00:00Z")))
        for (id, instant) in [("late", last), ("next", next)] {
            let wait = try #require(Timestamp(iso8601: instant)).microseconds(since: house.clock.now()) / 1_000_000
            house.clock.move(seconds: wait)
            try await house.pay(id, #""spot_id":"P1-1""#, minor: id == "late" ? 100 : 7)
        }
        let revenue = try await house.json("/api/lots/{id}/revenue", query: ["from": day, "to": day])
        #expect(revenue["total"]?["cash_minor"]?.number == 100)
        #expect(revenue["days"]?.elements.compactMap { $0["cash_minor"]?.number } == [100])
    }

    /// A rate for a day is of whole days in which the lot was there; one number is the same wherever it is shown.
    @Test func turnoverIsOfWholeObservedDays() async throws {
        // Noon in Berlin; two spots.
        let house = try await MoneyHouse(at: try #require(Timestamp(iso8601: "2026-11-16T11:00:00Z")), spots: 2)
        func report(_ query: [String: String] = [:]) async throws -> JSONTree {
            try await house.json("/api/lots/{id}/report", query: query)
        }
        try await house.stay(seconds: 3_600)
        let first = try await report(["from": "2026-11-10"])
        #expect(first["turnover"] == .null && first["turnover_days"]?.number == 0)
        #expect(first["cars_per_spot"]?.number == 0.5)
        // An hour of one of two spots, in an hour: the six days before count nowhere.
        #expect(first["occupancy_rate"]?.number == 0.5)
        #expect(first["hours"]?[3]?["occupancy_rate"] == .null)
        // Tuesday: three cars. Wednesday until noon: two.
        house.clock.move(seconds: 13 * 3_600)
        for _ in 0..<3 { try await house.stay(seconds: 1_800) }
        house.clock.move(seconds: 24 * 3_600)
        for _ in 0..<2 { try await house.stay(seconds: 1_800) }
        let since = try await report(["from": "2026-11-10"])
        #expect(since["turnover"]?.number == 1.5 && since["turnover_days"]?.number == 1)
        #expect(since["arrivals"]?.number == 6 && since["cars_per_spot"]?.number == 3)
        let today = try await report(["from": "2026-11-18"])
        #expect(today["turnover"] == .null && today["cars_per_spot"]?.number == 1)
        let stats = try await house.json("/api/stats/{id}", as: Caller(.open, grants: Grants(everywhere: .all)))
        #expect(stats["turnover"]?.number == 1)
        let draft = #"{"tariff":{"currency":"EUR","rules":[]},"from":"2026-11-10","to":"2026-11-18"}"#
        let replay = try JSONTree(
            try await house.call(.post, "/api/lots/{id}/tariffs/what-if", body: draft).body)
        for part in ["actual", "draft"] { #expect(replay["turnover"]?[part]?.number == 1.5) }
        #expect(replay["turnover"]?["days"]?.number == 1)
    }

    @Test func howTheLotWasUsed() async throws {
        // Midnight in Berlin; two spots.
        let house = try await MoneyHouse(at: try #require(Timestamp(iso8601: "2026-11-17T23:00:00Z")), spots: 2)
        house.clock.move(seconds: 8 * 3_600 + 600)  // 08:10
        try await house.stay("P1-1", seconds: 3_600)  // to 09:10
        try await house.arrive("P1-2")
        house.clock.move(seconds: 50 * 60)  // 10:00
        let report = try await house.json("/api/lots/{id}/report", query: ["from": "2026-11-18", "to": "2026-11-18"])
        #expect(report["arrivals"]?.number == 2)
        #expect(report["departures"]?.number == 1)
        #expect(report["mean_stay_seconds"]?.number == 3_600)
        // 110 minutes of 2 × 600.
        #expect(report["occupancy_rate"]?.number == 0.092)
        #expect(report["cars_per_spot"]?.number == 1)
        #expect(report["turnover"] == .null)
        let hours = report["hours"]?.elements ?? []
        #expect(hours[8]["occupancy_rate"]?.number == 0.417)
        #expect(hours[9]["occupancy_rate"]?.number == 0.5)
        #expect(hours[9]["arrivals"]?.number == 1)
        #expect(hours[10]["occupancy_rate"] == .null)
        #expect(report["peak_hours"]?.elements.compactMap(\.number) == [9])
        #expect(try await house.csv("/api/lots/{id}/report").count == 25)
        // A car that stays over days counts in each of them, also when it has gone.
        house.clock.move(seconds: 48 * 3_600)
        let path = "/api/lots/{id}/report"
        for _ in 0..<2 {
            let first = try await house.json(path, query: ["from": "2026-11-18", "to": "2026-11-18"])
            #expect(first["arrivals"]?.number == 2 && first["departures"]?.number == 1)
            // 60 minutes and 14:50 hours of twice 24 hours.
            #expect(first["occupancy_rate"]?.number == 0.33)
            #expect(first["turnover"]?.number == 1 && first["turnover_days"]?.number == 1)
            let next = try await house.json(path, query: ["from": "2026-11-19", "to": "2026-11-19"])
            #expect(next["arrivals"]?.number == 0 && next["departures"]?.number == 0)
            #expect(next["occupancy_rate"]?.number == 0.5)
            try await house.depart("P1-2")
        }
        // The future, and a lot in which nothing ever happened.
        let future = try await house.json("/api/lots/{id}/report", query: ["from": "2026-12-01", "to": "2026-12-02"])
        #expect(future["occupancy_rate"] == .null)
    }
}
