public import HubModel

/// How many entries of one sort the audit takes of each account, so that nobody fills it with what they may do again and again. Those
/// beyond are counted, and the next that is taken says how many there were.
public struct AuditAllowance: Sendable {
    private let capacity: Int
    private var buckets: TokenBuckets<String>
    private var leftOut: [String: Int] = [:]

    /// An allowance of so many entries of one account in a minute.
    /// - Parameter capacity: accounts that are told apart.
    public init(perMinute: Int, capacity: Int = 4_000) {
        self.capacity = capacity
        buckets = TokenBuckets(
            Rate(perSecond: Double(perMinute) / 60, burst: Double(perMinute)), capacity: capacity)
    }

    /// Asks for one entry.
    /// - Parameter account: whose it is: an account, a token.
    /// - Returns: nil when it is one too many; otherwise how many were left out before it, for the entry to tell.
    public mutating func take(_ account: String, at instant: Timestamp) -> Int? {
        guard buckets.take(account, at: instant) == nil else {
            leaveOut(1, of: account)
            return nil
        }
        return leftOut.removeValue(forKey: account) ?? 0
    }

    /// Counts entries that were taken and then could not be written: the next one tells of them.
    public mutating func leaveOut(_ count: Int, of account: String) {
        if leftOut[account] != nil || leftOut.count < capacity { leftOut[account, default: 0] += count }
    }

    /// What an entry says of those that were left out before it; nothing if there were none.
    public static func facts(leftOut: Int) -> [(name: String, value: String)] {
        leftOut > 0 ? [("left_out", String(leftOut))] : []
    }
}
