import HubModel
import HubTesting
import SolutionKit
import Testing

@Suite struct RecurrenceTests {
    private func instant(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

    private func calendar(_ when: Recurrence) throws -> CalendarRecurrence {
        guard case .calendar(let recurrence) = when else { throw Refusal(.internalFailure, "not of the calendar") }
        return recurrence
    }

    @Test(
        "A time that does not exist, and one that exists twice, has one run",
        arguments: [
            ("Europe/Berlin", "2026-03-28T12:00:00Z", 2, 30, ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]),
            ("Europe/Berlin", "2026-10-24T12:00:00Z", 2, 30, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
            // Between the two.
            ("Europe/Berlin", "2026-10-25T01:00:00Z", 2, 30, ["2026-10-26T01:30:00Z"]),
            ("Australia/Lord_Howe", "2026-10-03T12:00:00Z", 2, 5, ["2026-10-03T15:30:00Z", "2026-10-04T15:05:00Z"]),
            // A day without midnight, and one with two.
            ("Asia/Beirut", "2026-03-28T12:00:00Z", 0, 0, ["2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"]),
            ("America/Havana", "2026-11-01T03:00:00Z", 0, 0, ["2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"]),
        ])
    func changes(_ zone: String, _ from: String, _ hour: Int, _ minute: Int, _ expected: [String]) throws {
        var recurrence = try calendar(.daily(hour: hour, minute: minute, in: try #require(LocalClock(zone))))
        var instant = try instant(from)
        for text in expected {
            let next = recurrence.next(after: instant)
            instant = try #require(next)
            #expect(instant == Timestamp(iso8601: text))
        }
    }

    @Test("A weekly run comes on its days only")
    func weekly() throws {
        let berlin = try #require(LocalClock("Europe/Berlin"))
        var recurrence = try calendar(.weekly(on: [.monday, .thursday], hour: 6, minute: 15, in: berlin))
        var instant = try instant("2026-11-23T05:15:00Z")
        for text in ["2026-11-26T05:15:00Z", "2026-11-30T05:15:00Z", "2026-12-03T05:15:00Z"] {
            let next = recurrence.next(after: instant)
            instant = try #require(next)
            #expect(instant == Timestamp(iso8601: text))
        }
    }

    @Test("Where the calendar ends there is no next run")
    func end() throws {
        var recurrence = try calendar(.daily(hour: 1, minute: 0, in: .utc))
        let next = recurrence.next(after: try instant("9999-12-31T02:00:00Z"))
        #expect(next == nil)
    }

    /// The model walks through the minutes with the clock in its hand: a day has its run in the first minute at which its time has come.
    private func model(
        _ days: Set<Weekday>, _ minute: Int, _ clock: LocalClock, _ range: Range<Timestamp>
    ) -> [Timestamp] {
        var clock = clock
        var done: Set<Int64> = []
        var runs: [Timestamp] = []
        var last = clock.reading(at: range.lowerBound.advanced(bySeconds: -60)).day
        var instant = range.lowerBound
        while instant < range.upperBound {
            let shown = clock.reading(at: instant)
            var isDue = false
            // A day that the calendar leaves out has its run where it is left out.
            for day in min(last, shown.day)...shown.day where !done.contains(day) {
                let date = CivilDate(daysSince1970: Int(day))
                guard days.contains(date.weekday), day < shown.day || shown.minute >= minute else { continue }
                done.insert(day)
                isDue = true
            }
            if isDue { runs.append(instant) }
            last = max(last, shown.day)
            instant = instant.advanced(bySeconds: 60)
        }
        return runs
    }

    @Test(
        "The next run is that of a model that walks through all minutes",
        arguments: [
            ("Europe/Berlin", "2026-03-20T00:00:00Z"), ("Europe/Berlin", "2026-10-18T00:00:00Z"),
            ("Australia/Lord_Howe", "2026-09-27T00:00:00Z"), ("Australia/Lord_Howe", "2026-03-29T00:00:00Z"),
            ("America/Havana", "2026-10-26T00:00:00Z"), ("Asia/Beirut", "2026-03-22T00:00:00Z"),
            ("Antarctica/Troll", "2026-03-22T00:00:00Z"), ("Pacific/Apia", "2011-12-24T00:00:00Z"),
            ("America/St_Johns", "2006-10-22T00:00:00Z"), ("Asia/Kathmandu", "2026-01-01T00:00:00Z"),
        ])
    func againstTheModel(_ zone: String, _ from: String) throws {
        let clock = try #require(LocalClock(zone))
        let begin = try instant(from)
        let range = begin..<begin.advanced(bySeconds: 15 * 86_400)
        var random = SeededRandom(0x5C4E)
        for _ in 0..<24 {
            // Mostly in the hours in which clocks are changed.
            let minute =
                Bool.random(using: &random)
                ? Int.random(in: 0..<240, using: &random)
                : Int.random(in: 0..<1_440, using: &random)
            var days = Set(Weekday.allCases.filter { _ in Bool.random(using: &random) })
            if days.isEmpty { days = Set(Weekday.allCases) }
            // Both begin behind midnight of some day: what was before, neither knows.
            let expected = model(days, minute, clock, range)
            var recurrence = try calendar(
                .weekly(on: days, hour: minute / 60, minute: minute % 60, in: clock))
            let settled = begin.advanced(bySeconds: 2 * 86_400)
            var found: [Timestamp] = []
            var instant = settled
            while let next = recurrence.next(after: instant), next < range.upperBound {
                found.append(next)
                instant = next
            }
            #expect(found == expected.filter { $0 > settled }, "\(days) at \(minute) in \(zone)")
        }
    }
}
