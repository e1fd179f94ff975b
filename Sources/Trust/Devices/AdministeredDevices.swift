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
        let (added, key) = try change(&line, by: caller) { administrator, transaction in
            try administration.add(
                device.id, kind: device.kind, site: device.site, controller: device.controller, by: administrator,
                in: transaction)
        }
        return KeyedDevice(added.known, key: IssuedSecret(key))
    }

    /// As `DeviceAdministration.rotate`.
    public func rotateKey(
        of device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws -> KeyedDevice {
        let (known, key) = try change(&line, by: caller, device, kind) { administrator, transaction in
            try administration.rotate(device, by: administrator, in: transaction)
        }
        return KeyedDevice(known.known, key: IssuedSecret(key))
    }

    /// As `DeviceAdministration.setEnabled`.
    public func setEnabled(
        _ isEnabled: Bool, _ device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws -> KnownDevice {
        try change(&line, by: caller, device, kind) { administrator, transaction in
            try administration.setEnabled(isEnabled, device, by: administrator, in: transaction)
        }.known
    }

    /// As `DeviceAdministration.remove`; then the handlers forget what they keep of it.
    public func remove(
        _ device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws {
        try change(&line, by: caller, device, kind) { administrator, transaction in
            try administration.remove(device, by: administrator, in: transaction)
        }
        line.forgetAfterCommit()
    }

    /// What is refused leaves nothing behind, also where the route catches the refusal and goes on with the next device.
    /// - Parameters:
    ///   - device: one that there must be; nil: none.
    ///   - kind: the kind that it must be of; nil: any.
    private func change<Value>(
        _ line: inout LineContext, by caller: Caller, _ device: DeviceID? = nil, _ kind: DeviceKind? = nil,
        _ work: (Administrator, Transaction) throws -> Value
    ) throws -> Value {
        let administrator = Administrator(
            caller, scope: try caller.scope(asking: .site(.manageDevices)), at: line.now)
        let transaction = try line.transaction()
        return try transaction.savepoint {
            if let device, let kind, try administration.device(device, administrator, in: transaction).kind != kind {
                throw Refusal(.notFound, "There is no device \(device).")
            }
            return try work(administrator, transaction)
        }
    }
}

extension IssuedSecret {
    /// A key that the hub made, to be shown.
    init(_ key: SecretKey) { self.init(key.text) }
}

extension DeviceRecord {
    fileprivate var known: KnownDevice { KnownDevice(id: id, kind: kind, site: site) }
}
