public import Credentials
public import HubModel
public import Registry
public import SQL

/// What an approved device shows from now on.
public enum ApprovedCredential: String, CaseIterable, Sendable {
    /// A new key.
    case new
    /// The password that it showed while it waited.
    case offered
}

extension DeviceAdministration {
    /// Opens the join window: unknown devices that appear meanwhile may ask to be let in.
    /// - Parameter minutes: 1 to 60.
    /// - Returns: until when.
    /// - Throws: `Refusal`: `value_out_of_range`, `forbidden` without the right for the whole hub; `SQLFailure`.
    public func openJoin(
        minutes: Int64, by administrator: Administrator, in transaction: Transaction
    ) throws -> Timestamp {
        try requireHub(administrator)
        guard (1...JoinRegistry.longestMinutes).contains(minutes) else {
            throw Refusal(.valueOutOfRange, "minutes is 1 to \(JoinRegistry.longestMinutes).")
        }
        let until = administrator.instant.advanced(bySeconds: minutes * 60)
        try join.setOpen(until: until, in: transaction)
        try record(.openJoin, nil, [("minutes", "\(minutes)")], administrator, in: transaction)
        return until
    }

    /// Closes the join window. Devices that wait go on waiting.
    /// - Throws: `Refusal` with `forbidden` without the right for the whole hub; `SQLFailure`.
    public func closeJoin(by administrator: Administrator, in transaction: Transaction) throws {
        try requireHub(administrator)
        guard try join.openUntil(in: transaction) != nil else { return }
        try join.setOpen(until: nil, in: transaction)
        try record(.closeJoin, nil, [], administrator, in: transaction)
    }

    /// Makes a waiting device one of the hub's. What it sent meanwhile is handed to the line afterwards, exactly once (`released`).
    /// - Parameters:
    ///   - kind: nil: what it seems to be.
    ///   - credential: what it shows from now on.
    /// - Returns: the device, and with `new` its key, to be shown once.
    /// - Throws: `Refusal`: `not_found`, `missing_field` when nothing tells its kind, `conflict` when its name is in use or it offered no
    ///   password, `limit_reached`, `forbidden` without the right for the whole hub; `SQLFailure`.
    public func approve(
        _ spelling: DeviceID, kind: DeviceKind? = nil, site: SiteID = .main, credential: ApprovedCredential,
        by administrator: Administrator, in transaction: Transaction
    ) throws -> (device: DeviceRecord, key: SecretKey?) {
        try requireHub(administrator)
        guard let pending = try join.pending(spelling, in: transaction) else {
            throw Refusal(.notFound, "No device \(spelling) waits to be approved.")
        }
        guard let kind = kind ?? pending.kind else {
            throw Refusal(.missingField, "Nothing tells the kind of \(spelling) yet: give one.")
        }
        guard rights.kinds.contains(kind) else {
            throw Refusal(.invalidParameter, "No solution of this hub has devices of the kind \(kind.name).")
        }
        try require(site, administrator, in: transaction)
        let id = rights.canonical(spelling, kind: kind)
        try registry.insert(
            id, kind: kind, site: site, controller: nil, isHeard: true, at: pending.lastSeen, in: transaction)
        var key: SecretKey?
        switch credential {
        case .new:
            let made = self.key()
            try credentials.set(made, of: id, at: administrator.instant, in: transaction)
            key = made
        case .offered:
            guard let offered = pending.offered else {
                throw Refusal(.conflict, "\(spelling) showed no password that is long enough to be kept.")
            }
            try credentials.set(offered, of: id, at: administrator.instant, in: transaction)
        }
        try registry.seen(
            id, at: pending.lastSeen, address: pending.address, firmware: nil, in: transaction)
        _ = try join.release(spelling, as: id, in: transaction)
        try record(
            .approveDevice, "device:\(id)",
            [("kind", kind.name), ("site", site.text), ("credential", credential.rawValue)], administrator,
            in: transaction)
        return (try device(id, administrator, in: transaction), key)
    }

    /// Forgets a waiting device with what it sent.
    /// - Throws: `Refusal` with `not_found`, `forbidden` without the right for the whole hub; `SQLFailure`.
    public func reject(_ id: DeviceID, by administrator: Administrator, in transaction: Transaction) throws {
        try requireHub(administrator)
        guard try join.forget(id, in: transaction) else {
            throw Refusal(.notFound, "No device \(id) waits to be approved.")
        }
        // Its connection has to end.
        try TrustEpoch.advance(in: transaction)
        try record(.rejectDevice, "device:\(id)", [], administrator, in: transaction)
    }
}
