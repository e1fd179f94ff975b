/// How long a room was how, in microseconds. The six parts exclude each other and make up the whole time; everything that is told of use is a sum of
/// them.
package struct UseTime: Hashable, Sendable {
    /// Booked, and somebody was there.
    package var bookedUsed: Int64 = 0
    /// Booked, and nobody was there.
    package var bookedEmpty: Int64 = 0
    /// Booked, and nobody knows.
    package var bookedUnknown: Int64 = 0
    /// Not booked, and somebody was there.
    package var unbookedUsed: Int64 = 0
    /// Not booked, and nobody was there.
    package var unbookedEmpty: Int64 = 0
    /// Not booked, and nobody knows.
    package var unbookedUnknown: Int64 = 0

    /// No time.
    package init() {}

    /// Adds time in which a room was so.
    package mutating func add(_ occupancy: Occupancy, isBooked: Bool, _ microseconds: Int64) {
        switch (occupancy, isBooked) {
        case (.occupied, true): bookedUsed += microseconds
        case (.idle, true): bookedEmpty += microseconds
        case (.unknown, true): bookedUnknown += microseconds
        case (.occupied, false): unbookedUsed += microseconds
        case (.idle, false): unbookedEmpty += microseconds
        case (.unknown, false): unbookedUnknown += microseconds
        }
    }

    /// All of it.
    package var whole: Int64 { booked + unbookedUsed + unbookedEmpty + unbookedUnknown }
    /// Booked.
    package var booked: Int64 { bookedUsed + bookedEmpty + bookedUnknown }
    /// Somebody was there.
    package var used: Int64 { bookedUsed + unbookedUsed }
    /// The sensor was not heard.
    package var unknown: Int64 { bookedUnknown + unbookedUnknown }

    /// The part of the time with a sensor in which somebody was there, 0...1; nil: the sensor was never heard.
    package var useRate: Double? { UseTime.share(used, of: whole - unknown) }

    /// The part of the booked time with a sensor in which somebody was there, 0...1; nil: there was none.
    package var bookedUseRate: Double? { UseTime.share(bookedUsed, of: bookedUsed + bookedEmpty) }

    private static func share(_ part: Int64, of whole: Int64) -> Double? {
        whole > 0 ? Double(part) / Double(whole) : nil
    }

    /// Adds the time of another room, or of another hour.
    package static func += (one: inout UseTime, other: UseTime) {
        one.bookedUsed += other.bookedUsed
        one.bookedEmpty += other.bookedEmpty
        one.bookedUnknown += other.bookedUnknown
        one.unbookedUsed += other.unbookedUsed
        one.unbookedEmpty += other.unbookedEmpty
        one.unbookedUnknown += other.unbookedUnknown
    }
}

/// How long a room's relay gave power, and what came of that, in microseconds.
///
/// Without the policy, so it is assumed, somebody who comes into a dark room switches the power on, and nobody switches it off before the room
/// closes: the power would have been on from the first use of a day to the end of the day's opening hours, and whenever somebody was there. A
/// room that is always open, or that is used only while it is closed, would have stayed on until midnight.
package struct PowerUse: Hashable, Sendable {
    /// The relay gave power.
    package var lit: Int64 = 0
    /// It did not.
    package var dark: Int64 = 0
    /// Nobody knows.
    package var unknown: Int64 = 0
    /// Dark, and would have been lit without the policy.
    package var spared: Int64 = 0
    /// Lit with nobody there, and would have been dark without the policy: before bookings, and in what is booked and not used yet.
    package var extra: Int64 = 0
    /// Would have been lit without the policy, and nobody knows whether it was dark.
    package var unknownSpared: Int64 = 0

    /// No time.
    package init() {}

    /// Adds the time of another room.
    package static func += (one: inout PowerUse, other: PowerUse) {
        one.lit += other.lit
        one.dark += other.dark
        one.unknown += other.unknown
        one.spared += other.spared
        one.extra += other.extra
        one.unknownSpared += other.unknownSpared
    }
}

/// What became of bookings that began in a time.
package struct BookingOutcomes: Hashable, Sendable {
    /// Somebody came, or checked in.
    package var confirmed: Int64 = 0
    /// Nobody came, and the rest was given away.
    package var released: Int64 = 0
    /// Nobody came, and it was not given away.
    package var unused: Int64 = 0
    /// It is over, and nobody knows.
    package var unverified: Int64 = 0
    /// It is not over, and nobody came yet.
    package var pending: Int64 = 0
    /// How much of what was given away was left, in microseconds.
    package var releasedTime: Int64 = 0

    /// None.
    package init() {}

    /// Counts one.
    /// - Parameters:
    ///   - length: how long it was to be, and how long it was, in microseconds.
    ///   - isOver: whether it is.
    package mutating func add(_ presence: PresenceState, length: (booked: Int64, held: Int64), isOver: Bool) {
        switch presence {
        case .confirmed: confirmed += 1
        case .released:
            released += 1
            releasedTime += length.booked - length.held
        case .unused: unused += 1
        case .unverified: unverified += 1
        // Given up while nobody had come yet: it was never judged.
        case .awaited, .warned: if isOver { unverified += 1 } else { pending += 1 }
        }
    }

    /// All of them.
    package var count: Int64 { judged + unverified + pending }
    /// Those of which it is known whether somebody came.
    package var judged: Int64 { confirmed + released + unused }
    /// The part of the judged ones to which nobody came, 0...1; nil: none was judged.
    package var noShowRate: Double? { judged > 0 ? Double(released + unused) / Double(judged) : nil }

    /// Adds those of another room.
    package static func += (one: inout BookingOutcomes, other: BookingOutcomes) {
        one.confirmed += other.confirmed
        one.released += other.released
        one.unused += other.unused
        one.unverified += other.unverified
        one.pending += other.pending
        one.releasedTime += other.releasedTime
    }
}
