package import HubModel

/// Dates as HTTP writes them (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// An instant, to the second.
    package static func text(_ instant: Timestamp) -> String {
        let seconds = instant.microseconds / 1_000_000
        let days = Int(seconds / 86_400)
        // 2026-11-21T10:00:00.000000Z: every part stands at a fixed place.
        let iso = String(decoding: instant.iso8601, as: UTF8.self)
        func part(_ range: Range<Int>) -> Substring { iso.dropFirst(range.lowerBound).prefix(range.count) }
        let month = Int(part(5..<7)).map { months[($0 - 1) % 12] } ?? ""
        let weekday = weekdays[(days % 7 + 7) % 7]
        return "\(weekday), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) GMT"
    }
}
