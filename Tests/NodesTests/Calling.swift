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
        history: FakeHistory = FakeHistory(), as caller: Caller = .anybody,
        audit: any AuditBook = RecordingAudit(), largeAnswers: LargeAnswers = LargeAnswers()
    ) async throws -> RouteResponse {
        let services = services(history: history, audit: audit, largeAnswers: largeAnswers)
        guard let route = NodesSolution().routes(services).first(where: { $0.method == method && $0.path == path })
        else {
            throw Refusal(.notFound, "no such route")
        }
        let response = try await route.answer(
            RouteRequest(
                path: parameters, query: query, accept: accept, body: Array(body.utf8), receivedAt: now,
                caller: caller, scope: try route.access.scope(for: caller),
                transport: RequestTransport(address: "127.0.0.1")))
        try route.check(response)
        return response
    }

    func services(
        history: FakeHistory = FakeHistory(), audit: any AuditBook = RecordingAudit(),
        largeAnswers: LargeAnswers = LargeAnswers()
    ) -> WebServices {
        WebServices(
            database: database, history: history, line: FakeLine(site: self), devices: devices, commands: commands,
            audit: audit, clock: SiteClock(site: self), largeAnswers: largeAnswers)
    }
}

extension Caller {
    /// Whoever reaches an open hub.
    static let anybody = Caller(.open, grants: Grants(everywhere: .all))

    /// A person with these rights at these sites only.
    static func person(_ permissions: PermissionSet, at sites: String...) -> Caller {
        let grants = sites.compactMap(SiteID.init).map { ($0, permissions) }
        return Caller(
            .person(account: "7", name: "anna", session: "s"),
            grants: Grants(sites: Dictionary(uniqueKeysWithValues: grants)))
    }

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
    return try #require(try JSONValue(response.body)["command_id"]?.text)
}
