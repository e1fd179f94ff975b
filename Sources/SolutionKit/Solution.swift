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
