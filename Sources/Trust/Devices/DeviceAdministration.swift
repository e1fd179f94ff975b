public import Credentials
public import HubModel
public import Registry
public import SQL
public import SolutionKit

/// Who administers devices, for which sites, when.
public struct Administrator: Sendable {
    /// Who it is, for the audit.
    public let caller: Caller
    /// The sites of whose devices they may dispose. `all` also allows what belongs to no site.
    public let scope: SiteScope
    /// When.
    public let instant: Timestamp

    /// An administrator.
    public init(_ caller: Caller, scope: SiteScope = .all, at instant: Timestamp) {
        self.caller = caller
        self.scope = scope
        self.instant = instant
    }
}

/// The rules for everything that people do to devices: used by the routes, inside the line, and by the command line, in transactions of
/// its own. Whatever is changed is audited in the same transaction; whatever is refused throws, and nothing of it is stored.
///
/// A device of a site that the administrator has no right for is not found.
public struct DeviceAdministration: Sendable {
    let rights: DeviceRights
    let audit: any AuditBook
    let registry: DeviceRegistry
    let credentials: DeviceCredentials
    let join: JoinRegistry
    let sites = SiteRegistry()
    private let makeKey: @Sendable () -> SecretKey
    private let forget: @Sendable (DeviceID, Transaction) throws -> Void

    /// Rules over the tables of `RegistryTables`.
    /// - Parameter forget: drops what other rooms keep of a device that is removed, so that the next one of its name does not come into it.
    public init(
        rights: DeviceRights, audit: any AuditBook, registry: DeviceRegistry = DeviceRegistry(),
        join: JoinRegistry = JoinRegistry(), makeKey: @escaping @Sendable () -> SecretKey = { SecretKey(.device) },
        forget: @escaping @Sendable (DeviceID, Transaction) throws -> Void = { _, _ in }
    ) {
        self.rights = rights
        self.audit = audit
        self.registry = registry
        self.join = join
        self.makeKey = makeKey
        self.forget = forget
        credentials = DeviceCredentials(registry: registry)
    }

    /// Adds a device and makes its key, to be shown once. Its name is the one that its solution knows it by: `valve_07` for `07`.
    /// - Throws: `Refusal`: `conflict` for a name in use, `not_found` for a site or controller that is not there, `invalid_parameter`,
    ///   `limit_reached`; `SQLFailure`.
    public func add(
        _ spelling: DeviceID, kind: DeviceKind, site: SiteID = .main, controller: DeviceID? = nil,
        by administrator: Administrator, in transaction: Transaction
    ) throws -> (device: DeviceRecord, key: SecretKey) {
        guard rights.kinds.contains(kind) else {
            throw Refusal(.invalidParameter, "No solution of this hub has devices of the kind \(kind.name).")
        }
        let id = rights.canonical(spelling, kind: kind)
        for name in Set(rights.candidates(spelling) + [id]) where try join.pending(name, in: transaction) != nil {
            throw Refusal(.conflict, "\(name) waits to be approved: approve or reject it.")
        }
        try require(site, administrator, in: transaction)
        try checkController(controller, of: id, administrator, in: transaction)
        try registry.insert(
            id, kind: kind, site: site, controller: controller, isHeard: false, at: administrator.instant,
            in: transaction)
        let key = makeKey()
        try credentials.set(key, of: id, at: administrator.instant, in: transaction)
        try record(
            .addDevice, "device:\(id)", [("kind", kind.name), ("site", site.text)], administrator, in: transaction)
        return (try device(id, administrator, in: transaction), key)
    }

    /// One device.
    /// - Throws: `Refusal` with `not_found`; `SQLFailure`.
    public func device(
        _ id: DeviceID, _ administrator: Administrator, in reader: some SQLReading
    ) throws -> DeviceRecord {
        guard let device = try registry.device(id, in: reader), administrator.scope.contains(device.site) else {
            throw Refusal(.notFound, "There is no device \(id).")
        }
        return device
    }

    /// The name of a device that was typed in any of its spellings: `valve_07` for `07`. What nobody knows stays as it is.
    /// - Throws: `SQLFailure`.
    public func name(_ spelling: DeviceID, in reader: some SQLReading) throws -> DeviceID {
        try rights.device(spelt: spelling, registry, in: reader)?.id ?? spelling
    }

    /// Devices in the order of their names, at most `limit`.
    /// - Throws: `SQLFailure`.
    public func list(
        _ filter: DeviceFilter = DeviceFilter(), after: String? = nil, limit: Int, in reader: some SQLReading
    ) throws -> [DeviceRecord] {
        try registry.devices(filter, after: after, limit: limit, in: reader)
    }

    /// Gives a device a new key, to be shown once; what it had ends at once, its certificates excepted.
    /// - Throws: `Refusal` with `not_found`; `SQLFailure`.
    public func rotate(
        _ id: DeviceID, by administrator: Administrator, in transaction: Transaction
    ) throws -> (device: DeviceRecord, key: SecretKey) {
        _ = try device(id, administrator, in: transaction)
        let key = makeKey()
        try credentials.set(key, of: id, at: administrator.instant, in: transaction)
        try record(.rotateDevice, "device:\(id)", [], administrator, in: transaction)
        return (try device(id, administrator, in: transaction), key)
    }

