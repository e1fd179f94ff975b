package import NIOCore

/// The delays of a reconnect policy, one after the other.
package struct Backoff {
    private let policy: ReconnectPolicy
    private var delay: TimeAmount

    package init(_ policy: ReconnectPolicy) {
        self.policy = policy
        delay = policy.initial
    }

    /// How long to wait before the next attempt: between half and all of the delay, which then doubles. `random` is any
    /// number, drawn evenly from all of its range.
    package mutating func next(random: UInt64) -> TimeAmount {
        let half = delay.nanoseconds / 2
        let rest = UInt64(clamping: delay.nanoseconds - half)
        let wait = TimeAmount.nanoseconds(half + Int64(clamping: random % (rest + 1)))
        delay = min(policy.maximum, .nanoseconds(delay.nanoseconds.multipliedReportingOverflow(by: 2).partialValue))
        if delay < policy.initial { delay = policy.maximum }
        return wait
    }

    /// A connection held for this long. One that lasted shorter than the present delay proves nothing, and the delays go
    /// on: a server that accepts and hangs up is not called in a tight loop.
    package mutating func connectionHeld(for duration: TimeAmount) {
        if duration >= delay { delay = policy.initial }
    }
}
