public import HubModel

/// A device that is to be added.
public struct NewDevice: Hashable, Sendable {
    /// Its name, in any spelling that its solution knows.
    public let id: DeviceID
    /// Its kind, one that a solution of the hub declares.
    public let kind: DeviceKind
    /// Where it is to be.
    public let site: SiteID
    /// Another device that may speak for it; nil: none.
    public let controller: DeviceID?

    /// A device.
    public init(_ id: DeviceID, kind: DeviceKind, site: SiteID = .main, controller: DeviceID? = nil) {
        self.id = id
        self.kind = kind
        self.site = site
        self.controller = controller
    }
}

/// A device with the key that it was just given.
public struct KeyedDevice: Sendable {
    /// The device, under the name that its solution knows it by.
    public let device: KnownDevice
    /// What it shows from now on.
    public let key: IssuedSecret

    /// A device with its key.
    package init(_ device: KnownDevice, key: IssuedSecret) {
        self.device = device
        self.key = key
    }
}

/// Adds devices and gives them keys, for people who may manage devices (`devices.manage`).
///
/// It is used inside the line, in the transaction of whatever else the change does: what is undone leaves no device and no key. It checks
/// the caller's right itself, at the site of the device, so that a route that asks for another right gives no keys away. It records each
/// change in the audit. A device at a site where the caller lacks the right is not found, and neither is one of another kind than the
/// route is for: a solution passes its own kind, and rotates no key of another solution's device. Nil stands for all kinds.
public protocol DeviceKeyBook: Sendable {
    /// Adds a device and makes its key.
    /// - Throws: `Refusal`: `forbidden` without the right anywhere; `not_found` for a site or controller that is not there, or not the
    ///   caller's; `conflict` for a name in use, or one that was a device's of another kind or site; `invalid_parameter` for a kind that
    ///   the hub does not have; `limit_reached`. `SQLFailure`.
    func add(_ device: NewDevice, by caller: Caller, in line: inout LineContext) throws -> KeyedDevice

    /// Makes a new key for a device. What it had opens nothing from the commit on, and the connection that came with it ends.
    /// - Throws: `Refusal`: `forbidden`, `not_found`; `SQLFailure`.
    func rotateKey(
        of device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws -> KeyedDevice

    /// Disables or enables a device.
    /// - Returns: the device.
    /// - Throws: `Refusal`: `forbidden`, `not_found`; `SQLFailure`.
    func setEnabled(
        _ isEnabled: Bool, _ device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws -> KnownDevice

    /// Takes a device out of the hub. Its history stays under its name, and its open commands are ended. After the commit all handlers read
    /// their tables again.
    /// - Throws: `Refusal`: `forbidden`, `not_found`; `SQLFailure`.
    func remove(
        _ device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws
}

/// The book of a hub that gives no keys to devices.
public struct NoDeviceKeys: DeviceKeyBook {
    private static let refusal = Refusal(.forbidden, "This hub gives no keys to devices.")

    /// A book in which nothing is written.
    public init() {}

    /// Throws `forbidden`.
    public func add(_ device: NewDevice, by caller: Caller, in line: inout LineContext) throws -> KeyedDevice {
        throw NoDeviceKeys.refusal
    }

    /// Throws `forbidden`.
    public func rotateKey(
        of device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws -> KeyedDevice {
        throw NoDeviceKeys.refusal
    }

    /// Throws `forbidden`.
    public func setEnabled(
        _ isEnabled: Bool, _ device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws -> KnownDevice { throw NoDeviceKeys.refusal }

    /// Throws `forbidden`.
    public func remove(
        _ device: DeviceID, as kind: DeviceKind?, by caller: Caller, in line: inout LineContext
    ) throws {
        throw NoDeviceKeys.refusal
    }
}
