package import HubModel

/// What somebody wants to book.
package struct BookingWish: Hashable, Sendable {
    /// A time as it was given.
    package enum Time: Hashable, Sendable {
        /// By the wall clock of the room: `2026-12-01T14:00`.
        case wall(WallTime)
        /// An instant: `2026-12-01T13:00:00Z`, or epoch seconds.
        case instant(Timestamp)
    }

    /// When it begins, or first begins.
    package var start: Time
    /// When it ends, or first ends.
    package var end: Time
    /// What for.
    package var purpose: String
    /// By which rule it comes again (RRULE); nil: it is once.
    package var rule: String?
    /// Times of the rule that are left out (EXDATE), by the wall clock of the room.
    package var exceptions: Set<WallTime> = []

    /// A wish.
    package init(start: Time, end: Time, purpose: String, rule: String? = nil) {
        self.start = start
        self.end = end
        self.purpose = purpose
        self.rule = rule
    }

    /// The longest purpose, in bytes.
    package static let purposeBytes = 200
    /// The longest rule, in bytes.
    package static let ruleBytes = 1_000
    /// The most exceptions.
    package static let mostExceptions = 400
}

extension BookingWish {
    /// Reads the body of a booking: `{"start","end","purpose","rrule"?,"exdates"?}`.
    /// - Throws: `missing_field`, `wrong_type`, `value_out_of_range`.
    package init(_ members: JSONMembers) throws(Refusal) {
        guard let start = try Time(members, "start") else { throw JSONMembers.missing("start") }
        guard let end = try Time(members, "end") else { throw JSONMembers.missing("end") }
        let purpose = try members.text("purpose", maximumBytes: BookingWish.purposeBytes)
        guard purpose.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw Refusal(.valueOutOfRange, "purpose is 1 to \(BookingWish.purposeBytes) bytes.")
        }
        let rule = try members.optionalText("rrule", maximumBytes: BookingWish.ruleBytes)
        self.init(start: start, end: end, purpose: purpose, rule: rule?.isEmpty == true ? nil : rule)
        var exceptions: Set<WallTime> = []
        try members.optionalArray("exdates") { (reader) throws(Refusal) in
            guard try reader.peek() == .string, let wall = WallTime(iso8601: try reader.string()) else {
                throw Refusal(
                    .valueOutOfRange, "exdates are times of the room's clock without a zone, such as 2026-12-01T14:00.")
            }
            exceptions.insert(wall)
            guard exceptions.count <= BookingWish.mostExceptions else {
                throw Refusal(.valueOutOfRange, "A booking has at most \(BookingWish.mostExceptions) exdates.")
            }
        }
        self.exceptions = exceptions
    }
}

extension BookingWish.Time {
    /// Reads a time; nil when the member is not there, or null. A text without a zone is of the room's wall clock.
    /// - Throws: `wrong_type`, `value_out_of_range`.
    package init?(_ members: JSONMembers, _ name: String) throws(Refusal) {
        guard var reader = try members.reader(name) else { return nil }
        if try reader.peek() == .string, let wall = WallTime(iso8601: try reader.string()) {
            self = .wall(wall)
        } else if let instant = try members.optionalInstant(name) {
            self = .instant(instant)
        } else {
            return nil
        }
    }
}
