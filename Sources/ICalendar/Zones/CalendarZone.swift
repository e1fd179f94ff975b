public import HubModel

/// What a TZID of a calendar means.
public enum CalendarZone: Hashable, Sendable {
    /// A zone of the IANA database.
    case named(String)
    /// A zone that the calendar defines itself.
    case rules(ZoneRules)
}

/// The clocks of a calendar's times: those of its own TZIDs, and of the IANA database for all others.
public struct CalendarZones: Sendable {
    private let zones: [String: CalendarZone]
    private let clocks: any ZoneClocks
    private var found: [String: any ZoneClock] = [:]
    /// The clock of the reader, by which days and floating times are meant.
    public var floating: any ZoneClock

    /// Clocks.
    /// - Parameter zones: what TZIDs mean: `CalendarDocument.zones`.
    public init(_ zones: [String: CalendarZone] = [:], clocks: any ZoneClocks, floating: any ZoneClock) {
        self.zones = zones
        self.clocks = clocks
        self.floating = floating
    }

    /// The clock of a TZID; nil for one that means nothing.
    public mutating func clock(of zone: String) -> (any ZoneClock)? {
        if let clock = found[zone] { return clock }
        let clock: (any ZoneClock)?
        switch zones[zone] {
        case .named(let name): clock = clocks.clock(named: name)
        case .rules(let rules): clock = rules
        case nil: clock = clocks.clock(named: zone)
        }
        found[zone] = clock
        return clock
    }

    /// The clock by which a time is meant; that of the reader for a TZID that means nothing.
    mutating func clock(for time: CalendarTime) -> any ZoneClock {
        switch time {
        case .date, .floating: floating
        case .instant: UTCClock()
        case .zoned(_, let zone): clock(of: zone) ?? floating
        }
    }

    /// The instant that a time means; of a day its first.
    public mutating func instant(of time: CalendarTime) -> Timestamp {
        if case .instant(let instant) = time { return instant }
        var clock = clock(for: time)
        return clock.instant(of: time.wallTime)
    }
}

/// What names of the IANA database a TZID may mean.
enum ZoneName {
    /// Names to try, the likeliest first: the TZID itself, what Windows calls so, what is left of it without a prefix such as
    /// `/freeassociation.sourceforge.net/`, and what the calendar says beside it in X-LIC-LOCATION.
    static func candidates(_ identifier: String, location: String?) -> [String] {
        var names: [String] = []
        for text in [identifier, location].compactMap({ $0 }) {
            let name = text.trimmed
            names.append(name)
            if let windows = WindowsZones.name(of: name) { names.append(windows) }
            let parts = name.split(separator: "/")
            // An IANA name has at most three parts.
            for count in [3, 2, 1] where parts.count > count || parts.count == count && name.hasPrefix("/") {
                names.append(parts.suffix(count).joined(separator: "/"))
            }
        }
        return names.filter(isPlausible)
    }

    /// Only what may be a name is asked for: on some systems it becomes a part of a path.
    private static func isPlausible(_ name: String) -> Bool {
        let isWord = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "_-+/".utf8.contains(byte)
            }
        }
        return isWord && (1...64).contains(name.utf8.count) && name.first?.isLetter == true && name.last != "/"
    }
}

extension String {
    /// Without spaces at its ends.
    fileprivate var trimmed: String {
        guard let first = firstIndex(where: { $0 != " " }), let last = lastIndex(where: { $0 != " " }) else {
            return ""
        }
        return String(self[first...last])
    }
}
