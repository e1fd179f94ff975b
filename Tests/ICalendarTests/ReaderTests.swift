import HubModel
import ICalendar
import SolutionKit
import Testing

@Suite struct ReaderTests {
    @Test(
        arguments: [
            ("", .notACalendar(line: 1)),
            ("<html>", .notACalendar(line: 1)),
            ("BEGIN:VCARD\nEND:VCARD\n", .notACalendar(line: 1)),
            ("\n\nEND:VCALENDAR\n", .notACalendar(line: 3)),
            ("BEGIN:VCALENDAR\nVERSION:2.0\n", .cutOff(line: 2)),
            ("BEGIN:VCALENDAR\nEND:VCALENDAR\nhello\n", .outsideCalendar(line: 3)),
            ("BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR\n", .wrongEnd(line: 2, of: "VEVENT")),
            ("BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VCALENDAR\n", .wrongEnd(line: 3, of: "VCALENDAR")),
            ("BEGIN:VCALENDAR\nCALSCALE:CHINESE\nEND:VCALENDAR\n", .otherScale(line: 2)),
            ("BEGIN:VCALENDAR\n" + String(repeating: "BEGIN:X\n", count: 8), .tooDeep(line: 9)),
        ] as [(String, CalendarFailure)])
    func refusedAsAWhole(_ text: String, _ failure: CalendarFailure) throws {
        for chunk in [1, 7, 1_000] {
            #expect(throws: failure) { try read(Array(text.utf8), chunk: chunk) }
        }
        #expect(failure.description.hasSuffix("."))
    }

