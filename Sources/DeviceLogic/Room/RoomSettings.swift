/// By which times a room's device goes, in milliseconds. The defaults are what is agreed between devices and hub.
public struct RoomSettings: Sendable, Hashable {
    /// What the relay does when nobody knows whether the room is booked: the hub is gone and so is what it promised.
    public enum FailSafe: Sendable, Hashable {
        /// It gives power: nobody stands in the dark because a hub is down.
        case on
        /// It stays as it is.
        case hold
    }

    /// After so long without movement the room is idle.
    public var idleAfter: Int64 = 60_000
    /// After so long without movement the hub is told so.
    public var idleReportedAfter: Int64 = 120_000
    /// So long after the hub said so the power goes off.
    public var powerOffDelay: Int64 = 180_000
    /// Without the hub: so long the room stays powered after it became idle, before the delay begins. While the hub replies, that is its business.
    public var holdAfter: Int64 = 0
    /// The longest time between two reports.
    public var reportInterval: Int64 = 120_000
    /// After so long without a reply the hub is gone; after as long without a report the hub thinks the same of the device.
    public var hubLostAfter: Int64 = 300_000
    /// What the relay does when nobody knows.
    public var failSafe = FailSafe.on

    /// The times that are agreed.
    public init() {}
}

/// What the hub replies to a report.
public struct RoomReply: Sendable, Hashable {
    /// Whether the room is booked now (`is_booked`).
    public var isBooked: Bool
    /// Whether it shall have power (`power_on`).
    public var isPowerWanted: Bool
    /// Whether a person decided that, and not the policy: then movement in the room does not undo it.
    public var isManual: Bool

    /// A reply.
    public init(isBooked: Bool, isPowerWanted: Bool, isManual: Bool = false) {
        self.isBooked = isBooked
        self.isPowerWanted = isPowerWanted
        self.isManual = isManual
    }
}

/// What a room's device tells the hub.
public struct RoomReport: Sendable, Hashable {
    /// Whether somebody moved within the time after which the hub is told (`is_occupied`).
    public let isOccupied: Bool
    /// Whether the room has power (`is_power_on`).
    public let isPowerOn: Bool
    /// For how long nobody moved, in milliseconds.
    public let idleMilliseconds: Int64
}

/// Why a room's power changes.
public enum RoomPowerReason: Sendable, Hashable {
    /// The hub's policy said so (`auto_control`).
    case policy
    /// A person said so.
    case manual
    /// The room is booked.
    case booked
    /// The hub is gone, the room is not booked, and somebody moved in it.
    case movement
    /// The hub is gone, the room is not booked, and nobody moved in it.
    case idle
    /// The hub is gone, and nobody knows whether the room is booked.
    case failSafe
}

/// What a room's device is to do now.
public enum RoomAction: Sendable, Hashable {
    /// Switch the relay.
    case switchPower(on: Bool, RoomPowerReason)
    /// Tell the hub; its reply goes to `RoomControl.take`.
    case report(RoomReport)
}
