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

extension Caller {
    /// What is written beside what a person decided: a name, never an address or a key.
    var shortName: String {
        switch identity {
        case .person(_, let name, _), .token(_, let name, _), .shell(let name): name
        case .device(let device, _, _): device.text
        case .open: "open hub"
        case .anonymous: "anonymous"
        case .hub: "hub"
        }
    }
}
