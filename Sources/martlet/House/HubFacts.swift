internal import HubModel
internal import SolutionKit
internal import WebAPI

/// What `GET /api/system` tells.
struct HubFacts: Sendable {
    let startedAt: Timestamp
    let configuration: Configuration
    let services: WebServices
    let doors: Doors

    func system() async throws -> SystemFacts {
        var solutions: [SystemFacts.SolutionFacts] = []
        for solution in Solutions.all {
            let manifest = solution.manifest
            let overview = try await solution.overview(services)
            solutions.append(
                .init(
                    id: manifest.id, title: manifest.title, path: manifest.path, devices: overview.devices,
                    attention: overview.attention))
        }
        return SystemFacts(
            startedAt: startedAt, isDemo: configuration.isDemo, dataBytes: DataFolder.bytes(configuration.data),
            solutions: solutions, listeners: await doors.listeners)
    }
}
