internal import Commands
public import HubModel
public import SQL
public import SolutionKit

extension SolutionHouse {
    /// There is no such route, or no such schedule.
    public struct NoRoute: Error, CustomStringConvertible {
        /// Which was looked for.
        public let description: String
    }

    /// What the routes are given.
    public var services: WebServices {
        WebServices(
            database: database, history: history, line: self, devices: devices, commands: commands,
            commandPolls: room.polls(on: self), audit: audit, clock: clock, rhythm: clock, deviceKeys: deviceKeys,
            people: people, settings: settings)
    }

    /// Calls a route as the web does; the answer is held to what the route declares.
    /// - Parameters:
    ///   - path: as it is declared, `/api/tanks/{id}`.
    ///   - parameters: what stands in its braces.
    ///   - services: nil: those of the house.
    /// - Throws: `Refusal` as the route refuses; `NoRoute`; `Undeclared`.
    @discardableResult
    public func call(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = "", accept: String? = nil,
        as caller: Caller = .anybody, from address: String = "192.0.2.1", services: WebServices? = nil
    ) async throws -> RouteResponse {
        let services = services ?? self.services
        let ofCommands = (solution as? any GivesCommands).map { room.routes(services, forms: $0.commandForms) }
        let routes = ((solution as? any OffersRoutes)?.routes(services) ?? []) + (ofCommands ?? [])
        guard let route = routes.first(where: { $0.method == method && $0.path == path }) else {
            throw NoRoute(description: "\(method.rawValue) \(path)")
        }
        let response = try await route.answer(
            RouteRequest(
                path: parameters, query: query, accept: accept, body: Array(body.utf8), receivedAt: clock.now(),
                caller: caller, scope: try route.access.scope(for: caller),
                transport: RequestTransport(address: address)))
        try route.check(response)
        return response
    }

    /// As `call`, with the answer's JSON.
    @discardableResult
    public func json(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = "", as caller: Caller = .anybody
    ) async throws -> JSONTree {
        try JSONTree(try await call(method, path, parameters, query: query, body: body, as: caller).body)
    }

    /// With which code a route refuses; nil when it does not.
    public func refusal(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = "", as caller: Caller = .anybody
    ) async throws -> RefusalCode? {
        do {
            try await call(method, path, parameters, query: query, body: body, as: caller)
            return nil
        } catch let refusal as Refusal {
            return refusal.code
        }
    }

    // MARK: In the background

    /// Runs a schedule of the solution once, as if it had come due now. When it comes due is a value that needs no house (`SchedulePlan`).
    /// - Throws: what its work throws; `NoRoute` when the solution has no schedule of this name.
    public func run(schedule name: String) async throws {
        let schedules = (solution as? any HasSchedules)?.schedules(services) ?? []
        guard let schedule = schedules.first(where: { $0.name == name }) else { throw NoRoute(description: name) }
        try await schedule.work()
    }

    /// How many requests wait for commands at present.
    public var waitingPolls: Int { room.waiting }

    // MARK: Tables

    /// The first row of a query.
    public func row(_ sql: String, _ arguments: [SQLValue] = []) throws -> Row? {
        try database.readBlocking { try $0.queryFirst(sql, arguments) }
    }

    /// The rows of a query.
    public func rows(_ sql: String, _ arguments: [SQLValue] = []) throws -> [Row] {
        try database.readBlocking { try $0.query(sql, arguments) }
    }

    /// How many rows a table has.
    public func count(_ table: String, where condition: String = "1 = 1") throws -> Int64 {
        try row("SELECT COUNT(*) FROM \(table) WHERE \(condition)")?.integer(0) ?? 0
    }
}

extension Caller {
    /// Whoever reaches an open hub: may do everything everywhere.
    public static let anybody = Caller(.open, grants: Grants(everywhere: .all))

    /// A person who may do this at these sites only; what is no name of a site counts for none.
    public static func person(_ permissions: PermissionSet, at sites: String..., account: String = "7") -> Caller {
        let grants = sites.compactMap(SiteID.init).map { ($0, permissions) }
        return Caller(
            .person(account: account, name: "anna", session: "s"),
            grants: Grants(sites: Dictionary(uniqueKeysWithValues: grants)))
    }
}
