public import HubModel
public import Registry

/// What is done against guessing passwords, as a value: failures are counted of a name from an address, of an address, and of a name
/// from everywhere; too many, and for a time nobody is listened to.
public struct GuessingPolicy: Hashable, Sendable {
    /// Failures of a name from one address until it is locked.
    public var pairFailures: Int64 = 5
    /// How long it is locked first, in seconds; each further failure doubles it.
    public var firstLockSeconds: Int64 = 30
    /// How long a lock is at most, in seconds; as long are those of an address and of a name.
    public var longestLockSeconds: Int64 = 900
    /// How long failures of a name from an address count, in seconds.
    public var pairMemorySeconds: Int64 = 86_400
    /// Failures from one address within the window until it is locked.
    public var addressFailures: Int64 = 100
    /// Failures of one name from everywhere within the window until it is locked for addresses it never signed in from.
    public var nameFailures: Int64 = 50
    /// The window, in seconds.
    public var windowSeconds: Int64 = 900
    /// How long an address from which an account signed in stays known, in seconds: 30 days.
    public var knownSeconds: Int64 = 30 * 86_400

    /// The defaults named at each property.
    public init() {}

    /// Whole seconds for which a count still locks; nil if it does not.
    public func secondsLocked(_ count: FailureCount?, at instant: Timestamp) -> Int? {
        guard let until = count?.lockedUntil else { return nil }
        let rest = until.microseconds(since: instant)
        // More than a lock can last: the clock was set back, and nobody shall wait for what it said before.
        guard rest > 0, rest <= longestLockSeconds * 1_000_000 else { return nil }
        return Int((rest + 999_999) / 1_000_000)
    }

    /// The count after one more failure.
    public func failed(_ scope: FailureCount.Scope, _ count: FailureCount?, at instant: Timestamp) -> FailureCount {
        var next = FailureCount(failures: 1, windowStart: instant, lastAt: instant, lockedUntil: nil)
        if let count, isCounted(scope, count, at: instant) {
            next.failures = count.failures + 1
            next.windowStart = count.windowStart
        }
        if let seconds = lockSeconds(scope, failures: next.failures) {
            next.lockedUntil = instant.advanced(bySeconds: seconds)
        }
        return next
    }

    private func isCounted(_ scope: FailureCount.Scope, _ count: FailureCount, at instant: Timestamp) -> Bool {
        switch scope {
        case .pair:
            return (0..<pairMemorySeconds * 1_000_000).contains(instant.microseconds(since: count.lastAt))
        case .address, .name:
            // After a lock, counting begins anew.
            return count.lockedUntil == nil
                && (0..<windowSeconds * 1_000_000).contains(instant.microseconds(since: count.windowStart))
        }
    }

    private func lockSeconds(_ scope: FailureCount.Scope, failures: Int64) -> Int64? {
        switch scope {
        case .pair:
            guard failures >= pairFailures else { return nil }
            let doublings = min(failures - pairFailures, 20)
            return min(longestLockSeconds, firstLockSeconds << doublings)
        case .address: return failures >= addressFailures ? longestLockSeconds : nil
        case .name: return failures >= nameFailures ? longestLockSeconds : nil
        }
    }
}
