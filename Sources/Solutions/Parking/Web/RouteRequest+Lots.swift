internal import HubModel
internal import SolutionKit

extension RouteRequest {
    /// The lot that the path names.
    func lotID() throws(Refusal) -> LotID {
        let text = path["id"] ?? ""
        guard let id = LotID(text) else { throw Refusal(.notFound, "there is no such lot") }
        return id
    }

    /// The spot that the path names.
    func spotID() throws(Refusal) -> DeviceID {
        let text = path["spot_id"] ?? ""
        guard let id = DeviceID(text) else { throw Refusal(.notFound, "there is no such spot") }
        return id
    }
}
