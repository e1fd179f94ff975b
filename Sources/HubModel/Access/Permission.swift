/// What somebody may do. A route, a topic and a socket each name the one they need. The hub declares its own here; a solution declares
/// those of its routes in its manifest.
public struct Permission: DeclaredName {
    /// The name, such as `devices.view`.
    public let name: String

    /// A permission of a name that keeps the rule.
    public init(checked name: String) {
        self.name = name
    }
}

extension Permission {
    // The hub.
    package static let viewSystem = Permission("system.view")
    package static let viewMetrics = Permission("metrics.view")
    package static let manageSettings = Permission("settings.manage")
    // People and devices.
    package static let manageUsers = Permission("users.manage")
    package static let viewDevices = Permission("devices.view")
    package static let manageDevices = Permission("devices.manage")
    package static let viewAudit = Permission("audit.view")
    // The broker.
    package static let viewBroker = Permission("broker.view")
    /// Subscribe over MQTT to what devices say and are told.
    package static let subscribeMQTT = Permission("mqtt.subscribe")
    /// Publish over MQTT in the place of devices and to them.
    package static let publishMQTT = Permission("mqtt.publish")
    /// Subscribe to `$SYS/…`.
    package static let subscribeSystemTopics = Permission("mqtt.system")

    /// What the hub itself declares, in the order in which people read it.
    package static let ofHub = [
        Declared(viewSystem, "See the hub's version, doors and solutions"),
        Declared(viewMetrics, "Read the hub's figures for Prometheus"),
        Declared(manageSettings, "Change the hub's settings and sites"),
        Declared(manageUsers, "Add people, give and take roles"),
        Declared(viewDevices, "See devices and when they were last heard of"),
        Declared(manageDevices, "Add, approve, rotate, disable and remove devices"),
        Declared(viewAudit, "Read who did what"),
        Declared(viewBroker, "See the broker's figures"),
        Declared(subscribeMQTT, "Subscribe over MQTT to what devices say"),
        Declared(publishMQTT, "Publish over MQTT to devices"),
        Declared(subscribeSystemTopics, "Subscribe to $SYS"),
    ]
}
