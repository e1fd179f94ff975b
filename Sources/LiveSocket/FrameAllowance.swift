internal import NIOCore

/// How many frames a peer may still send: a token bucket in nanoseconds, of which a frame costs its share of a second.
struct FrameAllowance {
    /// Nanoseconds that a frame costs; 0: nothing is limited.
    private let cost: Int64
    private let most: Int64
    private var left: Int64
    private var filledAt: NIODeadline

    init(perSecond: Int, burst: Int, now: NIODeadline) {
        cost = perSecond > 0 ? max(1, 1_000_000_000 / Int64(perSecond)) : 0
        most = cost * Int64(max(burst, 1))
        left = most
        filledAt = now
    }

    /// Takes a frame's worth; false if it is not there.
    mutating func take(now: NIODeadline) -> Bool {
        guard cost > 0 else { return true }
        if now > filledAt {
            left = min(most, left + min(most, (now - filledAt).nanoseconds))
            filledAt = now
        }
        guard left >= cost else { return false }
        left -= cost
        return true
    }
}
