/// What paces work that is done again and again, such as a look at who may not stay any more; tests inject one of their own.
///
/// The work asks a `WallClock` what is due. The rhythm only sees to it that it looks often enough.
public protocol Rhythm: Sendable {
    /// Waits for an interval and works, again and again, until its task is cancelled. Never works twice at once.
    func every(_ interval: Duration, do work: () async -> Void) async
}

/// The rhythm of time itself.
public struct SteadyRhythm: Rhythm {
    /// A rhythm.
    public init() {}

    /// Sleeps between one end of the work and its next beginning.
    public func every(_ interval: Duration, do work: () async -> Void) async {
        while (try? await Task.sleep(for: interval)) != nil { await work() }
    }
}