    /// Disables or enables a device.
    /// - Throws: `Refusal` with `not_found`; `SQLFailure`.
    public func setEnabled(
        _ isEnabled: Bool, _ id: DeviceID, by administrator: Administrator, in transaction: Transaction
    ) throws -> DeviceRecord {
        let known = try device(id, administrator, in: transaction)
        guard try registry.setState(isEnabled ? .active : .disabled, of: id, in: transaction) else { return known }
        try record(isEnabled ? .enableDevice : .disableDevice, "device:\(id)", [], administrator, in: transaction)
        return try device(id, administrator, in: transaction)
    }

    /// Disables a device and takes its key, password and certificates: it comes in again only after it was enabled and got a new key.
    /// - Throws: `Refusal` with `not_found`; `SQLFailure`.
    public func revoke(
        _ id: DeviceID, by administrator: Administrator, in transaction: Transaction
    ) throws -> DeviceRecord {
        _ = try device(id, administrator, in: transaction)
        _ = try registry.setState(.disabled, of: id, in: transaction)
        try registry.dropCredentials(of: id, at: administrator.instant, in: transaction)
        try record(.disableDevice, "device:\(id)", [("credential", "revoked")], administrator, in: transaction)
        return try device(id, administrator, in: transaction)
    }

    /// Takes a device out of the hub. Its history stays under its name, and the name may come back with a device of the same kind at the
    /// same site. Its open commands are ended. What is retained on the topics that are its alone is forgotten (`DeviceWatcher.Findings.forget`).
    /// - Throws: `Refusal` with `not_found`; `SQLFailure`.
    public func remove(_ id: DeviceID, by administrator: Administrator, in transaction: Transaction) throws {
        _ = try device(id, administrator, in: transaction)
        try registry.remove(id, at: administrator.instant, in: transaction)
        try forget(id, transaction)
        try record(.removeDevice, "device:\(id)", [], administrator, in: transaction)
    }

    /// Moves a device to another site, for which the administrator needs the right as well.
    /// - Throws: `Refusal` with `not_found`; `SQLFailure`.
    public func move(
        _ id: DeviceID, to site: SiteID, by administrator: Administrator, in transaction: Transaction
    ) throws -> DeviceRecord {
        let known = try device(id, administrator, in: transaction)
        try require(site, administrator, in: transaction)
        guard known.site != site else { return known }
        try registry.setSite(site, of: id, in: transaction)
        try record(
            .changeDevice, "device:\(id)", [("site", site.text), ("from", known.site.text)], administrator,
            in: transaction)
        return try device(id, administrator, in: transaction)
    }

    /// Gives a device a controller, which may speak for it, or none.
    /// - Throws: `Refusal`: `not_found`, `invalid_parameter` for itself, `limit_reached` when the controller has too many; `SQLFailure`.
    public func setController(
        _ controller: DeviceID?, of id: DeviceID, by administrator: Administrator, in transaction: Transaction
    ) throws -> DeviceRecord {
        let known = try device(id, administrator, in: transaction)
        guard known.controller != controller else { return known }
        try checkController(controller, of: id, administrator, in: transaction)
        try registry.setController(controller, of: id, in: transaction)
        try record(
            .changeDevice, "device:\(id)", [("controller", controller?.text ?? "none")], administrator, in: transaction)
        return try device(id, administrator, in: transaction)
    }

    func key() -> SecretKey { makeKey() }

    /// Makes sure that there is the site and that the administrator has the right for it.
    func require(_ site: SiteID, _ administrator: Administrator, in reader: some SQLReading) throws {
        guard administrator.scope.contains(site), try sites.exists(site, in: reader) else {
            throw Refusal(.notFound, "There is no site \(site).")
        }
    }

    /// Makes sure that the administrator may change what belongs to no site.
    func requireHub(_ administrator: Administrator) throws(Refusal) {
        guard administrator.scope == .all else {
            throw Refusal(.forbidden, "This needs the right for the whole hub.")
        }
    }

    func record(
        _ action: AuditAction, _ target: String?, _ facts: [(name: String, value: String)],
        _ administrator: Administrator, in transaction: Transaction
    ) throws {
        try audit.record(
            AuditEntry(administrator.caller, action, target: target, facts: facts), at: administrator.instant,
            in: transaction)
    }

    func checkController(
        _ controller: DeviceID?, of id: DeviceID, _ administrator: Administrator, in reader: some SQLReading
    ) throws {
        guard let controller else { return }
        guard controller != id else { throw Refusal(.invalidParameter, "A device is not its own controller.") }
        _ = try device(controller, administrator, in: reader)
        let limit = DeviceRights.maximumControlled
        guard try registry.countControlled(by: controller, in: reader) < Int64(limit) else {
            throw Refusal(.limitReached, "\(controller) is the controller of \(limit) devices already.")
        }
    }
}
