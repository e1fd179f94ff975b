public import HubModel

/// How fast something may go on: so many at once, and so many a second after that.
public struct Rate: Hashable, Sendable {
    /// Tokens that come back in a second; 0: no limit.
    public var perSecond: Double
    /// Tokens that a bucket holds.
    public var burst: Double

    /// A rate.
    public init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// No limit.
    public static let unlimited = Rate(perSecond: 0, burst: 0)
}

/// Token buckets by key, of which a bounded number is remembered: a bucket that is full again is as good as none.
public struct TokenBuckets<Key: Hashable & Sendable>: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: Int64
    }

    private let rate: Rate
    private let capacity: Int
    private var buckets: [Key: Bucket] = [:]
    /// Everybody beyond the capacity shares one bucket.
    private var others: Bucket
    private var nextSweep: Int64 = .min

    /// Buckets, all full.
    public init(_ rate: Rate, capacity: Int = 20_000) {
        self.rate = rate
        self.capacity = capacity
        others = Bucket(tokens: rate.burst, at: .min)
    }

    /// Takes a token.
    /// - Returns: nil when there was one; otherwise the whole seconds until there is one again, 1 or more.
    public mutating func take(_ key: Key, at instant: Timestamp) -> Int? {
        guard rate.perSecond > 0 else { return nil }
        let now = instant.microseconds
        if buckets[key] == nil, buckets.count >= capacity { sweep(now) }
        guard buckets[key] != nil || buckets.count < capacity else {
            return TokenBuckets.take(&others, rate, now)
        }
        return TokenBuckets.take(&buckets[key, default: Bucket(tokens: rate.burst, at: now)], rate, now)
    }

    /// How many keys are remembered.
    public var count: Int { buckets.count }

    private static func take(_ bucket: inout Bucket, _ rate: Rate, _ now: Int64) -> Int? {
        // A clock that was set back gives nothing and takes nothing.
        let passed = bucket.at == .min ? 0 : max(0, now - bucket.at)
        bucket.tokens = min(rate.burst, bucket.tokens + Double(passed) / 1_000_000 * rate.perSecond)
        bucket.at = now
        guard bucket.tokens >= 1 else { return max(1, Int(((1 - bucket.tokens) / rate.perSecond).rounded(.up))) }
        bucket.tokens -= 1
        return nil
    }

    /// Forgets buckets that are full again; at most once a second, because it looks at all.
    private mutating func sweep(_ now: Int64) {
        guard now >= nextSweep || now < nextSweep - 2_000_000 else { return }
        nextSweep = now + 1_000_000
        let refill = Int64(rate.burst / rate.perSecond * 1_000_000)
        buckets = buckets.compactMapValues { bucket in
            var bucket = bucket
            // Before a clock was set back: it fills from now on, or it would be remembered until the clock is there again.
            bucket.at = min(bucket.at, now)
            return now - bucket.at < refill ? bucket : nil
        }
    }
}