    /// After a failure each further call fails with the same.
    @Test func aFailureStays() throws {
        var reader = CalendarReader(clocks: LocalClocks())
        #expect(throws: CalendarFailure.notACalendar(line: 1)) { try reader.take(Array("x:y\nBEGIN:VCALENDAR\n".utf8)) }
        #expect(throws: CalendarFailure.notACalendar(line: 1)) {
            try reader.take(Array("BEGIN:VCALENDAR\nEND:VCALENDAR\n".utf8))
        }
        #expect(throws: CalendarFailure.notACalendar(line: 1)) { try reader.finish() }
    }

    @Test func foldsAreTakenOutWhereverTheyAre() throws {
        let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUI\r\n D:1\r\nDTSTART:2026\r\n\t1201T080000Z\r\nSUMMARY:".utf8
        // In the middle of ä, of an escape and of 🎓.
        let summary: [UInt8] = [
            0xC3, 0x0D, 0x0A, 0x20, 0xA4, 0x5C, 0x0D, 0x0A, 0x20, 0x6E, 0xF0, 0x9F, 0x0A, 0x09, 0x8E, 0x93,
        ]
        let bytes = Array(text) + summary + Array("\r\nEND:VEVENT\r\nEND:VCALENDAR".utf8)
        for chunk in [1, 2, 3, 1_000] {
            #expect(try read(bytes, chunk: chunk).first?.events.first?.summary == "ä\n🎓")
        }
    }

    @Test func durations() throws {
        let cases: [(String, String?)] = [
            ("PT1H30M", "PT1H30M"), ("P1D", "P1D"), ("P2W", "P14D"), ("P15DT5H0M20S", "P15DT5H0M20S"),
            ("-PT15M", "-PT15M"),
            ("+P1D", "P1D"), ("P0D", "PT0S"), ("pt90m", "PT1H30M"), ("P", nil), ("PT", nil), ("P1H", nil), ("1D", nil),
            ("P1DT", nil), ("PT1H1H", nil), ("P1DT1HT1M", nil), ("P999999999D", nil), ("PT5", nil), ("P-1D", nil),
        ]
        for (text, expected) in cases {
            let duration = CalendarDuration(text)
            #expect(duration?.description == expected, "\(text)")
            if let duration { #expect(CalendarDuration(duration.description) == duration) }
        }
    }

    @Test func formsOfTimes() throws {
        func start(_ line: String) throws -> CalendarTime? { try read(calendar(line)).first?.events.first?.start }
        let time = try wall("20261201T080000")
        #expect(try start("DTSTART;VALUE=DATE-TIME:20261201T080000") == .floating(time))
        #expect(try start("DTSTART;VALUE=DATE:20261201") == .date(time.date))
        #expect(try start("DTSTART:20261201") == .date(time.date))
        #expect(try start("DTSTART;TZID=UTC:20261201T080000Z") == .instant(try instant("20261201T080000Z")))
        #expect(try start("dtstart;tzid=Europe/Berlin:20261201t080000") == .zoned(time, zone: "Europe/Berlin"))
        // A leap second is the second before it (section 3.3.12).
        #expect(try start("DTSTART:20261231T235960Z") == .instant(try instant("20261231T235959Z")))
        for bad in ["20261201T240000Z", "20261201T0800Z", "2026-12-01", "20261201T080000+0100", "", "20261301"] {
            #expect(try start("DTSTART:\(bad)") == nil, "\(bad)")
        }
    }

    private func reason(_ stream: [UInt8], _ limits: CalendarLimits) throws -> CalendarRefusal.Reason? {
        let document = try #require(try read(stream, limits: limits).first)
        #expect(document.events.isEmpty)
        return document.refusals.first?.reason
    }

    @Test func limitsOfAnEvent() throws {
        let start = "DTSTART:20261201T080000Z"
        let long = String(repeating: "x", count: 200)
        #expect(
            try reason(calendar(start, "SUMMARY:\(long)"), CalendarLimits(lineBytes: 100)) == .lineTooLong(limit: 100))
        #expect(
            try reason(calendar(start, "SUMMARY:\(long)"), CalendarLimits(textBytes: 100))
                == .textTooLong(property: "SUMMARY", limit: 100))
        #expect(
            try reason(calendar(start, "X-A:1", "X-A:2"), CalendarLimits(properties: 3)) == .tooManyProperties(limit: 3)
        )
        #expect(
            try reason(calendar(start, "EXDATE:20261201,20261202", "RDATE:20261203"), CalendarLimits(dates: 2))
                == .tooManyDates(limit: 2))
        // A line that is not needed may be as long as it is; one that is just as long as it may be is read.
        let attached = calendar(start, "ATTACH:\(long)", "SUMMARY:" + String(repeating: "y", count: 92))
        #expect(try read(attached, limits: CalendarLimits(lineBytes: 100)).first?.events.first?.summary?.count == 92)
    }

    @Test func limitsOfAStream() throws {
        let stream = calendar("DTSTART:20261201T080000Z")
        #expect(try read(stream, limits: CalendarLimits(bytes: stream.count)).count == 1)
        for chunk in [1, 10, 1_000] {
            #expect(throws: CalendarFailure.tooManyBytes(limit: stream.count - 1)) {
                try read(stream, limits: CalendarLimits(bytes: stream.count - 1), chunk: chunk)
            }
        }
        let events = String(repeating: "BEGIN:VEVENT\nEND:VEVENT\n", count: 3)
        let three = Array("BEGIN:VCALENDAR\n\(events)END:VCALENDAR\n".utf8)
        #expect(try read(three, limits: CalendarLimits(events: 3)).first?.refusals.count == 3)
        #expect(throws: CalendarFailure.tooManyEvents(line: 6, limit: 2)) {
            try read(three, limits: CalendarLimits(events: 2))
        }
        let zones = Array("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nEND:VTIMEZONE\nBEGIN:VTIMEZONE\n".utf8)
        #expect(throws: CalendarFailure.tooManyZones(line: 4, limit: 1)) {
            try read(zones, limits: CalendarLimits(zones: 1))
        }
        #expect(throws: CalendarFailure.tooManyCalendars(line: 6, limit: 1)) {
            try read(
                stream.prefix(17) + Array("END:VCALENDAR\n\n\n\nBEGIN:VCALENDAR\n".utf8),
                limits: CalendarLimits(calendars: 1))
        }
    }

    /// A calendar of many names for zones is not asked for all of them.
    @Test func zonesThatAreNamedAreBounded() throws {
        let events = (0..<10).map {
            "BEGIN:VEVENT\nUID:\($0)\nDTSTART;TZID=Etc/GMT+\($0):20261201T080000\nEND:VEVENT\n"
        }
        let stream = Array(("BEGIN:VCALENDAR\n" + events.joined() + "END:VCALENDAR\n").utf8)
        let document = try #require(try read(stream, limits: CalendarLimits(zones: 4)).first)
        #expect(document.events.count == 4 && document.refusals.count == 6 && document.zones.count == 4)
    }

    @Test func aLargeCalendarIsReadWhole() throws {
        let event = """
            BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Berlin:20261015T161500\r\nDTEND;TZID=Europe/Berlin:20261015T174500\r
            RRULE:FREQ=WEEKLY;WKST=MO;COUNT=10;BYDAY=TH\r\nEXDATE;TZID=Europe/Berlin:20261029T161500\r
            DTSTAMP:20261130T112440Z\r\nSEQUENCE:1\r\nSTATUS:CONFIRMED\r\nSUMMARY:Seminar\\, Gruppe\r\nLOCATION:Raum 12\r\nUID:
            """
        let stream =
            "BEGIN:VCALENDAR\r\n" + (0..<17_000).map { event + "\($0)\r\nEND:VEVENT\r\n" }.joined()
            + "END:VCALENDAR\r\n"
        #expect(stream.utf8.count > 5_000_000)
        let document = try #require(try read(Array(stream.utf8), chunk: 65_536).first)
        #expect(document.events.count == 17_000 && document.refusals.isEmpty)
        #expect(CalendarSeries.group(document.events).count == 17_000)
    }
}
