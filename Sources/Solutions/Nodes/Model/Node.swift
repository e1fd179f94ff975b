internal import HubModel

/// All that is kept of one node: one row of the table `node`, and its fields.
struct Node: Sendable {
    let name: NodeName
    /// The site that the registry of devices has it at.
    let site: SiteID
    /// The spelling of its id that the node itself uses in topics.
    var wireID: String
    let firstSeen: Timestamp
    var liveness: Liveness
    /// The newest time of observation of its telemetry, never later than its receipt: one reading from a clock that runs ahead
    /// must not make all later ones late.
    var telemetryAt: Timestamp?
    /// When its newest telemetry was received.
    var telemetryReceivedAt: Timestamp?
    /// As `telemetryAt`, of its status.
    var statusAt: Timestamp?
    /// The MQTT client that last spoke for it.
    var clientID: String?
    var address: String?
    var firmware: String?
    /// Signal strength in dBm.
    var rssi: Int64?
    var uptimeSeconds: Int64?
    var heapBytes: Int64?
    /// The names of all that it ever measured, in the order of their appearance.
    var fields: [String] = []

    /// The most different fields a node may have: a node that invents names must not fill the store with series.
    static let maximumFields = 256

    /// A node on first contact.
    init(_ name: NodeName, site: SiteID, wireID: String, at instant: Timestamp) {
        self.init(name, site: site, wireID: wireID, firstSeen: instant, liveness: Liveness(firstHeardAt: instant))
    }

    /// A node as it was kept.
    init(_ name: NodeName, site: SiteID, wireID: String, firstSeen: Timestamp, liveness: Liveness) {
        self.name = name
        self.site = site
        self.wireID = wireID
        self.firstSeen = firstSeen
        self.liveness = liveness
    }

    /// The fields of a message that this node never had before.
    /// - Throws: `Refusal` with `limit_reached` when they would be too many.
    func unknownFields(of reading: [ReadingField]) throws(Refusal) -> [String] {
        // Nodes repeat themselves: mostly the names come in the same order as the first time.
        var isKnown = reading.count <= fields.count
        var index = 0
        while isKnown, index < reading.count {
            isKnown = reading[index].name == fields[index]
            index += 1
        }
        if isKnown { return [] }
        let unknown = reading.map(\.name).filter { !fields.contains($0) }
        guard fields.count + unknown.count <= Node.maximumFields else {
            throw Refusal(.limitReached, "a node has at most \(Node.maximumFields) different fields")
        }
        return unknown
    }
}
