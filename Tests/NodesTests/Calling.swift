import HubModel
import Nodes
import SolutionKit
import Testing

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

/// A site with one node that is connected and listens.
func connectedSite(filter: String = "iot/node/01/command") async throws -> Site {
    let site = try await Site()
    try site.presence(.connected(clientID: "board", address: nil))
    try site.presence(.subscribed(clientID: "board", filter: filter))
    try site.telemetry()
    return site
}

/// Asks node 01 to do something; the command's id.
@discardableResult
func ask(_ site: Site, _ body: String = #"{"command":"set_led","params":{"state":"on"}}"#) async throws
    -> String
{
    site.published = []
    let response = try await site.call(.post, "/api/nodes/{id}/commands", ["id": "01"], body: body)
    return try #require(try JSONValue(response.body)["command_id"]?.text)
}
