public import HubModel

/// How many refusals of each device are kept: some at once, then one from time to time, so that a flood of bad messages does not become a
/// flood of rows. Those that are not are counted, and the next one that is tells how many there were.
public struct RefusalAllowance: Sendable {
    private struct Bucket {
        var left = RefusalAllowance.burst
        var filledAt: Timestamp
        var leftOut = 0
    }

    private var buckets: [DeviceID: Bucket] = [:]
    private var second: Timestamp?
    private var takenInSecond = 0

    /// Refusals of one device that may come at once.
    public static let burst = 5
    /// Then one in so many seconds.
    public static let interval: Int64 = 5
    /// Refusals of all devices in a second.
    public static let perSecond = 50
    /// Devices that are told apart.
    private static let capacity = 4_096

    /// A full allowance.
    public init() {}

    /// Asks for one refusal of a device.
    /// - Returns: nil when it is one too many; otherwise how many were left out before it.
    public mutating func take(_ device: DeviceID, at now: Timestamp) -> Int? {
        if buckets[device] == nil {
            if buckets.count >= RefusalAllowance.capacity { buckets.removeAll(keepingCapacity: true) }
            buckets[device] = Bucket(filledAt: now)
        }
        let elapsed = now.microseconds(since: second ?? now)
        if second == nil || elapsed >= 1_000_000 || elapsed < 0 {
            second = now
            takenInSecond = 0
        }
        guard var bucket = buckets[device] else { return nil }
        defer { buckets[device] = bucket }
        let periods = now.microseconds(since: bucket.filledAt) / (RefusalAllowance.interval * 1_000_000)
        // A clock that was set back fills it anew as well.
        if periods != 0 {
            bucket.left = Int(min(Int64(RefusalAllowance.burst), Int64(bucket.left) + periods.magnitude.clamped))
            bucket.filledAt = now
        }
        guard bucket.left > 0, takenInSecond < RefusalAllowance.perSecond else {
            bucket.leftOut += 1
            return nil
        }
        bucket.left -= 1
        takenInSecond += 1
        defer { bucket.leftOut = 0 }
        return bucket.leftOut
    }
}

extension UInt64 {
    fileprivate var clamped: Int64 { Int64(Swift.min(self, UInt64(RefusalAllowance.burst))) }
}
