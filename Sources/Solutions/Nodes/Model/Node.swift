internal import HubModel
internal import SolutionKit

/// All that is kept of one node: one row of the table `node`, and its fields.
struct Node: Sendable {
    let name: NodeName
    /// The site that the registry of devices has it at.
    let site: SiteID
    /// The spelling of its id that the node itself uses in topics.
    var wireID: String
    let firstSeen: Timestamp
    var liveness: Liveness
    /// The clock by which its telemetry is stamped, as far as it is known.
    var telemetryClock = DeviceClock()
    /// As `telemetryClock`, of its status.
    var statusClock = DeviceClock()
    /// The MQTT client that last spoke for it.
    var clientID: String?
    var address: String?
    var firmware: String?
    /// Signal strength in dBm.
    var rssi: Int64?
    var uptimeSeconds: Int64?
    var heapBytes: Int64?
    /// All that it ever measured, in the order of appearance.
    var fields: [NodeField] = []

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

    /// When its newest telemetry was received.
    var telemetryReceivedAt: Timestamp? { telemetryClock.heardAt }
}
