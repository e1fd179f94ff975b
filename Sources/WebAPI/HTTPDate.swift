package import HubModel
internal import Synchronization

/// Dates as HTTP writes them (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// An instant, to the second.
    package static func text(_ instant: Timestamp) -> String {
        let second = second(of: instant)
        let days = floored(second, 86_400)
        let date = CivilDate(daysSince1970: Int(days))
        let time = Int(second - days * 86_400)
        // 1970-01-01 was a Thursday.
        let weekday = weekdays[Int(days - floored(days, 7) * 7)]
        let clock = [time / 3_600, time / 60 % 60, time % 60].map { padded($0, to: 2) }.joined(separator: ":")
        let day = "\(padded(date.day, to: 2)) \(months[date.month - 1]) \(padded(date.year, to: 4))"
        return "\(weekday), \(day) \(clock) GMT"
    }

    /// The second since 1970 in which an instant lies.
    static func second(of instant: Timestamp) -> Int64 { floored(instant.microseconds, 1_000_000) }

    /// Rounded towards the past, also before 1970.
    private static func floored(_ number: Int64, _ divisor: Int64) -> Int64 {
        number >= 0 ? number / divisor : (number + 1) / divisor - 1
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// The date of the present second, written once for all answers of that second.
package final class HTTPDates: Sendable {
    private let last = Mutex<(second: Int64, text: String)?>(nil)

    package init() {}

    /// What `HTTPDate.text` gives.
    package func text(_ now: Timestamp) -> String {
        let second = HTTPDate.second(of: now)
        return last.withLock { last in
            if let last, last.second == second { return last.text }
            let text = HTTPDate.text(now)
            last = (second, text)
            return text
        }
    }
}
