import Foundation
import HubModel
import HubTesting
import SolutionKit
import Testing

@Suite struct WallTimeTests {
    private func instant(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }
    private func wall(_ text: String) throws -> WallTime { try #require(WallTime(iso8601: text)) }

    @Test(
        "A wall time that a change of the clock leaves out is reckoned from before the change",
        arguments: [
            ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"),
            ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
            // The example of RFC 5545: 02:30 is 03:30 EDT.
            ("America/New_York", "2007-03-11T02:30", "2007-03-11T07:00:00Z", "2007-03-11T07:30:00Z"),
            ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z", "2026-10-03T15:45:00Z"),
            // A whole day that the calendar left out.
            ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"),
        ])
    func leftOut(_ zone: String, _ text: String, _ jump: String, _ reckoned: String) throws {
        var clock = try #require(LocalClock(zone))
        let expected = try LocalClock.Occurrence.never(jump: instant(jump), reckoned: instant(reckoned))
        #expect(clock.occurrence(of: try wall(text)) == expected)
        #expect(clock.instant(of: try wall(text)) == (try instant(reckoned)))
    }

    @Test(
        "Of a wall time that comes twice the first is meant",
        arguments: [
            ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            // The example of RFC 5545: 01:30 is 01:30 EDT.
            ("America/New_York", "2007-11-04T01:30", "2007-11-04T05:30:00Z", "2007-11-04T06:30:00Z"),
            ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"),
        ])
    func twice(_ zone: String, _ text: String, _ earlier: String, _ later: String) throws {
        var clock = try #require(LocalClock(zone))
        let expected = try LocalClock.Occurrence.twice(earlier: instant(earlier), later: instant(later))
        #expect(clock.occurrence(of: try wall(text)) == expected)
        #expect(clock.instant(of: try wall(text)) == (try instant(earlier)))
    }

    @Test("A weekly appointment stays at its hour over both changes of the clock")
    func weekly() throws {
        var clock = try #require(LocalClock("Europe/Berlin"))
        var time = try wall("2026-01-05T09:00")
        for week in 0..<52 {
            let instant = clock.instant(of: time)
            let shown = clock.reading(at: instant)
            #expect(shown.minute == 540 && shown.weekday == Weekday.monday.rawValue, "week \(week)")
            time = try #require(time.on(time.date.advanced(byDays: 7)))
        }
    }

    @Test("A day has 23, 24 or 25 hours, and none where the calendar leaves it out")
    func days() throws {
        func hours(_ zone: String, _ date: String) throws -> Int64 {
            var clock = try #require(LocalClock(zone))
            let day = clock.day(try #require(CivilDate(iso8601: date)))
            return day.upperBound.microseconds(since: day.lowerBound) / 3_600_000_000
        }
        #expect(try hours("Europe/Berlin", "2026-03-29") == 23)
        #expect(try hours("Europe/Berlin", "2026-10-25") == 25)
        #expect(try hours("Europe/Berlin", "2026-11-21") == 24)
        #expect(try hours("Pacific/Apia", "2011-12-30") == 0)
        #expect(try hours("Pacific/Apia", "2011-12-31") == 24)
    }

    private static let zones = [
        "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca",
        "Asia/Beirut", "America/Havana", "Europe/Istanbul", "Asia/Pyongyang", "Asia/Kathmandu", "America/Caracas",
        "Antarctica/Troll", "America/Sao_Paulo", "Europe/Dublin", "Pacific/Apia", "Pacific/Kiritimati", "UTC",
    ]

    /// Whose calendars left out a day: of its week Foundation makes seven days all the same.
    private static let leftOutADay: Set<String> = ["Pacific/Apia", "Pacific/Kiritimati"]

    /// Of 1975 to 2037: half of them near changes of the clock.
    private func someWalls(_ zone: TimeZone, _ random: inout SeededRandom) throws -> [WallTime] {
        var seconds: [Int64] = []
        for _ in 0..<400 {
            let any = Int64.random(in: 157_766_400...2_145_916_800, using: &random)
            seconds.append(any)
            let date = Date(timeIntervalSince1970: Double(any))
            guard let change = zone.nextDaylightSavingTimeTransition(after: date) else { continue }
            let offset = Int64(zone.secondsFromGMT(for: change))
            seconds.append(
                Int64(change.timeIntervalSince1970) + offset + Int64.random(in: -10_800...10_800, using: &random))
        }
        return try seconds.map { local in
            let day = local.flooredQuotient(by: 86_400)
            return try #require(
                WallTime(CivilDate(daysSince1970: Int(day)), second: Int(local - day * 86_400) / 60 * 60))
        }
    }

    /// Every instant within a day and a half at which the zone shows the wall time, by trying all minutes.
    private func bruteForce(_ wall: WallTime, _ zone: TimeZone) -> [Timestamp] {
        let target = wall.secondsSince1970
        let offsets = Set(
            stride(from: target - 129_600, through: target + 129_600, by: 900).map { second in
                Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))))
            })
        return offsets.map { target - $0 }.filter { second in
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))) == target - second
        }.sorted().map(Timestamp.init(seconds:))
    }

    @Test("Wall times and instants agree with Foundation's zone and calendar", arguments: zones)
    func againstFoundation(_ name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        var random = SeededRandom(11)
        var clock = try #require(LocalClock(name))
        for wall in try someWalls(zone, &random) {
            let possible = bruteForce(wall, zone)
            let instant = clock.instant(of: wall)
            switch clock.occurrence(of: wall) {
            case .once(let only):
                #expect(possible == [only] && clock.wallTime(at: only) == wall)
                let parts = DateComponents(
                    year: wall.date.year, month: wall.date.month, day: wall.date.day, hour: wall.second / 3_600,
                    minute: wall.minute % 60, second: wall.second % 60)
                let theirs = try #require(calendar.date(from: parts))
                #expect(Int64(theirs.timeIntervalSince1970) == only.wholeSeconds, "\(wall)")
            case .twice(let earlier, let later):
                #expect(possible == [earlier, later] && instant == earlier, "\(wall)")
            case .never(let jump, let reckoned):
                #expect(possible.isEmpty && jump <= reckoned && instant == reckoned, "\(wall)")
                #expect(clock.wallTime(at: jump) > wall && clock.wallTime(at: jump.advanced(bySeconds: -1)) < wall)
                // Reckoned with the clock before the change.
                let before = jump.advanced(bySeconds: -1)
                let offset = clock.wallTime(at: before).secondsSince1970 - before.wholeSeconds
                #expect(reckoned.wholeSeconds + offset == wall.secondsSince1970, "\(wall)")
            }
        }
    }

    @Test(
        "Days and weeks begin when Foundation's calendar says so", arguments: zones.filter { !leftOutADay.contains($0) }
    )
    func beginnings(_ name: String) throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: name))
        var random = SeededRandom(12)
        var clock = try #require(LocalClock(name))
        for wall in try someWalls(calendar.timeZone, &random) {
            let instant = clock.instant(of: wall)
            let date = clock.date(at: instant)
            let moment = Date(timeIntervalSince1970: Double(instant.wholeSeconds))
            let day = try #require(calendar.dateInterval(of: .day, for: moment))
            #expect(clock.day(date).lowerBound.wholeSeconds == Int64(day.start.timeIntervalSince1970), "\(wall)")
            #expect(date.weekday.rawValue == (calendar.component(.weekday, from: moment) + 5) % 7)
            for first in [Weekday.monday, .sunday] {
                calendar.firstWeekday = first == .monday ? 2 : 1
                let week = try #require(calendar.dateInterval(of: .weekOfYear, for: moment))
                let ours = clock.week(of: date, from: first)
                #expect(ours.lowerBound.wholeSeconds == Int64(week.start.timeIntervalSince1970), "\(wall) \(first)")
                #expect(ours.upperBound.wholeSeconds == Int64(week.end.timeIntervalSince1970), "\(wall) \(first)")
            }
        }
    }
}
