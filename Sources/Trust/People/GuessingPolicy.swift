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
    /// Failures from one address within the window until it is locked for accounts that never signed in from there.
    public var addressFailures: Int64 = 100
    /// Failures of one name from everywhere within the window until it is locked for addresses it never signed in from.
    public var nameFailures: Int64 = 50
    /// The window, in seconds.
    public var windowSeconds: Int64 = 900
    /// How long an address from which an account signed in stays known, in seconds: 30 days.
    public var knownSeconds: Int64 = 30 * 86_400

    /// The defaults named at each property.
    public init() {}

    /// Whether a count was written by a clock that has been set back since. Instants come from one clock, that of the line, so a failure
    /// cannot lie in the future otherwise.
    public func isAhead(_ count: FailureCount, at instant: Timestamp) -> Bool { count.lastAt > instant }

    /// A count as the clock of now would have it, if that has been set back since: as if its last failure were now. A lock then lasts at most
    /// as long as it was made for, once more, and is never shorter than it was. Any other count stays as it is.
    public func following(_ count: FailureCount, at instant: Timestamp) -> FailureCount {
        guard isAhead(count, at: instant) else { return count }
        let back = -count.lastAt.microseconds(since: instant)
        return FailureCount(
            failures: count.failures, windowStart: count.windowStart.advanced(byMicroseconds: back), lastAt: instant,
            lockedUntil: count.lockedUntil?.advanced(byMicroseconds: back))
    }

    /// Whole seconds for which a count still locks; nil if it does not.
    public func secondsLocked(_ count: FailureCount?, at instant: Timestamp) -> Int? {
        guard let until = count.flatMap({ following($0, at: instant).lockedUntil }) else { return nil }
        let rest = until.microseconds(since: instant)
        return rest > 0 ? Int((rest + 999_999) / 1_000_000) : nil
    }

    /// The count after one more failure. A lock that holds is not shortened by it.
    public func failed(_ scope: FailureCount.Scope, _ count: FailureCount?, at instant: Timestamp) -> FailureCount {
        var next = FailureCount(failures: 1, windowStart: instant, lastAt: instant, lockedUntil: nil)
        if let count = count.map({ following($0, at: instant) }) {
            if isCounted(scope, count, at: instant) {
                next.failures = count.failures + 1
                next.windowStart = count.windowStart
            }
            if let until = count.lockedUntil, until > instant { next.lockedUntil = until }
        }
        if let seconds = lockSeconds(scope, failures: next.failures) {
            let until = instant.advanced(bySeconds: seconds)
            next.lockedUntil = next.lockedUntil.map { max($0, until) } ?? until
        }
        return next
    }

    private func isCounted(_ scope: FailureCount.Scope, _ count: FailureCount, at instant: Timestamp) -> Bool {
        switch scope {
        case .pair:
            return (0..<pairMemorySeconds * 1_000_000).contains(instant.microseconds(since: count.lastAt))
        case .address, .name:
            // Where somebody is known they are listened to during a lock: what fails there does not prolong it. After it, counting begins
            // anew.
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
