/// When a room is booked, as far as a device was told: a promise of the hub that holds for a time, also when the hub is gone.
///
/// Times are seconds since 1970 (UTC). The intervals lie within the value; nothing is allocated.
public struct ScheduleLease: Sendable {
    /// A booking: from `start` until before `end`.
    public struct Interval: Sendable, Hashable {
        /// When it begins.
        public let start: Int64
        /// When it is over.
        public let end: Int64

        /// An interval in seconds since 1970.
        public init(start: Int64, end: Int64) {
            self.start = start
            self.end = end
        }
    }

    /// How many bookings a lease holds.
    public static let capacity = 16

    /// From when on the lease says anything.
    public let from: Int64
    /// Until before when it does.
    public private(set) var until: Int64
    /// How many bookings it holds.
    public private(set) var count = 0
    private var intervals = InlineArray<16, Interval>(repeating: Interval(start: 0, end: 0))

    /// A lease of a room that is not booked at all.
    public init(from: Int64, until: Int64) {
        self.from = from
        self.until = until
    }

    /// Adds a booking; those that are over before the lease begins, or begin after it ends, take no place. When there is none left the lease
    /// ends where its knowledge does: at the beginning of what it cannot hold.
    public mutating func add(_ interval: Interval) {
        guard interval.start < interval.end, interval.end > from, interval.start < until else { return }
        guard count < ScheduleLease.capacity else {
            until = max(from, interval.start)
            return
        }
        intervals[count] = interval
        count += 1
    }

    /// Whether the room is booked; nil where the lease says nothing.
    public func isBooked(at second: Int64) -> Bool? {
        guard second >= from, second < until else { return nil }
        for index in 0..<count where intervals[index].start <= second && second < intervals[index].end { return true }
        return false
    }

    /// When a booking ended last, now or before; nil: none did.
    public func lastEnd(at second: Int64) -> Int64? {
        var last: Int64?
        for index in 0..<count where intervals[index].end <= second && intervals[index].end > (last ?? .min) {
            last = intervals[index].end
        }
        return last
    }

    /// When what the lease says may change next, after an instant; nil: it does not.
    public func nextChange(after second: Int64) -> Int64? {
        var next: Int64?
        func consider(_ instant: Int64) {
            if instant > second, instant < (next ?? .max) { next = instant }
        }
        consider(from)
        consider(until)
        for index in 0..<count {
            consider(intervals[index].start)
            consider(intervals[index].end)
        }
        return next
    }
}

/// What the clock on the wall shows, counted on by a clock that is never set.
public struct WallClockOffset: Sendable, Hashable {
    /// Milliseconds since 1970, less those of the monotonic clock.
    private let offset: Int64

    /// The wall's clock shows a second since 1970 now.
    public init(second: Int64, at now: Int64) {
        offset = second.clampedProduct(1_000).distance(since: now)
    }

    /// The second since 1970 at an instant of the monotonic clock in milliseconds.
    public func second(at now: Int64) -> Int64 {
        let wall = now.clampedSum(offset)
        // Towards the past, also before 1970.
        return wall >= 0 ? wall / 1_000 : (wall + 1) / 1_000 - 1
    }

    /// The instant of the monotonic clock at which a second since 1970 begins.
    public func instant(ofSecond second: Int64) -> Int64 { second.clampedProduct(1_000).distance(since: offset) }
}
