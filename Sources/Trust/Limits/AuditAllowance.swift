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
    /// - Returns: nil when it is one too many; otherwise facts for the entry, which tell of those that were left out before it.
    public mutating func take(_ account: String, at instant: Timestamp) -> [(name: String, value: String)]? {
        guard buckets.take(account, at: instant) == nil else {
            if leftOut[account] != nil || leftOut.count < capacity { leftOut[account, default: 0] += 1 }
            return nil
        }
        return leftOut.removeValue(forKey: account).map { [("left_out", String($0))] } ?? []
    }
}
