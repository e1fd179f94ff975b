import HubModel
import ICalendar
import SolutionKit
import Testing

@Suite struct SeriesTests {
    private func zones() throws -> CalendarZones {
        CalendarZones(clocks: LocalClocks(), floating: try #require(LocalClock("Europe/Berlin")))
    }

    /// The instances of a calendar's first series as `start/end`, in UTC.
    private func instances(_ lines: String..., limit: Int = 100) throws -> [String] {
        let text = (["BEGIN:VCALENDAR"] + lines + ["END:VCALENDAR"]).map { $0 + "\n" }.joined()
        let document = try #require(try read(Array(text.utf8)).first)
        #expect(document.refusals.isEmpty)
        var zones = CalendarZones(
            document.zones, clocks: LocalClocks(), floating: try #require(LocalClock("Europe/Berlin")))
        let series = try #require(CalendarSeries.group(document.events).first)
        let window = try instant("20260101T000000Z")..<instant("20280101T000000Z")
        return try series.instances(in: window, zones: &zones, limit: limit).map {
            "\(compact($0.start))/\(compact($0.end))" + ($0.event.summary.map { " " + $0 } ?? "")
        }
    }

    /// Section 3.8.5.3: DTEND gives the same exact length, DURATION the same nominal one.
    @Test func lengthsOverAChangeOfTheClock() throws {
        let head = ["BEGIN:VEVENT", "UID:1", "DTSTART;TZID=Europe/Berlin:20270326T120000", "RRULE:FREQ=DAILY;COUNT=2"]
        func instances(_ end: String) throws -> [String] {
            try self.instances(head[0], head[1], head[2], head[3], end, "END:VEVENT")
        }
        #expect(
            try instances("DTEND;TZID=Europe/Berlin:20270327T120000")
                == ["20270326T110000Z/20270327T110000Z", "20270327T110000Z/20270328T110000Z"])
        #expect(
            try instances("DURATION:P1D") == ["20270326T110000Z/20270327T110000Z", "20270327T110000Z/20270328T100000Z"])
        #expect(
            try instances("DURATION:PT24H") == [
                "20270326T110000Z/20270327T110000Z", "20270327T110000Z/20270328T110000Z",
            ])
        #expect(
            try instances("DURATION:P1DT1H")
                == ["20270326T110000Z/20270327T120000Z", "20270327T110000Z/20270328T110000Z"])
        #expect(
            try instances("SEQUENCE:1") == ["20270326T110000Z/20270326T110000Z", "20270327T110000Z/20270327T110000Z"])
    }

    @Test func daysAreOfTheReader() throws {
        #expect(
            try instances(
                "BEGIN:VEVENT", "UID:1", "DTSTART;VALUE=DATE:20270327", "RRULE:FREQ=DAILY;COUNT=2", "END:VEVENT")
                == ["20270326T230000Z/20270327T230000Z", "20270327T230000Z/20270328T220000Z"])
        #expect(
            try instances(
                "BEGIN:VEVENT", "UID:1", "DTSTART;VALUE=DATE:20270327", "DTEND;VALUE=DATE:20270329",
                "RDATE;VALUE=DATE:20270401", "EXDATE:20270327T000000", "END:VEVENT")
                == ["20270331T220000Z/20270402T220000Z"])
    }

    @Test func overridesExceptionsAndAdditions() throws {
        #expect(
            try instances(
                "BEGIN:VEVENT", "UID:1", "SUMMARY:a", "DTSTART;TZID=Europe/Berlin:20261201T090000", "DURATION:PT1H",
                "RRULE:FREQ=DAILY;COUNT=5",
                // By its instant, by its day, and by a time that is none of the series.
                "EXDATE:20261202T080000Z", "EXDATE;VALUE=DATE:20261203", "EXDATE:20261204T000000Z",
                // A date among times is at the master's time; one that the rule yields is no second instance.
                "RDATE;VALUE=DATE:20261210", "RDATE;TZID=Europe/Berlin:20261201T090000",
                "RDATE;VALUE=PERIOD:20261211T080000Z/20261211T083000Z", "END:VEVENT",
                // Moved, and then cancelled.
                "BEGIN:VEVENT", "UID:1", "SUMMARY:b", "RECURRENCE-ID:20261204T080000Z", "DTSTART:20261220T080000Z",
                "END:VEVENT",
                "BEGIN:VEVENT", "UID:1", "RECURRENCE-ID;TZID=Europe/Berlin:20261205T090000", "STATUS:CANCELLED",
                "DTSTART;TZID=Europe/Berlin:20261205T090000", "END:VEVENT")
                == [
                    "20261201T080000Z/20261201T090000Z a", "20261210T080000Z/20261210T090000Z a",
                    "20261211T080000Z/20261211T083000Z a", "20261220T080000Z/20261220T080000Z b",
                ])
    }

    @Test func anOverrideOfAnotherTimeIsMovedIntoAndOutOfTheWindow() throws {
        let zone = "DTSTART;TZID=Europe/Berlin"
        #expect(
            try instances(
                "BEGIN:VEVENT", "UID:1", "\(zone):20251201T090000", "RRULE:FREQ=MONTHLY;COUNT=3", "END:VEVENT",
                "BEGIN:VEVENT", "UID:1", "RECURRENCE-ID:20251201T080000Z", "\(zone):20260301T100000", "END:VEVENT",
                "BEGIN:VEVENT", "UID:1", "RECURRENCE-ID:20260101T080000Z", "\(zone):20251230T100000", "END:VEVENT")
                == ["20260201T080000Z/20260201T080000Z", "20260301T090000Z/20260301T090000Z"])
    }

    @Test func cancelledAndAlone() throws {
        #expect(
            try instances(
                "BEGIN:VEVENT", "UID:1", "DTSTART:20261201T080000Z", "RRULE:FREQ=DAILY;COUNT=3", "STATUS:CANCELLED",
                "END:VEVENT",
                "BEGIN:VEVENT", "UID:1", "RECURRENCE-ID:20261202T080000Z", "DTSTART:20261203T080000Z", "END:VEVENT")
                == [])
        #expect(
            try instances(
                "BEGIN:VEVENT", "UID:1", "RECURRENCE-ID:20261202T080000Z", "DTSTART:20261203T080000Z", "END:VEVENT")
                == ["20261203T080000Z/20261203T080000Z"])
    }

    /// UNTIL in UTC is an instant: in the hour that comes twice the walls alone would not tell.
    @Test func untilAnInstant() throws {
        func last(_ until: String) throws -> String? {
            try instances(
                "BEGIN:VEVENT", "UID:1", "DTSTART;TZID=Europe/Berlin:20271030T023000",
                "RRULE:FREQ=DAILY;UNTIL=\(until)",
                "END:VEVENT"
            ).last
        }
        #expect(try last("20271031T001000Z") == "20271030T003000Z/20271030T003000Z")
        #expect(try last("20271031T003000Z") == "20271031T003000Z/20271031T003000Z")
        #expect(try last("20271031T011000Z") == "20271031T003000Z/20271031T003000Z")
        #expect(try last("20271101T013000Z") == "20271101T013000Z/20271101T013000Z")
    }

    /// RFC 5546, section 2.1.5.
    @Test func theNewestVersionCounts() throws {
        func version(_ sequence: Int, _ stamp: Int64, _ summary: String, id: Int64? = nil) -> CalendarEvent {
            var event = CalendarEvent(uid: "1", start: .instant(Timestamp(seconds: 0)))
            event.sequence = sequence
            event.stamp = Timestamp(seconds: stamp)
            event.summary = summary
            event.recurrenceID = id.map { .instant(Timestamp(seconds: $0)) }
            return event
        }
        let events = [
            version(2, 5, "old"), version(2, 9, "new"), version(1, 20, "older"), version(0, 1, "x", id: 7),
            version(0, 1, "y", id: 7), version(0, 0, "z", id: 7),
        ]
        let series = CalendarSeries.group(events)
        #expect(series.count == 1)
        #expect(series.first?.master?.summary == "new")
        #expect(series.first?.overrides.map(\.summary) == ["y"])
    }

    @Test func limits() throws {
        var event = CalendarEvent(uid: "1", start: .zoned(try wall("20260101T000000"), zone: "Europe/Berlin"))
        event.rule = try RecurrenceRule("FREQ=SECONDLY")
        let series = CalendarSeries(uid: "1", master: event)
        var zones = try zones()
        let decade = try instant("20251231T000000Z")..<instant("20360101T000000Z")
        #expect(throws: RecurrenceFailure.tooMany(limit: 500)) {
            try series.instances(in: decade, zones: &zones, limit: 500)
        }
        event.rule = try RecurrenceRule("FREQ=YEARLY;COUNT=3")
        let few = CalendarSeries(uid: "1", master: event)
        #expect(few.isFinite && !series.isFinite)
        #expect(try few.instances(in: decade, zones: &zones, limit: 3).count == 3)
        #expect(throws: RecurrenceFailure.tooMany(limit: 2)) { try few.instances(in: decade, zones: &zones, limit: 2) }
    }
}
