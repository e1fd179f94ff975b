internal import DeviceLogic
package import NIOCore

/// The delays of a reconnect policy, one after the other: between half and all of a span that doubles, so that a client never calls again at
/// once.
package struct ReconnectDelays {
    /// In nanoseconds.
    private var backoff: Backoff

    package init(_ policy: ReconnectPolicy) {
        backoff = Backoff(
            initial: policy.initial.nanoseconds, maximum: policy.maximum.nanoseconds, jitter: .half)
    }

    /// How long to wait before the next attempt. `random` is any number, drawn evenly from all of its range.
    package mutating func next(random: UInt64) -> TimeAmount { .nanoseconds(backoff.next(random: random)) }

    /// A connection held for this long. One that lasted shorter than the present delay proves nothing.
    package mutating func connectionHeld(for duration: TimeAmount) { backoff.held(for: duration.nanoseconds) }
}
