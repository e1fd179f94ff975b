import Foundation
import HubModel
import ICalendar
import SolutionKit
import Testing

@Suite struct FeedTests {
    private static func zones() -> CalendarZones { CalendarZones(clocks: LocalClocks(), floating: UTCClock()) }

    /// The feeds of cases/feeds by name.
    private static func feeds() throws -> [String: CalendarFeed] {
        ["bookings": try bookings(), "texts": try texts(), "zones": try manyZones()]
    }

    /// What a calendar of a place has: times that recur, exceptions, changes, days, states.
    private static func bookings() throws -> CalendarFeed {
        let stamp = try instant("20261130T112440Z")
        func event(_ uid: String, _ summary: String, _ start: CalendarTime, _ end: CalendarEvent.End) -> CalendarEvent {
            var event = CalendarEvent(uid: uid, start: start, end: end)
            event.summary = summary
            event.stamp = stamp
            event.status = .confirmed
            return event
        }
        func berlin(_ text: String) throws -> CalendarTime { .zoned(try wall(text), zone: "Europe/Berlin") }
        var weekly = event(
            "weekly@example.org", "Analysis I", try berlin("20261012T101500"), .time(try berlin("20261012T114500")))
        weekly.rule = try RecurrenceRule("FREQ=WEEKLY;UNTIL=20270208T091500Z;BYDAY=MO,WE")
        weekly.exceptions = [try berlin("20261221T101500"), try berlin("20261223T101500")]
        weekly.additions = [
            .init(try berlin("20270210T101500")),
            .init(try berlin("20270211T080000"), end: .duration(try #require(CalendarDuration("PT2H")))),
        ]
        weekly.sequence = 3
        weekly.location = "Hörsaal 3; Nordflügel"
        weekly.categories = ["Vorlesung", "Mathematik, 1. Semester"]
        weekly.organizer = CalendarPerson(address: "mailto:ada@example.org", name: "Lovelace, Ada")
        weekly.attendees = [
            CalendarPerson(
                address: "mailto:raum3@example.org", name: "Raum \"3\"", participation: "ACCEPTED",
                role: "NON-PARTICIPANT")
        ]
        weekly.lastModified = try instant("20261129T080000Z")
        var moved = event(
            "weekly@example.org", "Analysis I (verlegt)", try berlin("20261203T140000"),
            .time(try berlin("20261203T153000")))
        moved.recurrenceID = try berlin("20261202T101500")
        moved.status = .tentative
        var cancelled = event("weekly@example.org", "Analysis I", try berlin("20261207T101500"), .none)
        cancelled.recurrenceID = try berlin("20261207T101500")
        cancelled.status = .cancelled
        var day = event(
            "closed@example.org", "Geschlossen", .date(try wall("20261224T000000").date),
            .time(.date(try wall("20270102T000000").date)))
        day.isTransparent = true
        day.url = "https://example.org/closed?a=1&b=2"
        var exact = event("exact@example.org", "Prüfung", .instant(try instant("20270215T080000Z")), .duration(.day))
        exact.extensions = [
            CalendarProperty("X-EXAMPLE", parameters: [.init(name: "X-A", values: ["b;c", "d"])], value: "e")
        ]
        return CalendarFeed(
            productID: "-//Example//Calendars 1.0//EN", name: "Hörsaal 3",
            refresh: try #require(CalendarDuration("PT15M")),
            events: [weekly, moved, cancelled, day, exact])
    }

    /// Texts that try to be more than a text.
    private static func texts() throws -> CalendarFeed {
        let texts = [
            "a\r\nATTENDEE:mailto:eve@example.org", "a\nEND:VEVENT\nBEGIN:VEVENT", "a\rb", "a\u{0}b\u{7F}c\u{1B}d\te",
            "a;b,c\\d\\nE:\"f\"", String(repeating: "ä", count: 100), String(repeating: "🎓", count: 60),
            String(repeating: "x", count: 67), String(repeating: "x", count: 68), "\u{2028}\u{85}", "",
        ]
        let events = texts.enumerated().map { index, text in
            var event = CalendarEvent(uid: "text-\(index)", start: .instant(Timestamp(seconds: 1_800_000_000)))
            event.summary = text
            event.description = text
            event.location = text
            event.categories = text.isEmpty ? [] : [text, text]
            event.url = "https://example.org/\(text)"
            event.organizer = CalendarPerson(address: "mailto:\(text)", name: text)
            event.extensions = [
                CalendarProperty("X-A\r\nX-B", value: "c"), CalendarProperty("X-C", value: text),
                CalendarProperty(
                    "X-D", parameters: [.init(name: "E\nF", values: ["g"]), .init(name: "H", values: [text])],
                    value: "i"),
            ]
            return event
        }
        return CalendarFeed(productID: texts[0], name: texts[1], events: events)
    }

    /// Zones with rules, with dates, with both, and with neither.
    private static let zoneNames = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Australia/Sydney", "Asia/Kolkata",
        "Africa/Casablanca",
        "America/Santiago", "Asia/Beirut", "Asia/Jerusalem", "Europe/Istanbul", "Etc/UTC",
    ]

    private static func manyZones() throws -> CalendarFeed {
        let events = try zoneNames.map { name in
            CalendarEvent(uid: name, start: .zoned(try wall("20270301T090000"), zone: name))
        }
        return CalendarFeed(productID: "-//Example//Zones//EN", name: "Zones", events: events)
    }

    @Test(arguments: ["bookings", "texts", "zones"])
    func bytesAreAsBefore(_ name: String) throws {
        var zones = FeedTests.zones()
        let feed = try #require(try FeedTests.feeds()[name])
        let bytes = try feed.bytes(zones: &zones)
        if ProcessInfo.processInfo.environment["UPDATE_FEEDS"] != nil {
            let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "cases/feeds")
            try Data(bytes).write(to: folder.appending(path: "\(name).ics"))
        }
        #expect(bytes == (try CaseFiles.bytes("feeds/\(name).ics")))
        var others = FeedTests.zones()
        #expect(try feed.bytes(zones: &others) == bytes)
    }

