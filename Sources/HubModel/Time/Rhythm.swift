/// How time passes: what paces work that is done again and again, such as a look at who may not stay any more, and what lets a request wait;
/// tests inject one of their own.
///
/// What is due a `WallClock` says, which somebody may set. The rhythm only sees to it that the work looks often enough, and counts the time
/// that has passed.
public protocol Rhythm: Sendable {
    /// How much time has passed since some moment in the past, by a clock that nobody sets.
    func uptime() -> Duration

    /// Waits until so much time has passed.
    /// - Throws: `CancellationError` when its task is cancelled before that.
    func sleep(untilUptime end: Duration) async throws

    /// Waits for an interval and works, again and again, until its task is cancelled. Never works twice at once.
    func every(_ interval: Duration, do work: () async -> Void) async
}

/// The rhythm of time itself.
public struct SteadyRhythm: Rhythm {
    private let began = ContinuousClock.now

    /// A rhythm.
    public init() {}

    /// Since it was made.
    public func uptime() -> Duration { ContinuousClock.now - began }

    /// Waits until so much time has passed since it was made.
    public func sleep(untilUptime end: Duration) async throws {
        try await Task.sleep(until: began + end, clock: .continuous)
    }

    /// Sleeps between one end of the work and its next beginning.
    public func every(_ interval: Duration, do work: () async -> Void) async {
        while (try? await Task.sleep(for: interval)) != nil { await work() }
    }
}
