internal import HubModel
internal import SolutionKit

/// A tank with its device, and keys for it. The hub makes the device and its key in the same transaction as the tank, for callers who may
/// manage devices; the answer shows the key, and nothing shows it again.
extension TankRoutes {
    var keys: [Route] {
        [
            Route(
                .post, "/api/tanks", access: .site(.manageTanks),
                summary: "Add a water tank with its device, whose key is shown once; needs devices.manage as well",
                input: RouteInput(NewTank.schema), answers: [.json(.tankWithKey, status: 201, "Added")],
                refusals: [.notFound, .conflict, .limitReached], handler: add),
            Route(
                .post, "/api/tanks/{id}/key", access: .site(.manageTanks),
                summary: "Give the device of a water tank a new key, shown once; needs devices.manage as well",
                pathSchemas: ["id": .identifier], answers: [.json(.tankWithKey)], refusals: [.notFound],
                handler: rotateKey),
        ]
    }

    private func add(_ request: RouteRequest) async throws -> RouteResponse {
        let wanted = try NewTank(request.body)
        let (scope, caller, keys) = (request.scope, request.caller, services.deviceKeys)
        let (tank, key) = try await services.change(with: TanksHandler.self, by: caller) { handler, line in
            let made = try handler.add(wanted, within: scope, in: &line) { device, line in
                try keys.add(device, by: caller, in: &line)
            }
            return AuditedChange(made, .changeTank, of: "tank:\(made.tank.id)", facts: made.tank.facts)
        }
        return answer(tank, key, status: 201, [("Location", "/api/tanks/\(tank.id)")])
    }

    private func rotateKey(_ request: RouteRequest) async throws -> RouteResponse {
        let id = try request.tankID()
        let (scope, caller, keys) = (request.scope, request.caller, services.deviceKeys)
        let (tank, key) = try await services.change(with: TanksHandler.self, by: caller) { handler, line in
            let tank = try handler.tank(id, within: scope)
            // That the device has a new key, the hub itself records.
            return AuditedChange((tank, try keys.rotateKey(of: id, as: .tank, by: caller, in: &line).key))
        }
        return answer(tank, key, status: 200)
    }

    private func answer(
        _ tank: Tank, _ key: IssuedSecret, status: Int, _ headers: [(name: String, value: String)] = []
    ) -> RouteResponse {
        // Nothing on its way may keep an answer that holds a key.
        .json(status: status, headers: headers + [("Cache-Control", "no-store")]) { $0.write(tank, key: key) }
    }
}

extension Tank {
    /// What the audit keeps of it.
    var facts: [(name: String, value: String)] {
        [("title", title), ("litres", "\(litres)"), ("site", site.text)]
    }
}
