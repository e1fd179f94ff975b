internal import HubModel

extension Caller {
    /// What is written beside what a person decided: a name, never an address or a key.
    var shortName: String {
        switch identity {
        case .person(_, let name, _), .token(_, let name, _), .shell(let name): name
        case .device(let device, _, _): device.text
        case .keyless(let kind): "keyless \(kind.name)"
        case .open: "open hub"
        case .anonymous, .link: "anonymous"
        case .hub: "hub"
        }
    }
}
