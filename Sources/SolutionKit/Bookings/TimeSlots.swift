public import HubModel

/// A time that is made of whole slots, such as quarters of an hour, counted from 1970 (UTC). In slots the time of a resource is given away
/// (`BookingCalendar`), and use is summed (`OccupancySteps`).
public struct TimeSlots: Hashable, Sendable {
    /// A quarter of an hour, in microseconds: by so much, or more of it, all clocks of the world differ.
    public static let quarterHour: Int64 = 900_000_000

    /// The slots, counted from 1970; one or more.
    public let numbers: Range<Int64>
    /// How long one slot is, in microseconds.
    public let length: Int64

    /// The slots that a time touches: it is rounded outwards. A time without length touches the slot that it is in.
    /// - Parameter length: of one slot, in microseconds; 1 or more.
    public init(from: Timestamp, to: Timestamp, length: Int64 = TimeSlots.quarterHour) {
        let first = from.microseconds.flooredQuotient(by: length)
        let end = (to.microseconds - 1).flooredQuotient(by: length) + 1
        self.init(first..<max(first + 1, end), length: length)
    }

    /// These slots.
    public init(_ numbers: Range<Int64>, length: Int64 = TimeSlots.quarterHour) {
        self.numbers = numbers
        self.length = length
    }

    /// When the first one begins.
    public var begin: Timestamp { Timestamp(microseconds: numbers.lowerBound * length) }
    /// When the last one ends.
    public var end: Timestamp { Timestamp(microseconds: numbers.upperBound * length) }
}
