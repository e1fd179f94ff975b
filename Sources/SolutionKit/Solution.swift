public import HubModel
public import SQL

/// One kind of sensor site: its devices, its messages, its tables, its pages. A solution is one folder; it never touches a broker, a socket
/// or another solution.
///
/// This is its core. What it does beyond is told by the optional parts that it has: `HandlesMessages`, `GivesCommands`, `ObservesLine`,
/// `OffersRoutes`, `GivesOverview`, `HasServices`, `HasSchedules`, `HasRetention`, `HasBlobs`, `HasSimulator`, `HasDemonstration`.
/// Life: made without side effects; its migrations run; then its parts are made, in this order.
public protocol Solution: Sendable {
    /// Who it is, what it listens to and what it declares.
    var manifest: SolutionManifest { get }
    /// Its tables, as named, append-only migrations. None unless it says otherwise.
    var migrations: Migrations { get }
    /// How a device's name may be spelled in topics: `valve_01` and `01`. The name itself is among them; only that one unless it says
    /// otherwise.
    func spellings(of device: DeviceID) -> [String]
}

extension Solution {
    /// No tables.
    public var migrations: Migrations { Migrations(owner: manifest.id, []) }

    /// The name as it is, and no other.
    public func spellings(of device: DeviceID) -> [String] { [device.text] }
}

/// A solution with a part inside the line: it takes messages of devices.
public protocol HandlesMessages: Solution {
    /// Makes that part. Called once, before the first message.
    func makeHandler(_ services: LineServices) -> any MessageHandler
}

/// A solution that is asked over HTTP.
public protocol OffersRoutes: Solution {
    /// What it offers. Called once.
    func routes(_ services: WebServices) -> [Route]
}

/// A solution with figures on the front page.
public protocol GivesOverview: Solution {
    /// How many devices it has at these sites, and how many of them need attention.
    func overview(_ services: WebServices, at sites: SiteScope) async throws -> SolutionOverview
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
