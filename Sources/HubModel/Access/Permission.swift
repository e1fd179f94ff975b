/// What somebody may do. A closed set: a route, a topic and a socket each name the one they need, and a new one is added here.
public enum Permission: String, CaseIterable, Hashable, Sendable {
    // The hub.
    case viewSystem = "system.view"
    case viewMetrics = "metrics.view"
    case manageSettings = "settings.manage"
    // People and devices.
    case manageUsers = "users.manage"
    case viewDevices = "devices.view"
    case manageDevices = "devices.manage"
    case viewAudit = "audit.view"
    // The broker.
    case viewBroker = "broker.view"
    /// Subscribe over MQTT to what devices say and are told.
    case subscribeMQTT = "mqtt.subscribe"
    /// Publish over MQTT in the place of devices and to them.
    case publishMQTT = "mqtt.publish"
    /// Subscribe to `$SYS/…`.
    case subscribeSystemTopics = "mqtt.system"
    // The solutions.
    case viewNodes = "nodes.view"
    case commandNodes = "nodes.command"
    case viewParking = "parking.view"
    case overrideParking = "parking.override"
    case manageParking = "parking.manage"
    case viewParkingMoney = "parking.money"
    case manageTariffs = "parking.tariffs"
    case takePayments = "parking.pay"
    case reserveParking = "parking.reserve"

    /// What it allows, in a few words for the page that grants it.
    public var summary: String {
        switch self {
        case .viewSystem: "See the hub's version, doors and solutions"
        case .viewMetrics: "Read the hub's figures for Prometheus"
        case .manageSettings: "Change the hub's settings"
        case .manageUsers: "Add people, give and take roles"
        case .viewDevices: "See devices and when they were last heard of"
        case .manageDevices: "Add, approve, rotate, disable and remove devices"
        case .viewAudit: "Read who did what"
        case .viewBroker: "See the broker's figures"
        case .subscribeMQTT: "Subscribe over MQTT to what devices say"
        case .publishMQTT: "Publish over MQTT to devices"
        case .subscribeSystemTopics: "Subscribe to $SYS"
        case .viewNodes: "See sensor nodes and their readings"
        case .commandNodes: "Send commands to sensor nodes"
        case .viewParking: "See lots that are not public, history and the health of sensors"
        case .overrideParking: "Say against its sensor whether a spot is free"
        case .manageParking: "Add and change lots, spots and their sensors"
        case .viewParkingMoney: "See sessions, payments and revenue of car parks"
        case .manageTariffs: "Add tariffs, give money back"
        case .takePayments: "Record payments for parking"
        case .reserveParking: "Reserve spots, and see who reserved"
        }
    }

    /// Its place among all cases, for `PermissionSet`.
    var index: UInt64 {
        switch self {
        case .viewSystem: 0
        case .viewMetrics: 1
        case .manageSettings: 2
        case .manageUsers: 3
        case .viewDevices: 4
        case .manageDevices: 5
        case .viewAudit: 6
        case .viewBroker: 7
        case .subscribeMQTT: 8
        case .publishMQTT: 9
        case .subscribeSystemTopics: 10
        case .viewNodes: 11
        case .commandNodes: 12
        case .viewParking: 13
        case .overrideParking: 14
        case .manageParking: 15
        case .viewParkingMoney: 16
        case .manageTariffs: 17
        case .takePayments: 18
        case .reserveParking: 19
        }
    }
}

/// A set of permissions; a word of 64 bits, so that asking costs nothing.
public struct PermissionSet: Hashable, Sendable, ExpressibleByArrayLiteral {
    private var bits: UInt64

    private init(bits: UInt64) {
        self.bits = bits
    }

    /// Exactly these.
    public init(arrayLiteral elements: Permission...) {
        self.init(elements)
    }

    /// Exactly these.
    public init(_ permissions: some Sequence<Permission>) {
        bits = permissions.reduce(0) { $0 | 1 << $1.index }
    }

    /// Every permission there is.
    public static let all = PermissionSet(Permission.allCases)

    /// Whether nothing is permitted.
    public var isEmpty: Bool { bits == 0 }

    /// Whether the permission is among them.
    public func contains(_ permission: Permission) -> Bool { bits & (1 << permission.index) != 0 }

    /// Those of either.
    public func union(_ other: PermissionSet) -> PermissionSet { PermissionSet(bits: bits | other.bits) }

    /// Those of both.
    public func intersection(_ other: PermissionSet) -> PermissionSet { PermissionSet(bits: bits & other.bits) }

    /// The permissions in the order of their declaration.
    public var permissions: [Permission] { Permission.allCases.filter(contains) }
}
