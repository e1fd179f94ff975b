import HubModel
import ICalendar
import Testing

@Suite struct RuleTests {
    /// What section 3.3.10 of RFC 5545 forbids.
    @Test(
        arguments: [
            ("", .malformed("")),
            ("INTERVAL=2", .noFrequency),
            ("FREQ=FORTNIGHTLY", .badValue(.frequency, "FORTNIGHTLY")),
            ("FREQ=DAILY;FREQ=DAILY", .repeatedPart(.frequency)),
            ("FREQ=DAILY;;COUNT=1", .malformed("")),
            ("FREQ=DAILY;COUNT", .malformed("COUNT")),
            ("FREQ=DAILY;BYEASTER=1", .unknownPart("BYEASTER")),
            ("FREQ=DAILY;RSCALE=CHINESE", .otherCalendar("RSCALE")),
            ("FREQ=MONTHLY;SKIP=OMIT;BYMONTHDAY=31", .otherCalendar("SKIP")),
            ("FREQ=DAILY;COUNT=5;UNTIL=20270101", .countWithUntil),
            ("FREQ=DAILY;COUNT=0", .outOfRange(.count, 0)),
            ("FREQ=DAILY;COUNT=9999999999", .badValue(.count, "9999999999")),
            ("FREQ=DAILY;INTERVAL=0", .outOfRange(.interval, 0)),
            ("FREQ=DAILY;INTERVAL=-1", .outOfRange(.interval, -1)),
            ("FREQ=DAILY;INTERVAL=two", .badValue(.interval, "TWO")),
            ("FREQ=DAILY;UNTIL=2027-01-01", .badValue(.until, "2027-01-01")),
            ("FREQ=DAILY;UNTIL=20270229", .badValue(.until, "20270229")),
            ("FREQ=DAILY;BYSECOND=61", .outOfRange(.seconds, 61)),
            ("FREQ=DAILY;BYMINUTE=60", .outOfRange(.minutes, 60)),
            ("FREQ=DAILY;BYHOUR=24", .outOfRange(.hours, 24)),
            ("FREQ=DAILY;BYHOUR=9,9", .twice(.hours, "9")),
            ("FREQ=DAILY;BYHOUR=", .badValue(.hours, "")),
            ("FREQ=DAILY;BYHOUR=9,", .badValue(.hours, "")),
            ("FREQ=YEARLY;BYMONTH=0", .outOfRange(.months, 0)),
            ("FREQ=YEARLY;BYMONTH=13", .outOfRange(.months, 13)),
            ("FREQ=MONTHLY;BYMONTHDAY=0", .outOfRange(.monthDays, 0)),
            ("FREQ=MONTHLY;BYMONTHDAY=-32", .outOfRange(.monthDays, -32)),
            ("FREQ=YEARLY;BYYEARDAY=367", .outOfRange(.yearDays, 367)),
            ("FREQ=YEARLY;BYWEEKNO=54", .outOfRange(.weeks, 54)),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", .outOfRange(.positions, 0)),
            ("FREQ=MONTHLY;BYDAY=54MO", .outOfRange(.days, 54)),
            ("FREQ=MONTHLY;BYDAY=0MO", .outOfRange(.days, 0)),
            ("FREQ=WEEKLY;BYDAY=XX", .badValue(.days, "XX")),
            ("FREQ=WEEKLY;BYDAY=MO,TU,MO", .twice(.days, "MO")),
            ("FREQ=WEEKLY;BYDAY=1MO", .ordinalWith(.weekly)),
            ("FREQ=DAILY;BYDAY=-1FR", .ordinalWith(.daily)),
            ("FREQ=YEARLY;BYDAY=1MO;BYWEEKNO=20", .ordinalWithWeeks),
            ("FREQ=WEEKLY;BYMONTHDAY=1", .notWith(.monthDays, .weekly)),
            ("FREQ=DAILY;BYYEARDAY=1", .notWith(.yearDays, .daily)),
            ("FREQ=WEEKLY;BYYEARDAY=1", .notWith(.yearDays, .weekly)),
            ("FREQ=MONTHLY;BYYEARDAY=1", .notWith(.yearDays, .monthly)),
            ("FREQ=MONTHLY;BYWEEKNO=1", .notWith(.weeks, .monthly)),
            ("FREQ=MONTHLY;BYSETPOS=1", .positionsAlone),
            ("FREQ=WEEKLY;WKST=1", .badValue(.weekStart, "1")),
            (String(repeating: "X", count: 8_193), .tooLong(8_192)),
        ] as [(String, RecurrenceFailure)])
    func refused(_ text: String, _ failure: RecurrenceFailure) {
        #expect(throws: failure) { try RecurrenceRule(text) }
        #expect(failure.description.hasSuffix("."))
    }

