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
    /// How many devices it has at these sites, and how many of them need attention; for the front page.
    func overview(_ services: WebServices, at sites: SiteScope) async throws -> SolutionOverview
    /// How a device's name may be spelled in topics: `node_01` and `01`. The name itself is among them.
    func spellings(of device: DeviceID) -> [String]
}

extension Solution {
    /// The name as it is, and no other.
    public func spellings(of device: DeviceID) -> [String] { [device.text] }
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
    /// Topic filters within that space which are plain broker traffic: whoever has the right to them may use them.
    public let passedTopics: [String]
    /// What its devices may do over MQTT; a kind that is not here may do nothing.
    public let rights: [TopicRights]
    /// What those may do that can show neither a name nor a key, if somebody lets in devices of the kind by their network; a kind that is
    /// not here is never let in so.
    public let keylessRights: [TopicRights]
    /// What people may do, by role.
    public let grants: [RoleGrant]
    /// The right that one needs to see the solution at all: its entry in the navigation and on the front page.
    public let needs: Permission

    /// A manifest.
    public init(
        id: String, title: String, path: String, kinds: [DeviceKind], topics: [String], ownedTopics: [String] = [],
        passedTopics: [String] = [], rights: [TopicRights],
        keylessRights: [TopicRights] = [], grants: [RoleGrant], needs: Permission
    ) {
        self.id = id
        self.title = title
        self.path = path
        self.kinds = kinds
        self.topics = topics
        self.ownedTopics = ownedTopics
        self.passedTopics = passedTopics
        self.rights = rights
        self.keylessRights = keylessRights
        self.grants = grants
        self.needs = needs
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
