import HubModel

extension DeviceKind {
    // Of other solutions.
    static let parking = DeviceKind("parking")
    static let module = DeviceKind("module")
}
