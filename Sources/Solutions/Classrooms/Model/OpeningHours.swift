package import HubModel

/// When a classroom may be booked, by the clock on its wall: the same each week.
package struct OpeningHours: Hashable, Sendable {
    /// A part of a day, in minutes since midnight: 480..<1_200 is from 08:00 to 20:00. The end may be 1,440, which is midnight.
    package typealias Part = Range<Int>

    /// The parts of each day of the week, in order, none touching another. Nil: it is open all the time.
    package let days: [Weekday: [Part]]?

    /// Parts of one day.
    package static let mostParts = 4
    private static let minutesOfDay = 1_440
    private static let minutesOfWeek = 10_080

    /// Open all the time.
    package static let always = OpeningHours(days: nil)

    private init(days: [Weekday: [Part]]?) {
        self.days = days
    }

    /// Hours of the week; nil when a part is empty, or reaches beyond its day, or overlaps another, or a day has more than `mostParts`.
    package init?(_ days: [Weekday: [Part]]) {
        var sorted: [Weekday: [Part]] = [:]
        for (day, parts) in days where !parts.isEmpty {
            let parts = parts.sorted { $0.lowerBound < $1.lowerBound }
            guard parts.count <= OpeningHours.mostParts,
                parts.allSatisfy({ !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= OpeningHours.minutesOfDay }),
                zip(parts, parts.dropFirst()).allSatisfy({ $0.upperBound < $1.lowerBound })
            else { return nil }
            sorted[day] = parts
        }
        self.days = sorted
    }

    /// Whether it is open from one wall time to another, without a break. What ends at midnight ends on the day before.
    package func contain(from begin: WallTime, to end: WallTime) -> Bool {
        guard days != nil else { return true }
        let from = Int64(begin.date.daysSince1970) * Int64(OpeningHours.minutesOfDay) + Int64(begin.minute)
        let (minutes, rest) = Int64(end.secondsSince1970).quotientAndRemainder(dividingBy: 60)
        let length = minutes + (rest == 0 ? 0 : 1) - from
        guard length > 0, length <= Int64(OpeningHours.minutesOfWeek) else { return length <= 0 }
        var minute = begin.date.weekday.rawValue * OpeningHours.minutesOfDay + begin.minute
        var left = Int(length)
        while left > 0 {
            guard let open = openMinutes(from: minute), open > 0 else { return false }
            left -= open
            minute = (minute + open) % OpeningHours.minutesOfWeek
        }
        return true
    }

    /// For how many minutes of its day it stays open from a minute of the week on; nil: it is closed then.
    private func openMinutes(from minute: Int) -> Int? {
        let (day, minuteOfDay) = minute.quotientAndRemainder(dividingBy: OpeningHours.minutesOfDay)
        guard let weekday = Weekday(rawValue: day) else { return nil }
        return days?[weekday]?.first { $0.contains(minuteOfDay) }.map { $0.upperBound - minuteOfDay }
    }
}

// MARK: As text

extension OpeningHours {
    /// As it is kept: `always`, or the days in order with their parts, as `mon 480-720 780-1200;tue 480-1200`.
    package var text: String {
        guard let days else { return "always" }
        return Weekday.allCases.compactMap { day in
            guard let parts = days[day] else { return nil }
            return ([day.shortName] + parts.map { "\($0.lowerBound)-\($0.upperBound)" }).joined(separator: " ")
        }.joined(separator: ";")
    }

    /// The hours of a text; nil for one that means none.
    package init?(text: String) {
        if text == "always" {
            self = .always
            return
        }
        var days: [Weekday: [Part]] = [:]
        for group in text.split(separator: ";") {
            let words = group.split(separator: " ")
            guard let name = words.first, let day = Weekday(shortName: name), days[day] == nil else { return nil }
            days[day] = []
            for word in words.dropFirst() {
                let bounds = word.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
                guard bounds.count == 2, let lower = bounds[0], let upper = bounds[1], lower < upper else { return nil }
                days[day]?.append(lower..<upper)
            }
        }
        self.init(days)
    }
}

extension Weekday {
    private static let shortNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// The first three letters of its English name, in small letters.
    package var shortName: String { Weekday.shortNames[rawValue] }

    /// The day of a short name; nil for any other text.
    package init?(shortName: some StringProtocol) {
        guard let index = Weekday.shortNames.firstIndex(of: String(shortName)) else { return nil }
        self.init(rawValue: index)
    }
}
