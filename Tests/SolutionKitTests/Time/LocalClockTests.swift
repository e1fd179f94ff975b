import Foundation
import HubModel
import HubTesting
import SolutionKit
import Testing

@Suite struct LocalClockTests {
    private func instant(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

    @Test(arguments: [
        ("Europe/Berlin", "2026-03-29T00:59:59Z", 119), ("Europe/Berlin", "2026-03-29T01:00:00Z", 180),
        ("Europe/Berlin", "2026-10-25T00:59:59Z", 179), ("Europe/Berlin", "2026-10-25T01:00:00Z", 120),
        ("America/New_York", "2026-03-08T06:59:59Z", 119), ("America/New_York", "2026-03-08T07:00:00Z", 180),
        ("Australia/Lord_Howe", "2026-04-04T14:59:59Z", 119), ("Australia/Lord_Howe", "2026-04-04T15:00:00Z", 90),
        ("Australia/Lord_Howe", "2026-10-03T15:30:00Z", 150), ("Asia/Kathmandu", "2026-01-01T00:00:00Z", 345),
    ])
    func aroundChanges(_ zone: String, _ text: String, _ minute: Int) throws {
        var clock = try #require(LocalClock(zone))
        #expect(clock.reading(at: try instant(text)).minute == minute)
    }

    @Test(arguments: [
        // Left out: it comes when the clock jumps past it.
        ("Europe/Berlin", "2026-03-28T23:00:00Z", 150, "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-03-29T01:00:00Z", 150, "2026-03-30T00:30:00Z"),
        ("Europe/Berlin", "2026-03-28T23:00:00Z", 180, "2026-03-29T01:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T12:00:00Z", 125, "2026-10-03T15:30:00Z"),
        // Twice.
        ("Europe/Berlin", "2026-10-24T22:00:00Z", 150, "2026-10-25T00:30:00Z"),
        ("Europe/Berlin", "2026-10-25T00:30:00Z", 150, "2026-10-25T01:30:00Z"),
        ("Europe/Berlin", "2026-10-25T01:30:00Z", 150, "2026-10-26T01:30:00Z"),
        ("Europe/Berlin", "2026-10-25T00:30:00Z", 120, "2026-10-25T01:00:00Z"),
        // Now is not next.
        ("Europe/Berlin", "2026-06-01T10:00:00Z", 720, "2026-06-02T10:00:00Z"),
        ("Europe/Berlin", "2026-06-01T09:59:59.999999Z", 720, "2026-06-01T10:00:00Z"),
        ("Europe/Berlin", "2026-06-01T10:00:00.000001Z", 720, "2026-06-02T10:00:00Z"),
        // A day without midnight begins at one o'clock; one with two midnights begins twice.
        ("Asia/Beirut", "2026-03-28T12:00:00Z", 0, "2026-03-28T22:00:00Z"),
        ("America/Havana", "2026-11-01T03:00:00Z", 0, "2026-11-01T04:00:00Z"),
        ("America/Havana", "2026-11-01T04:00:00Z", 0, "2026-11-01T05:00:00Z"),
    ])
    func next(_ zone: String, _ from: String, _ minute: Int, _ expected: String) throws {
        var clock = try #require(LocalClock(zone))
        #expect(clock.next(minute, after: try instant(from)) == (try instant(expected)))
    }

    @Test func days() throws {
        var clock = try #require(LocalClock("Europe/Berlin"))
        let monday = clock.reading(at: try instant("2026-11-23T00:00:00+01:00"))
        #expect(monday.weekday == 0)
        #expect(monday.minute == 0)
        #expect(clock.reading(at: try instant("2026-11-22T23:59:59+01:00")).weekday == 6)
        #expect(clock.midnight(ofDay: monday.day) == (try instant("2026-11-23T00:00:00+01:00")))
        #expect(
            clock.nextMidnight(after: try instant("2026-03-29T00:00:00+01:00"))
                == (try instant("2026-03-30T00:00:00+02:00")))
        var kiritimati = try #require(LocalClock("Pacific/Kiritimati"))
        #expect(kiritimati.midnight(ofDay: 0) == (try instant("1970-01-01T00:00:00-10:40")))
        #expect(kiritimati.midnight(ofDay: monday.day) == (try instant("2026-11-23T00:00:00+14:00")))
        var beirut = try #require(LocalClock("Asia/Beirut"))
        let spring = beirut.reading(at: try instant("2026-03-29T12:00:00Z")).day
        #expect(beirut.midnight(ofDay: spring) == (try instant("2026-03-28T22:00:00Z")))
    }

    @Test func anUnknownZoneIsNone() {
        #expect(LocalClock("Europe/Atlantis") == nil)
        #expect(LocalClock("") == nil)
    }

    /// Against the zone itself, hour by hour for some years; also a zone that changed its clock without summer time, and one whose summer
    /// time is negative.
    @Test(arguments: [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Europe/Istanbul",
        "Asia/Pyongyang",
        "America/Caracas", "Antarctica/Troll", "America/Sao_Paulo", "Europe/Dublin",
    ])
    func hourByHour(_ name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        var clock = try #require(LocalClock(name))
        var wrong = 0
        // 2014 to 2026.
        for hour in Int64(385_700)..<Int64(499_000) {
            let seconds = hour * 3_600
            let local = seconds + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
            let reading = clock.reading(at: Timestamp(seconds: seconds))
            if reading.day * 1_440 + Int64(reading.minute) != local / 60 { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    /// Asking for instants in any order gives the same as a clock of its own for each.
    @Test func inAnyOrder() throws {
        var random = SeededRandom(7)
        var clock = try #require(LocalClock("Europe/Berlin"))
        for _ in 0..<500 {
            let instant = Timestamp(seconds: Int64.random(in: 1_700_000_000...1_800_000_000, using: &random))
            var fresh = try #require(LocalClock("Europe/Berlin"))
            #expect(clock.reading(at: instant) == fresh.reading(at: instant))
            #expect(clock.next(150, after: instant) == fresh.next(150, after: instant))
        }
    }
}
