internal import HubModel
internal import SQL
internal import SolutionKit

extension RouteRequest {
    /// The lot that the path names.
    func lotID() throws(Refusal) -> LotID {
        let text = path["id"] ?? ""
        guard let id = LotID(text) else { throw Refusal(.notFound, "There is no such lot.") }
        return id
    }

    /// The spot that the path names.
    func spotID() throws(Refusal) -> DeviceID {
        let text = path["spot_id"] ?? ""
        guard let id = DeviceID(text) else { throw Refusal(.notFound, "There is no such spot.") }
        return id
    }
}

/// The shapes of the paths that name a lot, or a lot and a spot.
enum LotPath {
    static let lot: [String: JSONSchema] = ["id": .identifier]
    static let spot: [String: JSONSchema] = ["id": .identifier, "spot_id": .identifier]
}

extension WebServices {
    /// The lot that the path names, within the sites of the request: elsewhere there is none.
    /// - Throws: `not_found`.
    func lotInScope(_ request: RouteRequest) async throws -> Lot {
        let (id, sites) = (try request.lotID(), request.scope)
        return try await database.read { try LotTable.one(id, at: sites, in: $0) }
    }

    /// The lot that the path names, if the caller may see it: for others there is none.
    /// - Throws: `not_found`.
    func visibleLot(_ request: RouteRequest) async throws -> Lot {
        let (id, caller) = (try request.lotID(), request.caller)
        return try await database.read { try LotTable.visible(id, to: caller, in: $0) }
    }
}
