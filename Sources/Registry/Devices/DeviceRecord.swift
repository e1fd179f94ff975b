public import HubModel
internal import SQL

/// Whether a device may come in.
public enum DeviceState: String, CaseIterable, Sendable {
    /// It may.
    case active
    /// It may not for now.
    case disabled
    /// It is no device of the hub any more; its history stays, and its name may come back.
    case removed
}

/// What a device shows to come in.
public enum DeviceCredentialKind: String, CaseIterable, Sendable {
    /// A key that the hub made.
    case key
    /// A password that the device had already.
    case password
    /// A client certificate, and nothing besides.
    case certificate
    /// Nothing: it cannot come in, unless the hub is open.
    case none
}

/// A device as the registry knows it.
public struct DeviceRecord: Hashable, Sendable {
    /// Its name.
    public let id: DeviceID
    /// Its kind.
    public let kind: DeviceKind
    /// Where it belongs.
    public let site: SiteID
    /// Whether it may come in.
    public let state: DeviceState
    /// Which device may speak for it besides itself.
    public let controller: DeviceID?
    /// When it was heard of first; nil: never yet.
    public let firstSeen: Timestamp?
    /// When it was heard of last; nil: never yet.
    public let lastSeen: Timestamp?
    /// Its firmware, as it says.
    public let firmware: String?
    /// Where it was heard from last, without the port.
    public let address: String?
    /// What it shows to come in.
    public let credential: DeviceCredentialKind
    /// The number of the last change of its rights.
    public let trustEpoch: Int64
    /// Which device of its name it is: the number (`TrustEpoch`) with which it came back after one was removed; 0: it is the first.
    public let generation: Int64
    /// How it and what it watches are; empty while its solution has said nothing of that.
    public internal(set) var states: [DeviceStanding] = []

    static let columns = """
        d.id, d.kind, d.site, d.state, d.controller, d.first_seen, d.last_seen, d.is_heard, d.firmware, d.address,
        d.trust_epoch, d.returned_epoch, c.kind AS credential,
        EXISTS (SELECT 1 FROM device_certificate x WHERE x.device = d.id AND x.revoked_at IS NULL) AS has_certificate
        """
    static let tables = "device d LEFT JOIN device_credential c ON c.device = d.id"

    init(_ row: Row) throws {
        let isHeard = try row.boolean("is_heard")
        guard let id = DeviceID(try row.text("id")), let kind = DeviceKind(named: try row.text("kind")),
            let site = SiteID(try row.text("site")), let state = DeviceState(rawValue: try row.text("state"))
        else { throw SQLFailure(.corrupt, "a row of device cannot be read") }
        self.id = id
        self.kind = kind
        self.site = site
        self.state = state
        controller = try row.optionalText("controller").flatMap { DeviceID($0) }
        firstSeen = isHeard ? Timestamp(microseconds: try row.integer("first_seen")) : nil
        lastSeen = isHeard ? Timestamp(microseconds: try row.integer("last_seen")) : nil
        firmware = try row.optionalText("firmware")
        address = try row.optionalText("address")
        trustEpoch = try row.integer("trust_epoch")
        generation = try row.integer("returned_epoch")
        let own = try row.optionalText("credential").flatMap { DeviceCredentialKind(rawValue: $0) }
        credential = try own ?? (row.boolean("has_certificate") ? .certificate : .none)
    }
}

/// Which devices are asked for.
public struct DeviceFilter: Sendable {
    /// Only those in this state; nil: all but the removed.
    public var state: DeviceState?
    /// Only those of this kind.
    public var kind: DeviceKind?
    /// Only those of this site.
    public var site: SiteID?
    /// Only those whose name holds this text, whatever the case of its letters.
    public var text: String?
    /// Only those of these sites.
    public var scope: SiteScope

    /// All devices of these sites.
    public init(scope: SiteScope = .all) {
        self.scope = scope
    }
}
