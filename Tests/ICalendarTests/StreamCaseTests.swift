import HubModel
import ICalendar
import SolutionKit
import Testing

/// Whole files as programs write them, each with how it is to be read in the text beside it: cases/streams.
@Suite struct StreamCaseTests {
    static let names = ["outlook", "outlook-custom-zone", "google", "apple", "evolution", "refused"]

    @Test(arguments: names)
    func reading(_ name: String) throws {
        let found = Reading.text(try read(CaseFiles.bytes("streams/\(name).ics"), keepsExtensions: true))
        let expected = String(decoding: try CaseFiles.bytes("streams/\(name).txt"), as: UTF8.self)
        #expect(found == expected, "\(name):\n\(found)")
    }

    /// How a stream is cut changes nothing, also in the middle of a character, a line end or a fold.
    @Test(arguments: names)
    func chunks(_ name: String) throws {
        let bytes = try CaseFiles.bytes("streams/\(name).ics")
        let whole = try read(bytes, keepsExtensions: true)
        for chunk in [1, 2, 3, 5, 7, 64, 1_000] {
            #expect(try read(bytes, chunk: chunk, keepsExtensions: true) == whole)
        }
    }
}

/// A calendar as lines of text.
enum Reading {
    static func text(_ documents: [CalendarDocument]) -> String {
        documents.flatMap(lines).map { $0 + "\n" }.joined()
    }

    private static func lines(_ document: CalendarDocument) -> [String] {
        var lines = ["calendar"]
        func add(_ name: String, _ value: String?) {
            if let value { lines.append("  \(name) \(value.replacing("\n", with: "⏎"))") }
        }
        add("product", document.productID)
        add("method", document.method)
        add("name", document.name)
        add("zone", document.zone)
        if document.otherComponents > 0 { add("others", String(document.otherComponents)) }
        for (identifier, zone) in document.zones.sorted(by: { $0.key < $1.key }) {
            if case .named(let name) = zone {
                add("tzid", "\(identifier) = \(name)")
            } else {
                add("tzid", "\(identifier) = own")
            }
        }
        for event in document.events { lines += self.lines(event) }
        for series in CalendarSeries.group(document.events) { lines += instances(series, document) }
        for refusal in document.refusals {
            lines.append("refused line \(refusal.line) \(refusal.uid ?? "-"): \(refusal.reason)")
        }
        return lines
    }

    private static func lines(_ event: CalendarEvent) -> [String] {
        var lines = ["event \(event.uid) line \(event.line ?? 0)"]
        func add(_ name: String, _ value: String?) {
            if let value { lines.append("  \(name) \(value.replacing("\n", with: "⏎"))") }
        }
        add("start", text(event.start))
        switch event.end {
        case .none: break
        case .time(let time): add("end", text(time))
        case .duration(let duration): add("duration", duration.description)
        }
        add("id", event.recurrenceID.map(text))
        add("rule", event.rule?.description)
        for addition in event.additions {
            switch addition.end {
            case .time(let time): add("also", "\(text(addition.start)) to \(text(time))")
            case .duration(let duration): add("also", "\(text(addition.start)) for \(duration)")
            default: add("also", text(addition.start))
            }
        }
        for exception in event.exceptions { add("except", text(exception)) }
        if event.sequence > 0 { add("sequence", String(event.sequence)) }
        add("status", event.status?.rawValue)
        add("summary", event.summary)
        add("location", event.location)
        add("description", event.description)
        if !event.categories.isEmpty { add("categories", event.categories.joined(separator: " | ")) }
        add("organizer", event.organizer.map(text))
        for attendee in event.attendees { add("attendee", text(attendee)) }
        add("stamp", event.stamp.map(compact))
        add("modified", event.lastModified.map(compact))
        if event.isTransparent { add("transparent", "yes") }
        add("url", event.url)
        for property in event.extensions {
            let parameters = property.parameters.map { " \($0.name)=\($0.values.joined(separator: " | "))" }.joined()
            add("extension", "\(property.name)\(parameters) \(property.value)")
        }
        return lines
    }

    /// The first of the series, for a reader in Berlin.
    private static func instances(_ series: CalendarSeries, _ document: CalendarDocument) -> [String] {
        let berlin = LocalClock("Europe/Berlin") ?? .utc
        var zones = CalendarZones(document.zones, clocks: LocalClocks(), floating: berlin)
        let window = Timestamp(seconds: 1_780_000_000)..<Timestamp(seconds: 1_815_000_000)
        guard let instances = try? series.instances(in: window, zones: &zones, limit: 1_000) else {
            return ["  too many"]
        }
        return instances.prefix(8).map { instance in
            let moved = instance.original == instance.start ? "" : " instead of \(compact(instance.original))"
            return
                "instance \(compact(instance.start)) \(compact(instance.end))\(moved) \(instance.event.summary ?? "-")"
        }
    }

    private static func text(_ time: CalendarTime) -> String {
        switch time {
        case .date(let date): date.description
        case .floating(let wall): "\(compact(wall)) floating"
        case .instant(let instant): compact(instant)
        case .zoned(let wall, let zone): "\(compact(wall)) \(zone)"
        }
    }

    private static func text(_ person: CalendarPerson) -> String {
        [person.address, person.name, person.participation, person.role].map { $0 ?? "-" }.joined(separator: " | ")
    }
}
