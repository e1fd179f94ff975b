internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

extension DeviceRoutes {
    var siteRoutes: [Route] {
        [
            Route(
                .get, "/api/sites", access: .site(.viewDevices), summary: "Your sites",
                answers: [.json(.object([.required("sites", .array(shapes.site))]))], handler: sites),
            Route(
                .post, "/api/sites", access: .hub(.manageSettings), summary: "Add a site",
                input: RouteInput(
                    .object([
                        .required("id", .identifier),
                        .required("title", .string(minimumLength: 1, maximumLength: 100)),
                    ])), answers: [.json(shapes.site, status: 201, "Added")], refusals: [.conflict],
                handler: addSite),
            Route(
                .put, "/api/sites/{id}", access: .site(.manageSettings), summary: "Give a site another title",
                pathSchemas: ["id": .identifier],
                input: RouteInput(
                    .object([.required("title", .string(minimumLength: 1, maximumLength: 100))])),
                answers: [.json(shapes.site)], handler: renameSite),
        ]
    }

    var joinRoutes: [Route] {
        let path = ["id": JSONSchema.identifier]
        return [
            Route(
                .post, "/api/devices/{id}/approve", access: .hub(.manageDevices),
                summary: "Make a waiting device one of the hub's; what it sent meanwhile is taken in",
                pathSchemas: path,
                input: RouteInput(shapes.approval),
                answers: [.json(shapes.approved)], refusals: [.conflict], handler: approve),
            Route(
                .post, "/api/devices/{id}/reject", access: .hub(.manageDevices),
                summary: "Turn a waiting device away; what it sent is dropped", pathSchemas: path, answers: [.empty()],
                handler: reject),
            Route(
                .post, "/api/join", access: .hub(.manageDevices),
                summary: "Let unknown devices ask to be let in, for some minutes",
                input: RouteInput(.object([.required("minutes", .integer(minimum: 1, maximum: 60))])),
                answers: [.json(.object([.required("open_until", .timestamp)]))], handler: openJoin),
            Route(
                .delete, "/api/join", access: .hub(.manageDevices), summary: "Let unknown devices ask no more",
                answers: [.empty()], handler: closeJoin),
        ]
    }

    private func sites(_ request: RouteRequest) async throws -> RouteResponse {
        let (administration, scope) = (administration, request.scope)
        let sites = try await services.database.read { try administration.sites(at: scope, in: $0) }
        return .json { json in
            json.object { json in
                json.member("sites", sites) { $0.write($1) }
            }
        }
    }

    private func addSite(_ request: RouteRequest) async throws -> RouteResponse {
        let wanted = try SiteRequest(request.body)
        guard let id = wanted.id else { throw Refusal(.missingField, "id is missing.") }
        return try await changeSite(id, status: 201) { administration, line in
            try administration.addSite(id, title: wanted.title, by: request.administrator, in: line.transaction())
        }
    }

    private func renameSite(_ request: RouteRequest) async throws -> RouteResponse {
        let wanted = try SiteRequest(request.body)
        guard let id = request.path["id"].flatMap({ SiteID($0) }) else {
            throw Refusal(.invalidIdentifier, "A site's name is 1 to 64 letters, digits and . _ - : @.")
        }
        return try await changeSite(id, status: 200) { administration, line in
            try administration.renameSite(id, title: wanted.title, by: request.administrator, in: line.transaction())
        }
    }

    private func changeSite(
        _ id: SiteID, status: Int,
        _ work: @escaping @Sendable (DeviceAdministration, inout LineContext) throws -> Void
    ) async throws -> RouteResponse {
        let administration = administration
        let site = try await services.line.perform { line in
            try work(administration, &line)
            return try administration.sites(at: .sites([id]), in: line.transaction()).first
        }
        guard let site else { throw Refusal(.notFound, "There is no site \(id).") }
        return .json(status: status) { $0.write(site) }
    }

    private func approve(_ request: RouteRequest) async throws -> RouteResponse {
        let wanted = try DeviceApproval(request.body, kinds: administration.rights.kinds)
        let (id, administration, administrator) = (try request.device, administration, request.administrator)
        let (device, key) = try await services.line.perform { line in
            defer { line.forgetAfterCommit() }
            return try administration.approve(
                id, kind: wanted.kind, site: wanted.site, credential: wanted.credential, by: administrator,
                in: line.transaction())
        }
        return answer(device, key: key.map { IssuedSecret($0) })
    }

    private func reject(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, administration, administrator) = (try request.device, administration, request.administrator)
        try await services.line.perform { line in
            try administration.reject(id, by: administrator, in: line.transaction())
        }
        return .empty()
    }

    private func openJoin(_ request: RouteRequest) async throws -> RouteResponse {
        let minutes = try JoinRequest(request.body).minutes
        let (administration, administrator) = (administration, request.administrator)
        let until = try await services.line.perform { line in
            try administration.openJoin(minutes: minutes, by: administrator, in: line.transaction())
        }
        return .json { json in
            json.object { $0.member("open_until", until) }
        }
    }

    private func closeJoin(_ request: RouteRequest) async throws -> RouteResponse {
        let (administration, administrator) = (administration, request.administrator)
        try await services.line.perform { line in
            try administration.closeJoin(by: administrator, in: line.transaction())
        }
        return .empty()
    }
}
