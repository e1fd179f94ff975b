internal import Credentials
public import HubModel
internal import Registry
internal import SQL
public import SolutionKit

/// How routes add devices and give them keys, those of solutions and the hub's own: the rules of `DeviceAdministration` for whoever asks, at
/// the sites where they may manage devices.
public struct AdministeredDevices: DeviceKeyBook {
    private let administration: DeviceAdministration

    /// A book over an administration.
    public init(_ administration: DeviceAdministration) {
        self.administration = administration
    }

    /// As `DeviceAdministration.add`.
    public func add(_ device: NewDevice, by caller: Caller, in line: inout LineContext) throws -> KeyedDevice {
        let (added, key) = try administration.add(
            device.id, kind: device.kind, site: device.site, controller: device.controller,
            by: administrator(caller, line), in: line.transaction())
        return KeyedDevice(added.known, key: IssuedSecret(key))
    }

    /// As `DeviceAdministration.rotate`.
    public func renewKey(of device: DeviceID, by caller: Caller, in line: inout LineContext) throws -> KeyedDevice {
        let (known, key) = try administration.rotate(
            device, by: administrator(caller, line), in: line.transaction())
        return KeyedDevice(known.known, key: IssuedSecret(key))
    }

    /// As `DeviceAdministration.setEnabled`.
    public func setEnabled(
        _ isEnabled: Bool, _ device: DeviceID, by caller: Caller, in line: inout LineContext
    ) throws {
        _ = try administration.setEnabled(
            isEnabled, device, by: administrator(caller, line), in: line.transaction())
    }

    /// As `DeviceAdministration.remove`; then the handlers forget what they keep of it.
    public func remove(_ device: DeviceID, by caller: Caller, in line: inout LineContext) throws {
        try administration.remove(device, by: administrator(caller, line), in: line.transaction())
        line.forgetAfterCommit()
    }

    private func administrator(_ caller: Caller, _ line: LineContext) throws(Refusal) -> Administrator {
        Administrator(caller, scope: try caller.scope(asking: .site(.manageDevices)), at: line.now)
    }
}

extension IssuedSecret {
    /// A key that the hub made, to be shown.
    init(_ key: SecretKey) { self.init(key.text) }
}

extension DeviceRecord {
    fileprivate var known: KnownDevice { KnownDevice(id: id, kind: kind, site: site) }
}