    /// Every line has at most 75 octets, ends with CRLF and is UTF-8.
    @Test(arguments: ["bookings", "texts", "zones"])
    func lines(_ name: String) throws {
        let bytes = try CaseFiles.bytes("feeds/\(name).ics")
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        #expect(lines.last?.isEmpty == true)
        for line in lines.dropLast() {
            #expect(line.last == UInt8(ascii: "\r") && line.count <= 76)
            #expect(!line.dropLast().contains { $0 < 0x20 && $0 != 0x09 })
            #expect(String(validating: line, as: UTF8.self) != nil)
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        let feed = try FeedTests.bookings()
        var zones = FeedTests.zones()
        let document = try #require(try read(feed.bytes(zones: &zones), keepsExtensions: true).first)
        #expect(document.name == feed.name && document.method == "PUBLISH" && document.productID == feed.productID)
        #expect(document.refusals.isEmpty)
        let events = document.events.map { event in
            var event = event
            event.line = nil
            return event
        }
        #expect(events == feed.events)
    }

    /// A text stays a text: no event, no property and no person more than there were.
    @Test func textsStayTexts() throws {
        let feed = try FeedTests.texts()
        var zones = FeedTests.zones()
        let document = try #require(try read(feed.bytes(zones: &zones), keepsExtensions: true).first)
        #expect(document.refusals.isEmpty && document.events.count == feed.events.count)
        for (found, event) in zip(document.events, feed.events) {
            let text = (event.summary ?? "").replacing("\r\n", with: "\n").replacing("\r", with: "\n")
            let clean = String(
                decoding: text.utf8.filter { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x09 }, as: UTF8.self)
            #expect(found.summary == clean && found.description == clean && found.location == clean)
            #expect(found.attendees.isEmpty)
            #expect(found.extensions.map(\.name) == ["X-C", "X-D"])
            #expect(found.extensions.last?.parameters.map(\.name) == ["H"])
        }
    }

    /// VTIMEZONE alone, without the name, says the same as the database, every half hour.
    @Test(arguments: zoneNames)
    func writtenZonesAreTheSameClock(_ name: String) throws {
        struct NoClocks: ZoneClocks {
            func clock(named name: String) -> (any ZoneClock)? { nil }
        }
        var reader = CalendarReader(clocks: NoClocks())
        try reader.take(try CaseFiles.bytes("feeds/zones.ics"))
        let document = try #require(try reader.finish().first)
        guard case .rules(let rules) = document.zones[name] else {
            Issue.record("\(name) has no rules of its own")
            return
        }
        var clock = try #require(LocalClock(name))
        let begin = try instant("20270101T000000Z").wholeSeconds
        for half in 0..<Int64(17_520 * 4) {
            let instant = Timestamp(seconds: begin + half * 1_800)
            guard rules.wallTime(at: instant) != clock.wallTime(at: instant) else { continue }
            Issue.record("\(name) at \(instant)")
            return
        }
    }

    @Test func anUnknownZoneIsRefused() throws {
        var zones = FeedTests.zones()
        let event = CalendarEvent(uid: "1", start: .zoned(try wall("20270301T090000"), zone: "Nowhere"))
        let feed = CalendarFeed(productID: "a", name: "b", events: [event])
        #expect(throws: CalendarFeed.Failure.unknownZone("Nowhere")) { try feed.bytes(zones: &zones) }
    }
}
