internal import HubModel
internal import SQL
internal import SolutionKit

/// What people, pages and devices ask of tanks over HTTP. Commands are not here: `POST /api/devices/{id}/commands` is for the devices of all
/// solutions.
struct TankRoutes: Sendable {
    let services: WebServices

    private static let path = ["id": JSONSchema.identifier]
    private static let largestPage = 1_000

    var all: [Route] {
        [
            Route(
                .get, "/api/tanks", access: .site(.viewTanks), summary: "Water tanks, ordered by name",
                query: [
                    QueryParameter("after", "only tanks behind this one: next of the page before", .identifier),
                    .pageLimit("tanks", most: Self.largestPage, without: "all without it"),
                ],
                answers: [.json(.object([.required("tanks", .array(.tank)), .next(), .required("now", .timestamp)]))],
                handler: list),
            Route(
                .get, "/api/tanks/{id}", access: .site(.viewTanks), summary: "One water tank", pathSchemas: Self.path,
                answers: [.json(.tank)], refusals: [.notFound]
            ) { request in
                let tank = try await services.tank(request)
                return .json { $0.write(tank) }
            },
            Route(
                .get, "/api/tanks/{id}/levels", access: .site(.viewTanks),
                summary: "How full a tank was, in percent, as JSON or CSV", pathSchemas: Self.path,
                query: ReadingsRequest.parameters(of: "tank"), answers: [.table(.levels, "The levels")],
                refusals: [.notFound], handler: levels),
            Route(
                .get, "/api/tanks/{id}/changes", access: .site(.viewTanks),
                summary: "How a tank's state changed, newest first", pathSchemas: Self.path,
                query: [
                    QueryParameter("after", "only changes behind this one: next of the page before", .count),
                    .pageLimit("changes", most: Self.largestPage, without: "100 without it"),
                ],
                answers: [.json(.object([.required("changes", .array(.tankChange)), .next(.count)]))],
                refusals: [.notFound], handler: changes),
            Route(
                .get, "/api/tanks/{id}/days", access: .site(.viewTanks),
                summary: "How much was drawn from a tank each day, newest first", pathSchemas: Self.path,
                query: [
                    QueryParameter("after", "only days before this one: next of the page before", .day),
                    .pageLimit("days", most: Self.largestPage, without: "31 without it"),
                ],
                answers: [.json(.object([.required("days", .array(.tankDay)), .next(.day)]))],
                refusals: [.notFound], handler: days),
            Route(
                .put, "/api/tanks/{id}", access: .site(.manageTanks), summary: "Add a water tank, or change it",
                pathSchemas: Self.path, input: RouteInput(TankFacts.schema, isOptional: true),
                answers: [.json(.tank)], refusals: [.notFound, .limitReached, .conflict], handler: change),
            Route(
                .delete, "/api/tanks/{id}", access: .site(.manageTanks),
                summary: "Remove a water tank; its readings are kept", pathSchemas: Self.path, answers: [.empty()],
                refusals: [.notFound], handler: remove),
            Route(
                .post, "/api/tanks/{id}/level", access: .device(.tank),
                summary: "How full a tank is; the answer comes when it is stored", pathSchemas: Self.path,
                input: RouteInput(.object([.required("level", .number, "Percent, 0 to 100")])),
                answers: [.json(.object([.required("status", .words(["stored"]))]))],
                refusals: [.notFound, .limitReached, .conflict],
                maximumBodyBytes: LevelReport.maximumBytes, credentials: .network,
                reportTopic: { path, _ throws(Refusal) in ["tanks", path["id"] ?? "", "level"] }, handler: report),
        ]
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...Self.largestPage)
        let after = request.given("after").flatMap { DeviceID($0) }
        let (found, days) = try await services.database.read { reader in
            let found = try TankTable.all(
                at: request.scope, after: after, limit: limit.map(Page<Tank>.reading), in: reader)
            let days = try found.reduce(into: [DeviceID: TankDay]()) { days, tank in
                days[tank.id] = try TankTable.lastDay(of: tank.id, in: reader)
            }
            return (found, days)
        }
        let page = limit.map { Page(found, limit: $0, key: \.id.text) } ?? Page(all: found)
        return .json(headers: page.headers(request, "/api/tanks", limit: limit)) { writer in
            writer.object {
                $0.member("tanks", page.rows) { $0.write($1, lastDay: .some(days[$1.id])) }
                $0.member(next: page)
                $0.member("now", services.clock.now())
            }
        }
    }

    private func levels(_ request: RouteRequest) async throws -> RouteResponse {
        let asCSV = try request.wantsCSV()
        let source = ReadingSource(levelsOf: try await services.tank(request).id)
        return try await services.readings(request, of: source, asCSV: asCSV)
    }

    private func changes(_ request: RouteRequest) async throws -> RouteResponse {
        let tank = try await services.tank(request)
        let limit = try request.whole("limit", in: 1...Self.largestPage) ?? 100
        let after = try request.whole("after", in: 0...Int64.max)
        let found = try await services.database.read {
            try TankTable.changes(of: tank.id, before: after, limit: Page<TankChange>.reading(limit), in: $0)
        }
        let page = Page(found, limit: limit) { String($0.id) }
        return .json(headers: page.headers(request, "/api/tanks/{id}/changes", limit: limit)) { writer in
            writer.object {
                $0.member("changes", page.rows) { $0.write($1) }
                $0.member(nextNumber: page)
            }
        }
    }

    private func days(_ request: RouteRequest) async throws -> RouteResponse {
        let tank = try await services.tank(request)
        let limit = try request.whole("limit", in: 1...Self.largestPage) ?? 31
        let after = request.given("after")
        guard after.map({ CivilDate(iso8601: $0) != nil }) ?? true else {
            throw Refusal(.invalidParameter, "after is a day, such as 2026-11-21.")
        }
        let found = try await services.database.read {
            try TankTable.days(of: tank.id, before: after, limit: Page<TankDay>.reading(limit), in: $0)
        }
        let page = Page(found, limit: limit, key: \.day)
        return .json(headers: page.headers(request, "/api/tanks/{id}/days", limit: limit)) { writer in
            writer.object {
                $0.member("days", page.rows) { $0.write($1) }
                $0.member(next: page)
            }
        }
    }

    private func change(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, facts) = (try request.tankID(), try TankFacts(JSONMembers(request.body, isOptional: true)))
        let scope = request.scope
        let tank = try await services.change(with: TanksHandler.self, by: request.caller) { handler, line in
            let tank = try handler.change(id, to: facts, within: scope, in: &line)
            return AuditedChange(tank, .changeTank, of: "tank:\(id)", facts: tank.facts)
        }
        return .json { $0.write(tank) }
    }

    private func remove(_ request: RouteRequest) async throws -> RouteResponse {
        let id = try request.tankID()
        let scope = request.scope
        try await services.change(with: TanksHandler.self, by: request.caller) { handler, line in
            try handler.remove(id, within: scope, in: &line)
            return AuditedChange(.removeTank, of: "tank:\(id)")
        }
        return RouteResponse(status: 204, contentType: "application/json", body: [])
    }

    private func report(_ request: RouteRequest) async throws -> RouteResponse {
        guard !request.body.isEmpty else { throw JSONMembers.missing("level") }
        let message = DeviceMessage(
            topic: ["tanks", try request.tankID().text, "level"], payload: request.body,
            origin: MessageOrigin(
                clientID: nil, address: request.address,
                sender: try MessageOrigin.Sender(request.caller, kind: .tank)), receivedAt: request.receivedAt)
        try await services.line.perform(with: TanksHandler.self) { handler, line in
            try handler.handle(message, in: &line)
        }
        return .json { $0.object { $0.member("status", "stored") } }
    }
}

extension WebServices {
    /// The tank of a request's path. Anyone who may not see its site is told that there is none.
    func tank(_ request: RouteRequest) async throws -> Tank {
        let id = try request.tankID()
        let tank = try await database.read { try TankTable.one(id, in: $0) }
        guard let tank, request.scope.contains(tank.site) else { throw TanksHandler.noTank(id) }
        return tank
    }
}

extension RouteRequest {
    /// The name in the path.
    func tankID() throws(Refusal) -> DeviceID {
        guard let id = DeviceID(path["id"] ?? "") else {
            throw Refusal(.invalidIdentifier, "A tank's name is 1 to 64 letters, digits and . _ - : @.")
        }
        return id
    }
}

extension JSONSchema {
    fileprivate static let levels = JSONSchema.readings(of: .required(Command.deviceMember, .identifier))
}
