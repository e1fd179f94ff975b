public import HubModel
public import SQL

/// One kind of sensor site: its devices, its messages, its tables, its routes. A solution is one folder; it never
/// touches a broker, a socket or another solution.
///
/// Life: made without side effects; its migrations run; then the line makes one handler (`makeHandler`) and the web
/// its routes.
public protocol Solution: Sendable {
    /// Who it is and what it listens to.
    var manifest: SolutionManifest { get }
    /// Its tables, as named, append-only migrations.
    var migrations: Migrations { get }
    /// Makes the part that lives inside the line. Called once, before the first message.
    func makeHandler(_ services: LineServices) -> any MessageHandler
    /// What it offers to people over HTTP.
    func routes(_ services: WebServices) -> [Route]
    /// How many devices it has, and how many of them need attention; for the front page.
    func overview(_ services: WebServices) async throws -> SolutionOverview
}

/// Who a solution is and what it listens to.
public struct SolutionManifest: Sendable {
    /// A short word, used in paths and topics: `nodes`.
    public let id: String
    /// What people read: `Sensor nodes`.
    public let title: String
    /// Where its pages are: `/nodes`.
    public let path: String
    /// The devices that belong to it.
    public let kinds: [DeviceKind]
    /// Topic filters (MQTT) of the messages it takes from devices.
    public let topics: [String]

    /// Topic filters of the solution's own space: what is published there, is none of `topics` and none of
    /// `passedTopics`, is refused as unknown, so that a device with a mistake in its topic learns of it.
    public let ownedTopics: [String]
    /// Topic filters within that space which anybody may use as plain broker traffic.
    public let passedTopics: [String]

    /// A manifest.
    public init(
        id: String, title: String, path: String, kinds: [DeviceKind], topics: [String], ownedTopics: [String] = [],
        passedTopics: [String] = []
    ) {
        self.id = id
        self.title = title
        self.path = path
        self.kinds = kinds
        self.topics = topics
        self.ownedTopics = ownedTopics
        self.passedTopics = passedTopics
    }
}

/// A solution's figures for the front page.
public struct SolutionOverview: Sendable {
    /// How many devices it knows.
    public var devices: Int
    /// How many of them a person should look at.
    public var attention: Int

    /// An overview.
    public init(devices: Int, attention: Int) {
        self.devices = devices
        self.attention = attention
    }
}
