internal import Foundation
internal import HubModel

/// The wall clock of a time zone, for asking many instants that lie close to each other: the zone is looked up once for the time between two
/// of its changes.
struct LocalClock {
    private let zone: TimeZone
    private var valid: Range<Int64> = 0..<0
    private var offset: Int64 = 0

    /// - Parameter name: a name of the IANA time zone database, such as `Europe/Berlin`; nil for one that is not known.
    init?(_ name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    /// What the clock on the wall shows.
    struct Reading: Hashable {
        /// Days since 1970-01-01, by the calendar of the place.
        var day: Int64
        /// Minutes since midnight as the clock shows them, 0...1439.
        var minute: Int
        /// 0 for Monday to 6 for Sunday.
        var weekday: Int
    }

    /// The clock at an instant.
    mutating func reading(at instant: Timestamp) -> Reading {
        let seconds = local(instant)
        let day = seconds.flooredQuotient(by: 86_400)
        // 1970-01-01 was a Thursday.
        let weekday = Int((day + 3).flooredRemainder(by: 7))
        return Reading(day: day, minute: Int((seconds - day * 86_400) / 60), weekday: weekday)
    }

    /// The instant at which the calendar's next day begins.
    mutating func nextMidnight(after instant: Timestamp) -> Timestamp {
        let next = (reading(at: instant).day + 1) * 86_400
        return self.instant(ofLocal: next, near: instant)
    }

    /// The next instant after this one at which the clock shows a minute of the day. A minute that a change of the clock leaves out comes
    /// when the clock has jumped past it.
    mutating func next(_ minute: Int, after instant: Timestamp) -> Timestamp {
        let now = reading(at: instant)
        var day = now.day
        if minute <= now.minute { day += 1 }
        let found = self.instant(ofLocal: day * 86_400 + Int64(minute) * 60, near: instant)
        return found > instant ? found : self.instant(ofLocal: (day + 1) * 86_400 + Int64(minute) * 60, near: instant)
    }

    private mutating func instant(ofLocal seconds: Int64, near: Timestamp) -> Timestamp {
        // The offset before and the one at the place differ only around a change of the clock.
        _ = local(near)
        let first = Timestamp(seconds: seconds - offset)
        _ = local(first)
        let second = Timestamp(seconds: seconds - offset)
        _ = local(second)
        return Timestamp(seconds: seconds - offset)
    }

    private mutating func local(_ instant: Timestamp) -> Int64 {
        let seconds = instant.microseconds.flooredQuotient(by: 1_000_000)
        if !valid.contains(seconds) {
            let date = Date(timeIntervalSince1970: Double(seconds))
            offset = Int64(zone.secondsFromGMT(for: date))
            let next = zone.nextDaylightSavingTimeTransition(after: date)
            let end = next.map { Int64($0.timeIntervalSince1970) } ?? seconds + 86_400 * 366
            // Backwards nothing is promised: a clock that is asked for earlier instants looks again.
            valid = seconds..<max(end, seconds + 1)
        }
        return seconds + offset
    }
}

extension Int64 {
    func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
    }

    func flooredRemainder(by divisor: Int64) -> Int64 { self - flooredQuotient(by: divisor) * divisor }
}
