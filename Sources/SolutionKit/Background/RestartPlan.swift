internal import DeviceLogic

/// When a service that failed is started again: after spans that double from one second to five minutes, of which half is chance. One that
/// had run for at least as long as the present span begins at one second again.
public struct RestartPlan: Sendable {
    /// In milliseconds.
    private var backoff = Backoff(initial: 1_000, maximum: 300_000, jitter: .half)

    /// A plan for a service that has not failed yet.
    public init() {}

    /// The service failed.
    /// - Parameters:
    ///   - duration: how long it had run.
    ///   - random: any number, drawn evenly from all of its range.
    /// - Returns: how long to wait before it is started again.
    public mutating func failed(after duration: Duration, random: UInt64) -> Duration {
        backoff.held(for: Int64(duration / .milliseconds(1)))
        return .milliseconds(backoff.next(random: random))
    }
}
