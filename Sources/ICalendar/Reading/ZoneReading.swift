internal import HubModel

/// A VTIMEZONE that is being read.
struct ZoneReading {
    private(set) var identifier: String?
    private(set) var location: String?
    private var observances: [ZoneRules.Observance] = []
    private var observance: ObservanceReading?
    /// It cannot be followed; then only its name may help.
    private var isBroken = false

    /// The observances of a zone; a zone with more is not followed.
    private static let mostObservances = 100

    mutating func begin(_ component: String) {
        if component == "STANDARD" || component == "DAYLIGHT" { observance = ObservanceReading() }
    }

    mutating func end(_ component: String) {
        guard let reading = observance, component == "STANDARD" || component == "DAYLIGHT" else { return }
        observance = nil
        guard observances.count < ZoneReading.mostObservances, let whole = reading.finish() else {
            isBroken = true
            return
        }
        observances.append(whole)
    }

    mutating func take(_ line: ContentLine) {
        if observance != nil {
            observance?.take(line)
        } else if line.name == "TZID" {
            identifier = CalendarString.text(line.value)
        } else if line.name == "X-LIC-LOCATION" {
            location = CalendarString.text(line.value)
        }
    }

    /// What its rules say.
    func finish() -> ZoneRules? { isBroken ? nil : ZoneRules(observances) }
}

/// STANDARD or DAYLIGHT.
private struct ObservanceReading {
    private var start: WallTime?
    private var offsetBefore: Int?
    private var offset: Int?
    private var rule: RecurrenceRule?
    private var dates: [WallTime] = []
    private var isBroken = false

    private static let mostDates = 1_000

    mutating func take(_ line: ContentLine) {
        switch line.name {
        case "DTSTART": start = ObservanceReading.wall(line.value)
        case "TZOFFSETFROM": offsetBefore = ObservanceReading.offset(line.value)
        case "TZOFFSETTO": offset = ObservanceReading.offset(line.value)
        case "RRULE":
            rule = try? RecurrenceRule(String(decoding: line.value, as: UTF8.self))
            if rule == nil || line.isCut { isBroken = true }
        case "RDATE":
            for item in line.value.split(separator: UInt8(ascii: ",")) {
                guard let wall = ObservanceReading.wall(item), dates.count < ObservanceReading.mostDates, !line.isCut
                else {
                    isBroken = true
                    return
                }
                dates.append(wall)
            }
        default: break
        }
    }

    func finish() -> ZoneRules.Observance? {
        guard !isBroken, let start, let offsetBefore, let offset else { return nil }
        return ZoneRules.Observance(start: start, offsetBefore: offsetBefore, offset: offset, rule: rule, dates: dates)
    }

    private static func wall(_ value: ArraySlice<UInt8>) -> WallTime? {
        if case .wall(let wall) = ICalendarText.time(value) { wall } else { nil }
    }

    /// `+0100`, `-023000` (section 3.3.14), less than a day.
    private static func offset(_ value: ArraySlice<UInt8>) -> Int? {
        guard let sign = value.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            value.count == 5 || value.count == 7
        else { return nil }
        let digits = value.dropFirst()
        guard let hours = ICalendarText.number(digits.prefix(2)),
            let minutes = ICalendarText.number(digits.dropFirst(2).prefix(2)),
            let seconds = value.count == 7 ? ICalendarText.number(digits.suffix(2)) : 0,
            hours < 24, minutes < 60, seconds < 60
        else { return nil }
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3_600 + minutes * 60 + seconds)
    }
}
