public import HubModel
public import Live
public import SolutionKit

/// What the web server shows and asks: the rooms behind it.
public struct WebParts: Sendable {
    /// What solutions and other rooms offer; the server adds `/health`, `/ready`, `/metrics`, `/openapi.json` and
    /// `/api/system`.
    public var routes: [Route]
    /// Who may come in.
    public var gate: any RequestGate
    /// What `/ws` shows.
    public var live: LiveHub
    /// Whose figures `/metrics` shows, besides those of requests, connections and the process.
    public var metrics: [any MetricsSource]
    /// The facts for `/api/system`, as this caller may see them: the solutions' figures of these sites only.
    public var system: @Sendable (Caller, SiteScope) async throws -> SystemFacts
    /// Whether the hub can take work, for `/ready`; while the server stops it is not asked.
    public var readiness: @Sendable () -> Readiness
    /// The time.
    public var clock: any WallClock
    /// What paces the looks at who may not stay.
    public var rhythm: any Rhythm

    /// The parts.
    public init(
        routes: [Route], gate: any RequestGate, live: LiveHub, metrics: [any MetricsSource],
        system: @escaping @Sendable (Caller, SiteScope) async throws -> SystemFacts,
        readiness: @escaping @Sendable () -> Readiness, clock: any WallClock, rhythm: any Rhythm = SteadyRhythm()
    ) {
        self.routes = routes
        self.gate = gate
        self.live = live
        self.metrics = metrics
        self.system = system
        self.readiness = readiness
        self.clock = clock
        self.rhythm = rhythm
    }
}
