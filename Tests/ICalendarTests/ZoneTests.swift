import HubModel
import ICalendar
import SolutionKit
import Testing

@Suite struct ZoneTests {
    private static func rules(_ spring: String, _ autumn: String, offset: Int) throws -> ZoneRules {
        let winter = ZoneRules.Observance(
            start: try wall("19701025T030000"), offsetBefore: offset + 3_600, offset: offset,
            rule: try RecurrenceRule(autumn))
        let summer = ZoneRules.Observance(
            start: try wall("19700329T020000"), offsetBefore: offset, offset: offset + 3_600,
            rule: try RecurrenceRule(spring))
        return try #require(ZoneRules([winter, summer]))
    }

    private static func berlin() throws -> ZoneRules {
        try rules("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", offset: 3_600)
    }

    /// The rules of the EU, which hold in Berlin since 1996, against the database.
    @Test func rulesAreAClock() throws {
        let rules = try ZoneTests.berlin()
        var clock = try #require(LocalClock("Europe/Berlin"))
        for hour in Int64(228_000)..<Int64(230_000) + 17_520 {
            let instant = Timestamp(seconds: hour * 3_600 + 1_800)
            #expect(rules.wallTime(at: instant) == clock.wallTime(at: instant))
        }
        for quarter in 0..<35_040 {
            let time = WallTime(nearest: 1_798_761_600 + Int64(quarter) * 900)
            #expect(rules.instant(of: time) == clock.instant(of: time), "\(time)")
        }
        var instant = try ICalendarTests.instant("20260101T000000Z")
        for _ in 0..<20 {
            let next = rules.nextChange(after: instant)
            #expect(next == clock.nextChange(after: instant))
            instant = next
        }
    }

    /// Section 3.3.5: what is left out has the offset from before, what comes twice is the first.
    @Test func bothChanges() throws {
        let rules = try ZoneTests.berlin()
        #expect(compact(rules.instant(of: try wall("20270328T023000"))) == "20270328T013000Z")
        #expect(compact(rules.instant(of: try wall("20270328T020000"))) == "20270328T010000Z")
        #expect(compact(rules.instant(of: try wall("20270328T030000"))) == "20270328T010000Z")
        #expect(compact(rules.instant(of: try wall("20271031T023000"))) == "20271031T003000Z")
        #expect(compact(rules.instant(of: try wall("20271031T030000"))) == "20271031T020000Z")
        #expect(compact(rules.wallTime(at: try instant("20271031T013000Z"))) == "20271031T023000")
    }

    @Test func beforeTheFirstAndBehindTheLastChange() throws {
        let once = ZoneRules.Observance(start: try wall("20200101T000000"), offsetBefore: 3_600, offset: 7_200)
        let rules = try #require(ZoneRules([once]))
        #expect(compact(rules.wallTime(at: try instant("19000101T000000Z"))) == "19000101T010000")
        #expect(compact(rules.wallTime(at: try instant("29000101T000000Z"))) == "29000101T020000")
        #expect(compact(rules.instant(of: try wall("20200101T003000"))) == "20191231T233000Z")
        #expect(rules.nextChange(after: try instant("20260101T000000Z")) > (try instant("20261201T000000Z")))
    }

    /// An end in UTC is one of the observance's own instants.
    @Test func rulesThatEnd() throws {
        let rule = try RecurrenceRule("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20270328T010000Z")
        let summer = ZoneRules.Observance(
            start: try wall("20250330T020000"), offsetBefore: 3_600, offset: 7_200, rule: rule,
            dates: [try wall("20300601T000000")])
        let rules = try #require(ZoneRules([summer]))
        var changes: [String] = []
        var instant = try ICalendarTests.instant("20240101T000000Z")
        for _ in 0..<4 {
            instant = rules.nextChange(after: instant)
            changes.append(compact(instant))
        }
        #expect(changes == ["20250330T010000Z", "20260329T010000Z", "20270328T010000Z", "20300531T230000Z"])
    }

    @Test func noRulesAndEndlessOnesAreNoClock() throws {
        #expect(ZoneRules([]) == nil)
        let often = ZoneRules.Observance(
            start: try wall("20200101T000000"), offsetBefore: 0, offset: 3_600, rule: try RecurrenceRule("FREQ=DAILY"))
        #expect(ZoneRules([often]) == nil)
        let never = ZoneRules.Observance(
            start: try wall("20200101T000000"), offsetBefore: 0, offset: 3_600,
            rule: try RecurrenceRule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;INTERVAL=100"))
        #expect(ZoneRules([never]) != nil)
    }

    /// By name, by what Windows calls it, by prefix, by X-LIC-LOCATION, and else by its own rules.
    @Test(
        arguments: [
            ("Europe/Berlin", nil, "Europe/Berlin"),
            ("W. Europe Standard Time", nil, "Europe/Berlin"),
            ("Eastern Standard Time", nil, "America/New_York"),
            ("UTC", nil, "UTC"),
            ("/freeassociation.sourceforge.net/Europe/Berlin", nil, "Europe/Berlin"),
            ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", nil, "Europe/Berlin"),
            ("/citadel.org/20190914_1/America/Argentina/Buenos_Aires", nil, "America/Argentina/Buenos_Aires"),
            ("Something", "Asia/Tokyo", "Asia/Tokyo"),
            ("Something", "Tokyo Standard Time", "Asia/Tokyo"),
            ("Something", nil, nil),
            ("../Europe/Berlin/..", nil, nil),
        ] as [(String, String?, String?)])
    func names(_ identifier: String, _ location: String?, _ expected: String?) throws {
        let zone =
            ["BEGIN:VTIMEZONE", "TZID:\(identifier)"] + (location.map { ["X-LIC-LOCATION:\($0)"] } ?? [])
            + ["BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0530", "END:STANDARD"]
            + ["END:VTIMEZONE"]
        let stream = calendar("DTSTART;TZID=\"\(identifier)\":20261201T080000", before: zone)
        let found = try #require(try read(stream).first?.zones[identifier])
        if let expected {
            #expect(found == .named(expected))
        } else if case .rules(let rules) = found {
            #expect(compact(rules.instant(of: try wall("20261201T080000"))) == "20261201T023000Z")
        } else {
            Issue.record("\(found)")
        }
    }

    /// Each zone that Windows has is one that the system knows.
    @Test func windowsNamesAreKnown() throws {
        #expect(WindowsZones.names.count > 130)
        for (windows, name) in WindowsZones.names {
            #expect(LocalClock(name) != nil, "\(windows)")
            let document = try #require(try read(calendar("DTSTART;TZID=\(windows):20261201T080000")).first)
            #expect(document.events.count == 1 && document.refusals.isEmpty, "\(windows)")
        }
    }
}
