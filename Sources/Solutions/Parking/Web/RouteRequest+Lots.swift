internal import HubModel
internal import SolutionKit

extension RouteRequest {
    /// A parameter that has a value: `?status=` is as good as none.
    func given(_ name: String) -> String? {
        parameter(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// An instant in any form of the contract; nil when it is not given.
    func instant(_ name: String) throws(Refusal) -> Timestamp? {
        guard let text = given(name) else { return nil }
        if let instant = Timestamp(text: text) { return instant }
        // A plus that was not encoded arrives as a blank: `2024-01-01T12:00:00 01:00`.
        if let blank = text.lastIndex(of: " "),
            let instant = Timestamp(iso8601: "\(text[..<blank])+\(text[text.index(after: blank)...])")
        {
            return instant
        }
        throw Refusal(.invalidParameter, "\(name) is a time: epoch seconds or milliseconds, or ISO-8601")
    }

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
