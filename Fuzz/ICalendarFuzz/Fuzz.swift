import HubModel
import ICalendar

/// One run of libFuzzer. The first byte chooses the limits, the second the size of chunks; the rest is the stream.
///
/// Whatever comes, the reader must not trap, how the stream is cut must change nothing, and what is kept must be within the limits. The
/// instances of what was read are bounded, and what is written of it must be read as the same events.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer promises `count` readable bytes at `start` for the time of this call; they are copied at once.
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard input.count > 2 else { return 0 }
    let isStrict = input[0] & 1 != 0
    let limits =
        isStrict
        ? CalendarLimits(
            bytes: 1_000, events: 4, lineBytes: 60, properties: 6, textBytes: 30, dates: 4, zones: 2, calendars: 2)
        : CalendarLimits()
    let stream = input[2...]
    let whole = Outcome(of: stream, inChunksOf: max(1, stream.count), limits)
    precondition(whole == Outcome(of: stream, inChunksOf: Int(input[1]) % 48 + 1, limits), "the chunks matter")
    precondition(whole.documents.count <= limits.calendars, "too many calendars")
    var events = 0
    for document in whole.documents {
        events += document.events.count + document.refusals.count
        precondition(document.events.allSatisfy { isWithin(limits, $0) }, "beyond a limit")
        precondition(document.zones.count <= limits.zones, "too many zones")
        expand(document)
        writeAgain(document)
    }
    precondition(events <= limits.events, "too many events")
    return 0
}

/// A few names that are known; what they mean does not matter here.
private struct Clocks: ZoneClocks {
    func clock(named name: String) -> (any ZoneClock)? {
        ["UTC", "Europe/Berlin", "Asia/Tokyo"].contains(name) ? UTCClock() : nil
    }
}

private struct Outcome: Equatable {
    var documents: [CalendarDocument] = []
    var failure: CalendarFailure?

    init(of stream: ArraySlice<UInt8>, inChunksOf size: Int, _ limits: CalendarLimits) {
        var reader = CalendarReader(clocks: Clocks(), limits: limits, keepsExtensions: true)
        var rest = stream
        do throws(CalendarFailure) {
            while !rest.isEmpty {
                try reader.take(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            documents = try reader.finish()
        } catch {
            failure = error
        }
    }
}

private func isWithin(_ limits: CalendarLimits, _ event: CalendarEvent) -> Bool {
    // A byte that is no UTF-8 becomes a character of three.
    let texts = [event.uid, event.summary, event.location, event.description, event.url].compactMap { $0 }
    return texts.allSatisfy { $0.utf8.count <= 3 * limits.textBytes }
        && event.additions.count + event.exceptions.count <= limits.dates
        && event.extensions.count + event.attendees.count <= limits.properties
}

private func expand(_ document: CalendarDocument) {
    let window = Timestamp(seconds: 1_790_000_000)..<Timestamp(seconds: 1_800_000_000)
    var zones = CalendarZones(document.zones, clocks: Clocks(), floating: UTCClock())
    for series in CalendarSeries.group(document.events) {
        guard let instances = try? series.instances(in: window, zones: &zones, limit: 50) else { continue }
        precondition(instances.count <= 50, "too many instances")
        for instance in instances {
            precondition(instance.start <= instance.end && instance.start < window.upperBound, "beyond the window")
        }
    }
}

/// Without URIs: what cannot be in one is written otherwise than it was read.
private func withoutURIs(_ event: CalendarEvent) -> CalendarEvent {
    var event = event
    event.line = nil
    event.url = nil
    event.organizer?.address = ""
    for index in event.attendees.indices { event.attendees[index].address = "" }
    return event
}

private func writeAgain(_ document: CalendarDocument) {
    let events = document.events.map { event in
        var event = event
        // A feed has a DTSTAMP for each event.
        event.stamp = event.stamp ?? event.lastModified ?? Timestamp(seconds: 0)
        return event
    }
    let feed = CalendarFeed(productID: "fuzz", name: document.name ?? "", events: events)
    var zones = CalendarZones(document.zones, clocks: Clocks(), floating: UTCClock())
    guard let bytes = try? feed.bytes(zones: &zones) else { preconditionFailure("a zone that was known is not") }
    var limits = CalendarLimits()
    limits.zones = 1_000
    let again = Outcome(of: bytes[...], inChunksOf: 1_024, limits)
    guard let read = again.documents.first else { preconditionFailure("what was written is not read") }
    precondition(read.refusals.isEmpty, "an event that is refused")
    precondition(read.events.map(withoutURIs) == events.map(withoutURIs), "another event")
}
