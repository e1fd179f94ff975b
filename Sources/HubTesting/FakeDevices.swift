public import HubModel
public import SQL
public import SolutionKit
internal import Synchronization

/// The hub's devices, as a test says they are.
public final class FakeDevices: DeviceBook {
    /// A device that somebody registered.
    public struct Device: Sendable {
        /// Its kind.
        public var kind: DeviceKind
        /// Where it is.
        public var site: SiteID
        /// The devices that it may speak for, beside itself.
        public var controls: Set<String>

        /// A device.
        public init(_ kind: DeviceKind, at site: SiteID = .main, controls: Set<String> = []) {
            self.kind = kind
            self.site = site
            self.controls = controls
        }
    }

    struct State {
        var devices: [String: Device]?
        var sites: Set<SiteID>?
        var seen: [String] = []
        var refused: [RefusedMessage] = []
        /// What devices show, by name.
        var keys: [String: String] = [:]
        var disabled: Set<String> = []
        /// How many keys were made.
        var made = 0
    }

    let state: Mutex<State>

    /// Devices.
    /// - Parameters:
    ///   - devices: those that are registered, by name; nil: all are, at the site `main`, and speak for whom they like.
    ///   - sites: those that there are; nil: all.
    public init(_ devices: [String: Device]? = nil, sites: Set<SiteID>? = nil) {
        state = Mutex(State(devices: devices, sites: sites))
    }

    /// Registers a device, or removes it.
    public subscript(name: String) -> Device? {
        get { state.withLock { $0.devices?[name] } }
        set {
            state.withLock { state in
                var devices = state.devices ?? [:]
                devices[name] = newValue
                state.devices = devices
            }
        }
    }

    /// Who was noted as heard of, in order.
    public var seen: [String] { state.withLock { $0.seen } }

    /// What was noted as refused, in order.
    public var refused: [RefusedMessage] { state.withLock { $0.refused } }

    /// False: nobody is new.
    /// - Throws: `Refusal` for one that is not registered, or is of another kind.
    public func admit(
        _ device: DeviceID, kind: DeviceKind, from address: String?, at instant: Timestamp, in transaction: Transaction
    ) throws -> Bool {
        guard let devices = state.withLock({ $0.devices }) else { return false }
        guard let known = devices[device.text] else { throw Refusal(.forbidden, "not registered") }
        guard known.kind == kind else { throw Refusal(.conflict, "the name of another kind") }
        return false
    }

    /// Notes who was heard of.
    public func seen(
        _ device: DeviceID, at instant: Timestamp, address: String?, firmware: String?, in transaction: Transaction
    ) throws { state.withLock { $0.seen.append(device.text) } }

    /// Where it is registered.
    public func site(of device: DeviceID, in reader: some SQLReading) throws -> SiteID? {
        guard let devices = state.withLock({ $0.devices }) else { return .main }
        return devices[device.text]?.site
    }

    /// Those that are registered by name.
    public func devices(
        of kind: DeviceKind, at sites: SiteScope, after last: DeviceID?, limit: Int, in reader: some SQLReading
    ) throws -> [KnownDevice] {
        let devices = state.withLock { $0.devices } ?? [:]
        let found = devices.filter { name, device in
            device.kind == kind && sites.contains(device.site) && name > (last?.text ?? "")
        }
        return found.sorted { $0.key < $1.key }.prefix(limit).compactMap { name, device in
            DeviceID(name).map { KnownDevice(id: $0, kind: kind, site: device.site) }
        }
    }

    /// As it is registered; where all are, nobody knows of which kind.
    public func known(_ device: DeviceID, in reader: some SQLReading) throws -> KnownDevice? {
        state.withLock { $0.devices?[device.text] }.map { KnownDevice(id: device, kind: $0.kind, site: $0.site) }
    }

    /// Whether the test named it.
    public func hasSite(_ site: SiteID, in reader: some SQLReading) throws -> Bool {
        state.withLock { $0.sites?.contains(site) ?? true }
    }

    /// Whether it is itself, or its controller.
    public func maySpeak(_ device: DeviceID, for other: DeviceID, in reader: some SQLReading) throws -> Bool {
        guard let devices = state.withLock({ $0.devices }) else { return true }
        return device == other || devices[device.text]?.controls.contains(other.text) == true
    }

    /// Notes a refusal.
    public func note(_ refused: RefusedMessage, in transaction: Transaction) throws {
        state.withLock { $0.refused.append(refused) }
    }

    /// What was noted of a device.
    public func refusals(of device: DeviceID, in reader: some SQLReading) throws -> [RefusedMessage] {
        state.withLock { $0.refused.filter { $0.device == device } }
    }
}
