import HubModel
import Nodes
import SolutionKit

extension Site {
    /// Calls a route as the web does.
    @discardableResult
    func call(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], accept: String? = nil, body: String = "",
        history: FakeHistory = FakeHistory()
    ) async throws -> RouteResponse {
        let services = WebServices(
            database: database, history: history, line: FakeLine(site: self), commands: commands,
            clock: SiteClock(site: self))
        guard let route = NodesSolution().routes(services).first(where: { $0.method == method && $0.path == path })
        else {
            throw Refusal(.notFound, "no such route")
        }
        return try await route.handler(
            RouteRequest(
                path: parameters, query: query, accept: accept, body: Array(body.utf8), receivedAt: now,
                address: "127.0.0.1"))
    }
}
