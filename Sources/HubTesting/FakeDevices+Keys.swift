public import HubModel
public import SolutionKit
internal import Synchronization

/// The same devices as people administer them: with the rights, the conflicts and the sites of the hub, whatever is undone with its piece of a
/// batch. It writes no audit, knows no names with two spellings and takes every kind.
extension FakeDevices: DeviceKeyBook {
    /// What a device shows at present; nil: nothing, or there is no such device.
    public func key(of name: String) -> String? { state.withLock { $0.keys[name] } }

    /// The devices that may not come in.
    public var disabled: Set<String> { state.withLock { $0.disabled } }

    /// Registers a device, and makes its key.
    /// - Throws: `Refusal` as the hub does; `conflict` for every name where all are registered.
    public func add(_ device: NewDevice, by caller: Caller, in line: inout LineContext) throws -> KeyedDevice {
        let scope = try caller.scope(asking: .site(.manageDevices))
        return try change(&line) { state throws(Refusal) in
            guard scope.contains(device.site), state.sites?.contains(device.site) ?? true else {
                throw Refusal(.notFound, "There is no site \(device.site).")
            }
            guard state.devices?[device.id.text] == nil, state.devices != nil else {
                throw Refusal(.conflict, "The name \(device.id) is in use: FakeDevices([:]) begins with none.")
            }
            if let controller = device.controller {
                guard controller != device.id else {
                    throw Refusal(.invalidParameter, "A device is not its own controller.")
                }
                _ = try FakeDevices.device(controller, within: scope, in: state)
                state.devices?[controller.text]?.controls.insert(device.id.text)
            }
            state.devices?[device.id.text] = Device(device.kind, at: device.site)
            return FakeDevices.give(
                a: KnownDevice(id: device.id, kind: device.kind, site: device.site), newKeyIn: &state)
        }
    }

    /// Makes another key.
    /// - Throws: `Refusal`: `forbidden`, `not_found`.
    public func rotateKey(
        of device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws -> KeyedDevice {
        let scope = try caller.scope(asking: .site(.manageDevices))
        return try change(&line) { state throws(Refusal) in
            FakeDevices.give(a: try FakeDevices.device(device, as: kind, within: scope, in: state), newKeyIn: &state)
        }
    }

    /// Notes whether it may come in.
    /// - Throws: `Refusal`: `forbidden`, `not_found`.
    public func setEnabled(
        _ isEnabled: Bool, _ device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws -> KnownDevice {
        let scope = try caller.scope(asking: .site(.manageDevices))
        return try change(&line) { state throws(Refusal) in
            let known = try FakeDevices.device(device, as: kind, within: scope, in: state)
            if isEnabled { state.disabled.remove(device.text) } else { state.disabled.insert(device.text) }
            return known
        }
    }

    /// Registers it no more.
    /// - Throws: `Refusal`: `forbidden`, `not_found`.
    public func remove(
        _ device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws {
        let scope = try caller.scope(asking: .site(.manageDevices))
        try change(&line) { state throws(Refusal) in
            _ = try FakeDevices.device(device, as: kind, within: scope, in: state)
            state.devices?[device.text] = nil
            state.keys[device.text] = nil
            state.disabled.remove(device.text)
        }
        line.forgetAfterCommit()
    }

    private func change<Value: Sendable>(
        _ line: inout LineContext, _ work: (inout State) throws(Refusal) -> Value
    ) throws(Refusal) -> Value {
        let (before, value) = try state.withLock { (state) throws(Refusal) in (state, try work(&state)) }
        line.ifUndone { self.state.withLock { $0 = before } }
        return value
    }

    private static func device(
        _ id: DeviceID, as kind: DeviceKind? = nil, within scope: SiteScope, in state: State
    ) throws(Refusal) -> KnownDevice {
        guard let found = state.devices?[id.text], scope.contains(found.site), kind ?? found.kind == found.kind
        else {
            throw Refusal(.notFound, "There is no device \(id).")
        }
        return KnownDevice(id: id, kind: found.kind, site: found.site)
    }

    private static func give(a device: KnownDevice, newKeyIn state: inout State) -> KeyedDevice {
        state.made += 1
        let key = "mdk_of_a_test_\(state.made)"
        state.keys[device.id.text] = key
        return KeyedDevice(device, key: IssuedSecret(key))
    }
}
