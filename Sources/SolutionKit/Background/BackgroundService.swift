/// A solution with work that goes on beside the line for as long as the hub runs: it listens to a feed, asks another server, drives a
/// worker process. What comes due by a clock is a `Schedule` instead.
public protocol HasServices: Solution {
    /// The services. Called once, at the start.
    func services(_ services: WebServices) -> [BackgroundService]
}

/// Work that goes on until its task is cancelled. The house runs it under its service group: from when all doors are open until the hub
/// stops, where it is cancelled and has ten seconds to end, after the pages and before the broker and the line.
///
/// One that throws has failed: that is logged by its name and counted, and it is started again after a while (`RestartPlan`). One that
/// returns is done and is not started again.
public struct BackgroundService: Sendable {
    /// Its name, the solution first: `valves.forecast`.
    public let name: String
    /// Does the work. It must end soon after its task is cancelled; what it throws then is no failure.
    public let run: @Sendable () async throws -> Void

    /// A service.
    public init(_ name: String, run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.run = run
    }
}
