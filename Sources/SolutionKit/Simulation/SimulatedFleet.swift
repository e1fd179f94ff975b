public import HubModel

/// Devices that do not exist, and how they reach a hub: a value. `martlet simulate` and the demonstration connect its clients, drive its
/// devices and keep its tally.
public protocol SimulatedFleet: Sendable {
    /// What one client of it does.
    associatedtype Device: SimulatedDevice

    /// What people call those that connect: `valves`.
    var noun: String { get }
    /// How many clients it has.
    var count: Int { get }
    /// A client, `0..<count`.
    func client(_ index: Int) -> SimulatedClient
    /// What a client does from now on: made when it has connected over MQTT, before it subscribes; over HTTP before it connects.
    func device(_ index: Int, at now: Timestamp) -> Device
    /// The same, with what it shows to say who it is; nil: it has no key. `device(_:at:)` unless the fleet says otherwise.
    func device(_ index: Int, at now: Timestamp, showing credentials: SimulatedCredentials?) -> Device
    /// Programs of people that publish for the devices. They connect before any device does. None unless it says otherwise.
    var programs: [SimulatedProgram] { get }
    /// What the hub must know before they are let in: controllers before those for which they speak.
    var devices: [SimulatedRegistration] { get }

    /// One line for people while it runs, without a line break.
    /// - Parameters:
    ///   - before: the tally when the line before was made.
    ///   - seconds: how long ago that was, 1 or more.
    func progress(_ tally: FleetTally<Device.Count>, before: FleetTally<Device.Count>, seconds: Int) -> String
    /// One line for people and for tests when it has ended, without a line break.
    func summary(_ tally: FleetTally<Device.Count>) -> String
}

extension SimulatedFleet {
    /// No programs.
    public var programs: [SimulatedProgram] { [] }

    /// The device does not need to know what it shows.
    public func device(_ index: Int, at now: Timestamp, showing credentials: SimulatedCredentials?) -> Device {
        device(index, at: now)
    }
}

/// A program of people that publishes what devices may not, with a personal access token.
public struct SimulatedProgram: Sendable, Hashable {
    /// The client identifier.
    public let identifier: String
    /// The user name; which one it is does not matter to the hub.
    public let userName: String
    /// The file that holds its token.
    public let tokenFile: String
    /// The option that names that file, for messages: `--payment-token`.
    public let option: String

    /// A program.
    public init(identifier: String, userName: String, tokenFile: String, option: String) {
        self.identifier = identifier
        self.userName = userName
        self.tokenFile = tokenFile
        self.option = option
    }
}

/// A device as a hub is to know it.
public struct SimulatedRegistration: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its kind.
    public let kind: DeviceKind
    /// The device that speaks for it; nil: it speaks for itself, and gets a key.
    public let controller: String?

    /// A device.
    public init(name: String, kind: DeviceKind, controller: String? = nil) {
        self.name = name
        self.kind = kind
        self.controller = controller
    }
}
