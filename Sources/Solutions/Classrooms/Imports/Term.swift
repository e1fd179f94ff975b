package import HubModel
internal import SolutionKit

/// A term: between which days lessons take place, and on which of them none does.
package struct Term: Hashable, Sendable {
    /// Its name in addresses, made by `RandomName`.
    package let id: String
    /// The site that it is of.
    package let site: SiteID
    /// What people call it, 1 to 100 bytes; no two terms of a site are called the same.
    package var name: String
    /// The first day.
    package var first: CivilDate
    /// The last day, not before the first.
    package var last: CivilDate
    /// Days without lessons, from the first to the last of each range.
    package var daysOff: [ClosedRange<CivilDate>]

    /// A term.
    package init(
        id: String, site: SiteID, name: String, first: CivilDate, last: CivilDate,
        daysOff: [ClosedRange<CivilDate>] = []
    ) {
        self.id = id
        self.site = site
        self.name = name
        self.first = first
        self.last = last
        self.daysOff = daysOff
    }

    /// Bounds of what people may say.
    package enum Bounds {
        package static let nameBytes = 100
        /// Days from the first to the last.
        package static let days = 400
        /// Ranges of days off.
        package static let daysOff = 100
        /// Terms of a site.
        package static let terms = 100
    }

    /// Whether there are lessons on a day.
    package func hasLessons(on day: CivilDate) -> Bool {
        day >= first && day <= last && !daysOff.contains { $0.contains(day) }
    }

    /// The days with lessons that are of one weekday, in order.
    package func days(on weekday: Weekday) -> [CivilDate] {
        var day = first.advanced(byDays: weekday.days(since: first.weekday))
        var days: [CivilDate] = []
        while day <= last {
            if hasLessons(on: day) { days.append(day) }
            day = day.advanced(byDays: 7)
        }
        return days
    }

    /// The days off as they are stored and sent: `2026-12-24`, or `2026-12-21/2027-01-03` (ISO 8601).
    package var daysOffTexts: [String] {
        daysOff.map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)/\($0.upperBound)" }
    }

    /// Reads one of those texts; nil for any other.
    package static func daysOff(_ text: some StringProtocol) -> ClosedRange<CivilDate>? {
        let days = text.split(separator: "/", omittingEmptySubsequences: false).map { CivilDate(iso8601: $0) }
        guard (1...2).contains(days.count), let first = days[0], let last = days[days.count - 1], first <= last else {
            return nil
        }
        return first...last
    }

    /// All that counts of it for lessons: the same text for the same days.
    package var fingerprint: String { "\(first) \(last) \(daysOffTexts.joined(separator: ","))" }
}

extension Term {
    /// Reads the body of a term: `{"name","first_day","last_day","days_off"?}`.
    /// - Throws: `missing_field`, `wrong_type`, `value_out_of_range`.
    package init(_ members: JSONMembers, id: String, site: SiteID) throws(Refusal) {
        let name = try members.text("name", maximumBytes: Bounds.nameBytes)
        guard name.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw Refusal(.valueOutOfRange, "name is 1 to \(Bounds.nameBytes) bytes.")
        }
        func day(_ name: String) throws(Refusal) -> CivilDate {
            guard let day = CivilDate(iso8601: try members.text(name, maximumBytes: 10)) else {
                throw Refusal(.valueOutOfRange, "\(name) is a day such as 2026-08-31.")
            }
            return day
        }
        let (first, last) = (try day("first_day"), try day("last_day"))
        guard first <= last, last.daysSince1970 - first.daysSince1970 < Bounds.days else {
            throw Refusal(
                .valueOutOfRange, "last_day is first_day or a later day, and a term has at most \(Bounds.days) days.")
        }
        var daysOff: [ClosedRange<CivilDate>] = []
        try members.optionalArray("days_off") { (reader) throws(Refusal) in
            guard try reader.peek() == .string, let range = Term.daysOff(try reader.string()),
                daysOff.count < Bounds.daysOff
            else {
                throw Refusal(
                    .valueOutOfRange,
                    "days_off is a list of at most \(Bounds.daysOff) days, 2026-12-24, or of first and last, 2026-12-21/2027-01-03."
                )
            }
            daysOff.append(range)
        }
        self.init(id: id, site: site, name: name, first: first, last: last, daysOff: daysOff)
    }
}
