/// How much of a rate of messages is left. Time in milliseconds; a thousandth of a message is the unit, so that nothing
/// is rounded.
struct TokenBucket {
    private var perSecond: Int64
    private var most: Int64
    private var tokens: Int64
    private var filledAt: Int64

    /// A full one. A rate of 0 a second is none.
    init(_ rate: MessageRate, now: Int64) {
        perSecond = Int64(min(max(rate.perSecond, 0), Self.mostPerSecond))
        // Who is paused is looked at every quarter of a second: what comes together in that time has to fit in.
        most = max(Int64(min(max(rate.burst, 1), Self.mostPerSecond)) * 1000, perSecond * 250)
        tokens = most
        filledAt = now
    }

    /// None: every message is within.
    static let unlimited = TokenBucket(.unlimited, now: 0)

    var isLimited: Bool { perSecond > 0 }

    /// Another rate from now on. What was used up stays so: coming again with another rate fills nothing.
    mutating func change(to rate: MessageRate, now: Int64) {
        let other = TokenBucket(rate, now: now)
        guard other.perSecond != perSecond || other.most != most else { return }
        fill(now: now)
        let missing = isLimited ? most - tokens : 0
        self = other
        tokens = most - missing
    }

    /// Whether nothing of it is used up.
    mutating func isFull(now: Int64) -> Bool {
        guard isLimited else { return true }
        fill(now: now)
        return tokens == most
    }

    /// Whether one message's worth is there.
    mutating func hasMessage(now: Int64) -> Bool {
        guard isLimited else { return true }
        fill(now: now)
        return tokens >= 1000
    }

    /// Takes one message's worth; what is not there is owed.
    mutating func takeMessage() {
        if isLimited { tokens -= 1000 }
    }

    /// When the next message is within.
    func nextAt(now: Int64) -> Int64 {
        guard perSecond > 0, tokens < 1000 else { return now }
        return filledAt + (1000 - tokens + perSecond - 1) / perSecond
    }

    private mutating func fill(now: Int64) {
        guard now > filledAt else { return }
        if tokens == most {
            filledAt = now
            return
        }
        // A time of rest fills it, however long it was.
        let rest = min(now - filledAt, (most - min(tokens, most)) / max(perSecond, 1) + 1)
        tokens = min(most, tokens + rest * perSecond)
        filledAt = now
    }

    private static let mostPerSecond = 1_000_000_000
}