    @Test func formsThatAreTheSame() throws {
        let rule = try RecurrenceRule("FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU")
        #expect(try RecurrenceRule("byday=1su,-1su;count=10;interval=2;freq=monthly") == rule)
        #expect(try RecurrenceRule("FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=+1SU,-1SU;") == rule)
        #expect(rule.description == "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU")
    }

    @Test func ends() throws {
        #expect(try RecurrenceRule("FREQ=DAILY").isFinite == false)
        let date = try RecurrenceRule("FREQ=DAILY;UNTIL=20261202")
        let start = try wall("20261130T090000")
        #expect(date.isFinite)
        #expect(try RecurrenceInstances(date, start: start).count(limit: 10) == 3)
        let exact = try RecurrenceRule("FREQ=DAILY;UNTIL=20261202T090000")
        #expect(try RecurrenceInstances(exact, start: start).count(limit: 10) == 3)
        let before = try RecurrenceRule("FREQ=DAILY;UNTIL=20261202T085959Z")
        #expect(try RecurrenceInstances(before, start: start).count(limit: 10) == 2)
        #expect(throws: RecurrenceFailure.endless) {
            try RecurrenceInstances(try RecurrenceRule("FREQ=DAILY"), start: start).count(limit: 10)
        }
    }

    /// What python-dateutil reads otherwise; see cases/generate/rules.py.
    @Test(arguments: [
        // The weekday of the start, in week 20.
        ("FREQ=YEARLY;BYWEEKNO=20", "20260101T090000", "20260514T090000,20270520T090000"),
        // The first day of the whole week.
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", "20261202T090000", "20261207T090000,20261214T090000"),
        // 2011-01-02 is in week 52 of 2010.
        ("FREQ=YEARLY;BYWEEKNO=52;BYDAY=SU", "20101201T090000", "20110102T090000,20120101T090000,20121230T090000"),
        // Days that are one or the other.
        ("FREQ=MONTHLY;BYDAY=FR,2MO", "20261201T090000", "20261204T090000,20261211T090000,20261214T090000"),
        // A leap second is second 59.
        ("FREQ=MINUTELY;BYSECOND=60,59", "20261201T090000", "20261201T090059,20261201T090159"),
        // 2027-01-01 is in the last of the 53 weeks of 2026.
        ("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR", "20261231T090000", "20270101T090000,20271231T090000"),
        ("FREQ=YEARLY;BYWEEKNO=-52;BYDAY=MO", "20261230T090000", "20270104T090000,20280103T090000"),
    ])
    func ownReadings(_ rule: String, _ start: String, _ expected: String) throws {
        let instances = RecurrenceInstances(try RecurrenceRule(rule), start: try wall(start), startCounts: false)
        let times = expected.split(separator: ",").map(String.init)
        #expect(try instances.first(times.count).map(compact) == times)
    }

    /// Each ends at once, whatever it takes to find that out.
    @Test(arguments: [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MINUTELY;INTERVAL=9999999;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=YEARLY;BYYEARDAY=1;BYMONTH=12", "FREQ=SECONDLY;INTERVAL=3600;BYMINUTE=1",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=3",
        "FREQ=MONTHLY;BYDAY=6MO", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2", "FREQ=SECONDLY;BYSECOND=1;BYSETPOS=2",
    ])
    func barren(_ rule: String) throws {
        let instances = RecurrenceInstances(
            try RecurrenceRule(rule), start: try wall("20260101T000000"), startCounts: false)
        let clock = ContinuousClock()
        let time = clock.measure { #expect(throws: RecurrenceFailure.barren) { try instances.first(1) } }
        #expect(time < .seconds(2))
    }

    @Test func farWindowsAreReachedAtOnce() throws {
        let instances = RecurrenceInstances(
            try RecurrenceRule("FREQ=SECONDLY;INTERVAL=7"), start: try wall("19700101T000000"))
        let window = try wall("99980101T000000")..<wall("99980101T000100")
        var times: [WallTime] = []
        let time = try ContinuousClock().measure { times = try instances.times(in: window, limit: 9) }
        #expect(times.count == 9 || times.count == 8)
        #expect(times.allSatisfy { $0.secondsSince1970 % 7 == 0 })
        #expect(time < .milliseconds(500))
    }

    @Test func manyInstancesAreRefused() throws {
        let start = try wall("20260101T000000")
        let tenYears = start..<(try wall("20360101T000000"))
        let each = RecurrenceInstances(try RecurrenceRule("FREQ=SECONDLY"), start: start)
        #expect(throws: RecurrenceFailure.tooMany(limit: 1_000)) { try each.times(in: tenYears, limit: 1_000) }
        let million = RecurrenceInstances(try RecurrenceRule("FREQ=MINUTELY;COUNT=1000000"), start: start)
        #expect(throws: RecurrenceFailure.tooMany(limit: 500)) { try million.count(limit: 500) }
        // COUNT has to be counted, and that is bounded as well.
        let counted = RecurrenceInstances(try RecurrenceRule("FREQ=SECONDLY;COUNT=999999999"), start: start)
        #expect(throws: RecurrenceFailure.tooMany(limit: 1_000_000)) {
            try counted.times(in: try wall("20350101T000000")..<tenYears.upperBound, limit: 10)
        }
    }

    @Test func theCalendarEndsWithTheYear9999() throws {
        let instances = RecurrenceInstances(try RecurrenceRule("FREQ=WEEKLY"), start: try wall("99991220T090000"))
        #expect(try instances.first(10).map(compact) == ["99991220T090000", "99991227T090000"])
    }

    @Test func writtenAndReadItIsTheSame() throws {
        var chance = Chance(state: 5_545)
        var made = 0
        while made < 5_000 {
            guard let rule = try? randomRule(&chance) else { continue }
            made += 1
            #expect(try RecurrenceRule(rule.description) == rule)
            #expect(try RecurrenceRule(rule.description.lowercased()) == rule)
        }
    }

    private func randomRule(_ chance: inout Chance) throws(RecurrenceFailure) -> RecurrenceRule {
        func list(_ range: ClosedRange<Int>) -> [Int] { chance.flip(0.3) ? chance.some(range, most: 5) : [] }
        let instant = Timestamp(seconds: Int64.random(in: 0...4_000_000_000, using: &chance))
        let date = UTCClock().wallTime(at: instant)
        let ends: [RecurrenceRule.End] = [
            .never, .count(Int.random(in: 1...1_000, using: &chance)), .untilDate(date.date), .untilWall(date),
            .untilInstant(instant),
        ]
        let days = chance.some(0...6, most: 4).map { day in
            RecurrenceRule.Day(
                Weekday.allCases[day], ordinal: chance.flip(0.3) ? chance.some(-53...53, most: 1)[0] : nil)
        }
        return try RecurrenceRule(
            RecurrenceRule.Frequency.allCases.randomElement(using: &chance) ?? .daily,
            interval: Int.random(in: 1...100, using: &chance), end: ends.randomElement(using: &chance) ?? .never,
            seconds: list(0...60), minutes: list(0...59), hours: list(0...23), days: chance.flip(0.4) ? days : [],
            monthDays: list(-31...31), yearDays: list(-366...366), weeks: list(-53...53), months: list(1...12),
            positions: list(-366...366), weekStart: Weekday.allCases.randomElement(using: &chance) ?? .monday)
    }
}
