import HubModel
import HubTesting
import Nodes
import SolutionKit
import Testing

extension Site {
    /// Calls a route as the web does.
    @discardableResult
    func call(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], accept: String? = nil, body: String = "",
        history: NotedHistory = NotedHistory(), as caller: Caller = .anybody,
        audit: any AuditBook = RecordingAudit()
    ) async throws -> RouteResponse {
        try await house.call(
            method, path, parameters, query: query, body: body, accept: accept, as: caller, from: "127.0.0.1",
            services: services(history: history, audit: audit))
    }

    func services(
        history: NotedHistory = NotedHistory(), audit: any AuditBook = RecordingAudit()
    ) -> WebServices {
        WebServices(
            database: database, history: history, line: PublishedLine(site: self), devices: devices, commands: commands,
            commandPolls: house.services.commandPolls, audit: audit, clock: house.clock)
    }
}

extension Caller {
    /// A node that has shown who it is.
    static func node(_ id: String) throws -> Caller {
        Caller(.device(try #require(DeviceID(id)), .node, site: .main))
    }
}

extension MessageOrigin.Sender {
    static func node(_ id: String) throws -> MessageOrigin.Sender { .device(try #require(DeviceID(id))) }
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
    return try #require(try JSONTree(response.body)["command_id"]?.text)
}
