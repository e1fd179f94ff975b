/// How many connections each sort of door may have, of the descriptors that the system lets the program have.
///
/// Some are kept back for files: the database's readers, month files, certificates, what the runtime opens for itself. A
/// process without any cannot store, and the runtime's threads end it.
struct ConnectionPlan: Sendable, Hashable {
    /// Connections to pages and API.
    var http: Int
    /// Clients of MQTT that are let in.
    var mqtt: Int
    /// Clients of MQTT that are not let in yet.
    var mqttStrangers: Int

    /// What the settings say.
    init(_ limits: HubLimits) {
        http = limits[.httpConnections]
        mqtt = limits[.mqttConnections]
        mqttStrangers = limits[.mqttStrangers]
    }

    /// Connections beyond the bounds, while they are being closed.
    static let slack = 4

    /// Descriptors that are opened later than they are counted: of each event loop (one a core and the broker's) three, of signals,
    /// of the listening sockets, and what these hold in reserve.
    private static func comingDescriptors(cores: Int) -> Int { 3 * (cores + 1) + 12 }

    /// The fewest that a hub is of use with.
    private static let fewest = 8

    /// Cuts the bounds down to what there are descriptors for.
    /// - Parameters:
    ///   - descriptors: how many the process may have open.
    ///   - inUse: how many it has open before its event loops and doors are.
    ///   - cores: how many cores its event loops spread over.
    /// - Returns: whether anything was cut.
    /// - Throws: `SettingError` when there are too few for a hub.
    mutating func fit(descriptors: Int, inUse: Int, cores: Int) throws -> Bool {
        let forFiles = min(max(descriptors / 8, 12), 128)
        let taken = inUse + ConnectionPlan.comingDescriptors(cores: cores) + forFiles + 2 * ConnectionPlan.slack
        let room = descriptors - taken
        guard room >= ConnectionPlan.fewest else {
            throw SettingError(
                "this program may have only \(descriptors) files open, which is too few for a hub; allow 1,024 or more (`ulimit -n 1024`; in a unit of systemd, LimitNOFILE=)"
            )
        }
        let whole = self
        // A third for people is what the defaults would leave them of 3,000; the rest is for devices.
        http = min(http, max(room / 3, room - mqtt - mqttStrangers))
        mqttStrangers = min(mqttStrangers, max((room - http) / 4, room - http - mqtt))
        mqtt = min(mqtt, room - http - mqttStrangers)
        return self != whole
    }
}
