internal import HubModel

/// Writes the VTIMEZONE of a clock (RFC 5545, section 3.6.5): STANDARD and DAYLIGHT with a yearly rule where the changes of the clock keep to one,
/// and with their dates where they do not.
struct ZoneWriter {
    /// A change of the clock, on the clock as it is before.
    private struct Change: Equatable {
        var wall: WallTime
        var before: Int
        var after: Int
    }

    /// Changes that one component describes.
    private struct Observance {
        var changes: [Change]
        var rule: RecurrenceRule?
    }

    private let identifier: String
    private let observances: [Observance]

    /// The years for which zones are described; further ones are as the first or last of these.
    private static let years = 1_900...2_170
    /// Every weekday falls on every date within 28 years, so that a rule that holds for so long is the rule of the place.
    private static let yearsAhead = 28
    /// Fewer changes than these are written as dates.
    private static let fewest = 3

    init(_ identifier: String, clock: any ZoneClock, years: ClosedRange<Int>) {
        self.identifier = identifier
        var clock = clock
        // From the year before, so that the first event is behind a change.
        let years = years.clamped(to: ZoneWriter.years)
        let first = ZoneWriter.newYear(years.lowerBound - 1)
        let end = ZoneWriter.newYear(years.upperBound + 1 + ZoneWriter.yearsAhead)
        let initial = clock.secondsFromUTC(at: first)
        var changes: [Change] = []
        var instant = first
        while true {
            let before = clock.secondsFromUTC(at: instant)
            instant = clock.nextChange(after: instant)
            guard instant < end else { break }
            let after = clock.secondsFromUTC(at: instant)
            let wall = WallTime(nearest: instant.wholeSeconds + Int64(before))
            if after != before { changes.append(Change(wall: wall, before: before, after: after)) }
        }
        let begin = UTCClock().wallTime(at: first)
        var observances = ZoneWriter.observances(changes, until: years.upperBound + ZoneWriter.yearsAhead)
        if changes.first.map({ $0.wall.date.year >= years.lowerBound }) ?? true {
            let change = Change(wall: begin, before: initial, after: initial)
            observances.insert(Observance(changes: [change]), at: 0)
        }
        self.observances = observances
    }

    private static func newYear(_ year: Int) -> Timestamp {
        let date = CivilDate(year: year, month: 1, day: 1)
        return Timestamp(seconds: Int64(date?.daysSince1970 ?? 0) * 86_400)
    }

    /// Puts changes between the same two offsets together: those at the end that keep to a rule, and the others.
    private static func observances(_ changes: [Change], until lastYear: Int) -> [Observance] {
        var kinds: [[Change]] = []
        for change in changes {
            if let kind = kinds.firstIndex(where: { $0[0].before == change.before && $0[0].after == change.after }) {
                kinds[kind].append(change)
            } else {
                kinds.append([change])
            }
        }
        var observances: [Observance] = []
        for kind in kinds {
            let regular = regularCount(kind, until: lastYear)
            let dates = kind.dropLast(regular)
            if !dates.isEmpty { observances.append(Observance(changes: Array(dates))) }
            if regular > 0 {
                let changes = Array(kind.suffix(regular))
                observances.append(Observance(changes: changes, rule: rule(of: changes)))
            }
        }
        return observances.sorted { $0.changes[0].wall < $1.changes[0].wall }
    }

    /// How many of the last changes keep to a rule that still holds at the end; 0 if too few do.
    private static func regularCount(_ changes: [Change], until lastYear: Int) -> Int {
        guard changes.last?.wall.date.year == lastYear else { return 0 }
        var count = 0
        for length in 1...changes.count {
            let part = Array(changes.suffix(length))
            guard let rule = rule(of: part) else { break }
            let walk = RecurrenceInstances(rule, start: part[0].wall, startCounts: false)
            if (try? walk.first(length)) == part.map(\.wall) { count = length }
        }
        return count >= fewest ? count : 0
    }

    /// The yearly rule of changes on one weekday of a month, if there is one.
    private static func rule(of changes: [Change]) -> RecurrenceRule? {
        guard let first = changes.first?.wall else { return nil }
        let walls = changes.map(\.wall)
        let days = walls.map(\.date.day)
        let (low, high) = (days.min() ?? 0, days.max() ?? 0)
        let weekday = first.date.weekday
        let isAlike = walls.allSatisfy {
            $0.date.month == first.date.month && $0.date.weekday == weekday && $0.second == first.second
        }
        guard isAlike, high - low < 7 else { return nil }
        let isLast = walls.allSatisfy { CivilDate.days(inMonth: $0.date.month, of: $0.date.year) - $0.date.day < 7 }
        let month = first.date.month
        if isLast { return try? RecurrenceRule(.yearly, days: [.init(weekday, ordinal: -1)], months: [month]) }
        if (low - 1) / 7 == (high - 1) / 7 {
            return try? RecurrenceRule(.yearly, days: [.init(weekday, ordinal: (low - 1) / 7 + 1)], months: [month])
        }
        // Such as the first Sunday behind the first Saturday: one of seven dates that are no week of the month.
        let dates = Array(max(1, high - 6)...max(1, high - 6) + 6)
        return try? RecurrenceRule(.yearly, days: [.init(weekday)], monthDays: dates, months: [month])
    }

    func write(to writer: inout ContentWriter) {
        writer.line("BEGIN", [], "VTIMEZONE")
        writer.text("TZID", identifier)
        for observance in observances {
            let first = observance.changes[0]
            let component = first.after > first.before ? "DAYLIGHT" : "STANDARD"
            writer.line("BEGIN", [], component)
            writer.line("DTSTART", [], ICalendarText.text(first.wall))
            writer.line("TZOFFSETFROM", [], ZoneWriter.text(first.before))
            writer.line("TZOFFSETTO", [], ZoneWriter.text(first.after))
            if let rule = observance.rule {
                writer.line("RRULE", [], rule.description)
            } else {
                for change in observance.changes.dropFirst() {
                    writer.line("RDATE", [], ICalendarText.text(change.wall))
                }
            }
            writer.line("END", [], component)
        }
        writer.line("END", [], "VTIMEZONE")
    }

    /// `+0100`, `-022836` (section 3.3.14).
    private static func text(_ offset: Int) -> String {
        let size = Int(offset.magnitude)
        let parts = [size / 3_600, size / 60 % 60] + (size % 60 == 0 ? [] : [size % 60])
        let digits = parts.map { $0 < 10 ? "0\($0)" : String($0) }.joined()
        return (offset < 0 ? "-" : "+") + digits
    }
}
