internal import HubModel
internal import SQL
internal import SolutionKit

/// Lots and spots, added, changed and removed by hand.
struct LotEditRoutes: Sendable {
    let services: WebServices

    var all: [Route] {
        [
            Route(
                .post, "/api/lots", access: .site(.manageParking), summary: "Add a lot, with spots or without",
                input: RouteInput(LotSchemas.lotRequest),
                answers: [.json(LotSchemas.wholeLot, status: 201, "Added; Location is its address")],
                refusals: [.notFound, .conflict],
                maximumBodyBytes: 4_194_304, handler: addLot),
            Route(
                .put, "/api/lots/{id}", access: .site(.manageParking),
                summary: "Change a lot; what is not said stays", pathSchemas: LotPath.lot,
                input: RouteInput(LotSchemas.lotChange), answers: [.json(LotSchemas.wholeLot)], refusals: [.conflict],
                maximumBodyBytes: 4_194_304, handler: changeLot),
            Route(
                .delete, "/api/lots/{id}", access: .site(.manageParking),
                summary: "Remove a lot that was never used", pathSchemas: LotPath.lot, answers: [.empty()],
                refusals: [.conflict],
                handler: removeLot),
            Route(
                .post, "/api/lots/{id}/spots", access: .site(.manageParking), summary: "Add a spot",
                pathSchemas: LotPath.lot, input: RouteInput(LotSchemas.spotRequest),
                answers: [.json(LotSchemas.spot, status: 201, "Added")], refusals: [.conflict], handler: addSpot),
            Route(
                .put, "/api/lots/{id}/spots/{spot_id}", access: .site(.manageParking),
                summary: "Change a spot; what is not said stays", pathSchemas: LotPath.spot,
                input: RouteInput(LotSchemas.spotChange), answers: [.json(LotSchemas.spot)], refusals: [.conflict],
                handler: changeSpot),
            Route(
                .delete, "/api/lots/{id}/spots/{spot_id}", access: .site(.manageParking),
                summary: "Remove a spot where no car stands; its past stays", pathSchemas: LotPath.spot,
                answers: [.empty()], refusals: [.conflict], handler: removeSpot),
        ]
    }

    private func addLot(_ request: RouteRequest) async throws -> RouteResponse {
        let edit = try LotEditRoutes.lotEdit(request.body)
        guard let id = edit.id else { throw Refusal(.missingField, "lot_id is missing.") }
        try await write([edit], mode: .add, target: "lot:\(id)", request)
        return try await LotRoutes(services: services).answer(
            with: id, for: request.caller, status: 201, headers: [("Location", "/api/lots/\(id)")])
    }

    private func changeLot(_ request: RouteRequest) async throws -> RouteResponse {
        let id = try request.lotID()
        var edit = try LotEditRoutes.lotEdit(request.body)
        guard edit.id == nil || edit.id == id else {
            throw Refusal(.identifierMismatch, "lot_id names another lot than the path.")
        }
        edit.id = id
        try await write([edit], mode: .change, target: "lot:\(id)", request)
        return try await LotRoutes(services: services).answer(with: id, for: request.caller)
    }

    /// Adds and changes lots, and records it.
    @discardableResult
    func write(
        _ edits: [LotEdit], mode: EditMode, target: String, _ request: RouteRequest
    ) async throws -> EditResult {
        let (caller, sites) = (request.caller, request.scope)
        return try await services.change(with: ParkingHandler.self, by: caller) { handler, line in
            let setter = PriceSetter(name: caller.shortName, sites: caller.grants.scope(of: .manageTariffs))
            let result = try handler.edit(edits, mode: mode, at: sites, pricedBy: setter, in: &line)
            var change = AuditedChange(result)
            for lot in result.pricedLots {
                change.note(
                    .addTariff, of: "lot:\(lot)", facts: [("version", "1"), ("valid_from", line.now.description)])
            }
            change.note(
                .changeLot, of: target,
                facts: [
                    ("lots", String(result.lots)), ("spots", String(result.spots)),
                    ("added_lots", String(result.addedLots)), ("added_spots", String(result.addedSpots)),
                ])
            return change
        }
    }

    private func removeLot(_ request: RouteRequest) async throws -> RouteResponse {
        let id = try request.lotID()
        let sites = request.scope
        try await services.change(with: ParkingHandler.self, by: request.caller) { handler, line in
            try handler.remove(id, at: sites, in: &line)
            return AuditedChange(.removeLot, of: "lot:\(id)")
        }
        return .empty()
    }

    private func addSpot(_ request: RouteRequest) async throws -> RouteResponse {
        let lot = try request.lotID()
        let edit = try LotEditRoutes.spotEdit(request.body)
        guard let id = edit.id else { throw Refusal(.missingField, "spot_id is missing.") }
        return try await write(edit, as: id, of: lot, isNew: true, request)
    }

    private func changeSpot(_ request: RouteRequest) async throws -> RouteResponse {
        let (lot, id) = (try request.lotID(), try request.spotID())
        var edit = try LotEditRoutes.spotEdit(request.body)
        guard edit.id == nil || edit.id == id else {
            throw Refusal(.identifierMismatch, "spot_id names another spot than the path.")
        }
        edit.id = id
        return try await write(edit, as: id, of: lot, isNew: false, request)
    }

    private func write(
        _ edit: SpotEdit, as id: DeviceID, of lot: LotID, isNew: Bool, _ request: RouteRequest
    ) async throws -> RouteResponse {
        let sites = request.scope
        let (spot, now) = try await services.change(with: ParkingHandler.self, by: request.caller) { handler, line in
            guard let entry = handler.park[lot], sites.contains(entry.lot.site) else {
                throw Refusal(.notFound, "There is no lot \(lot).")
            }
            let isThere = entry.spots[id] != nil
            if isNew, isThere { throw Refusal(.conflict, "There is a spot \(id) already.") }
            if !isNew, !isThere { throw Refusal(.notFound, "\(lot) has no spot \(id).") }
            var lotEdit = LotEdit()
            lotEdit.id = lot
            lotEdit.spots = [edit]
            _ = try handler.edit([lotEdit], mode: .change, at: sites, in: &line)
            guard let spot = handler.park[id]?.spot else { throw Refusal(.notFound, "\(lot) has no spot \(id).") }
            return AuditedChange(
                (spot, line.now), .changeLot, of: "spot:\(id)",
                facts: [("lot", lot.text), ("change", isNew ? "added" : "changed")])
        }
        return RouteResponse.json(status: isNew ? 201 : 200) { $0.write(SpotView(spot, at: now, for: .staff)) }
    }

    private func removeSpot(_ request: RouteRequest) async throws -> RouteResponse {
        let (lot, spot) = (try request.lotID(), try request.spotID())
        let sites = request.scope
        try await services.change(with: ParkingHandler.self, by: request.caller) { handler, line in
            try handler.remove(spot, of: lot, at: sites, in: &line)
            return AuditedChange(.changeLot, of: "spot:\(spot)", facts: [("lot", lot.text), ("change", "removed")])
        }
        return .empty()
    }

    private static func lotEdit(_ body: [UInt8]) throws(Refusal) -> LotEdit {
        var reader = JSONReader(body)
        let edit = try LotEdit(&reader)
        try reader.end()
        return edit
    }

    private static func spotEdit(_ body: [UInt8]) throws(Refusal) -> SpotEdit {
        var reader = JSONReader(body)
        let edit = try SpotEdit(&reader)
        try reader.end()
        return edit
    }
}
