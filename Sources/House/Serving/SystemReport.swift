internal import HubModel
internal import SolutionKit
internal import WebAPI

/// What `GET /api/system` tells.
struct SystemReport: Sendable {
    let startedAt: Timestamp
    let configuration: Configuration
    let solutions: [any Solution]
    let services: WebServices
    let doors: Doors

    /// The facts as a caller may see them: the solutions that they may see at all, and of these the devices at their sites.
    func facts(for caller: Caller) async throws -> SystemFacts {
        var facts: [SystemFacts.SolutionFacts] = []
        for solution in solutions {
            let manifest = solution.manifest
            let scope = caller.grants.scope(of: manifest.needs)
            guard !scope.isEmpty else { continue }
            guard let counting = solution as? any GivesOverview else { continue }
            let overview = try await counting.overview(services, at: scope)
            facts.append(
                .init(
                    id: manifest.id, title: manifest.title, path: manifest.path, devices: overview.devices,
                    attention: overview.attention))
        }
        return SystemFacts(
            startedAt: startedAt, isDemo: configuration.isDemo, dataBytes: DataFolder.bytes(configuration.data),
            solutions: facts, listeners: doors.listeners)
    }
}
