/// An instant: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// All times inside Martlet are of this type, UTC, with microseconds.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z; negative before it.
    public let microseconds: Int64

    /// An instant from microseconds since 1970.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// An instant from whole seconds since 1970, clamped to what 64 bits of microseconds hold.
    public init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        self.microseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// Seconds since 1970 without their fraction.
    public var wholeSeconds: Int64 { microseconds.flooredQuotient(by: 1_000_000) }

    /// The earlier instant is the smaller.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// This instant moved by a number of microseconds, clamped at the ends of the range.
    public func advanced(byMicroseconds delta: Int64) -> Timestamp {
        let (sum, overflow) = microseconds.addingReportingOverflow(delta)
        return Timestamp(microseconds: overflow ? (delta < 0 ? .min : .max) : sum)
    }

    /// This instant moved by a number of seconds, clamped at the ends of the range.
    public func advanced(bySeconds delta: Int64) -> Timestamp {
        let (product, overflow) = delta.multipliedReportingOverflow(by: 1_000_000)
        return advanced(byMicroseconds: overflow ? (delta < 0 ? .min : .max) : product)
    }

    /// Microseconds from `other` to this instant, clamped; negative when this one is earlier.
    public func microseconds(since other: Timestamp) -> Int64 {
        let (difference, overflow) = microseconds.subtractingReportingOverflow(other.microseconds)
        return overflow ? (microseconds < other.microseconds ? .min : .max) : difference
    }
}

/// Where the current time comes from; tests inject a clock of their own.
public protocol WallClock: Sendable {
    /// The current instant.
    func now() -> Timestamp
}
