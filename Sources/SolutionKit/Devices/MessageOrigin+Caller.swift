public import HubModel

extension MessageOrigin.Sender {
    /// Who sends what a route for devices of a kind takes (`RouteAccess.device`).
    /// - Throws: `forbidden` for anyone else.
    public init(_ caller: Caller, kind: DeviceKind) throws(Refusal) {
        switch caller.identity {
        case .device(let device, kind, _): self = .device(device)
        case .keyless(kind): self = .keyless
        case .open: self = .anybody
        case .device, .keyless, .anonymous, .person, .token, .link, .shell, .hub:
            throw Refusal(.forbidden, "This is for devices of the kind \(kind.name).")
        }
    }
}
