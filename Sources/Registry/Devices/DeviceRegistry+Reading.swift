public import HubModel
public import SQL

/// A device whose rights changed.
public struct DeviceChange: Hashable, Sendable {
    /// Which.
    public let id: DeviceID
    /// Its kind; nil for one that this version does not know.
    public let kind: DeviceKind?
    /// Whether it is no device of the hub any more.
    public let isRemoved: Bool
    /// Whether it was removed and has come back since one asked last: it may be another device of the same name.
    public let hasReturned: Bool
    /// Whether it may come in.
    public let isActive: Bool
    /// The number of the change (`TrustEpoch`): who came in knowing it is not concerned.
    public let epoch: Int64
}

/// A device that another one may speak for.
public struct ControlledDevice: Hashable, Sendable {
    /// Which.
    public let id: DeviceID
    /// Its kind.
    public let kind: DeviceKind

    /// A device.
    public init(id: DeviceID, kind: DeviceKind) {
        self.id = id
        self.kind = kind
    }
}

extension DeviceRegistry {
    /// One device; nil when there is none, or it was removed.
    /// - Throws: `SQLFailure`.
    public func device(_ id: DeviceID, in reader: some SQLReading) throws -> DeviceRecord? {
        let row = try reader.queryFirst(
            "SELECT \(DeviceRecord.columns) FROM \(DeviceRecord.tables) WHERE d.id = $1 AND d.state <> 'removed'",
            [.text(id.text)])
        guard let row else { return nil }
        return try withStates([DeviceRecord(row)], in: reader).first
    }

    /// Devices in the order of their names.
    /// - Parameters:
    ///   - after: only those behind this name.
    ///   - limit: at most so many.
    /// - Throws: `SQLFailure`.
    public func devices(
        _ filter: DeviceFilter, after: String? = nil, limit: Int, in reader: some SQLReading
    ) throws -> [DeviceRecord] {
        var conditions = DeviceRegistry.conditions(filter)
        if let after { conditions.add("d.id", .isGreater, .text(after)) }
        let most = conditions.place(.integer(Int64(limit)))
        let rows = try reader.query(
            """
            SELECT \(DeviceRecord.columns) FROM \(DeviceRecord.tables) WHERE \(conditions.text)
            ORDER BY d.id LIMIT \(most)
            """, conditions.arguments)
        return try withStates(rows.map { try DeviceRecord($0) }, in: reader)
    }

    private func withStates(_ records: [DeviceRecord], in reader: some SQLReading) throws -> [DeviceRecord] {
        let states = try DeviceStateTable().standings(of: records.map(\.id), in: reader)
        return records.map { record in
            var record = record
            record.states = states[record.id] ?? []
            return record
        }
    }

    /// How many devices of these sites are in each state; none are removed.
    /// - Throws: `SQLFailure`.
    public func counts(at scope: SiteScope, in reader: some SQLReading) throws -> [DeviceState: Int64] {
        let conditions = DeviceRegistry.conditions(DeviceFilter(scope: scope))
        var counts: [DeviceState: Int64] = [:]
        let rows = try reader.query(
            "SELECT d.state, COUNT(*) FROM device d WHERE \(conditions.text) GROUP BY d.state", conditions.arguments)
        for row in rows {
            if let state = DeviceState(rawValue: try row.text(0)) { counts[state] = try row.integer(1) }
        }
        return counts
    }

    /// The active devices that a device is the controller of, by name; at most `limit`.
    /// - Throws: `SQLFailure`.
    public func controlled(
        by device: DeviceID, limit: Int, in reader: some SQLReading
    ) throws -> [ControlledDevice] {
        try reader.query(
            "SELECT id, kind FROM device WHERE controller = $1 AND state = 'active' ORDER BY id LIMIT $2",
            [.text(device.text), .integer(Int64(limit))]
        ).compactMap { row in
            guard let id = DeviceID(try row.text(0)), let kind = DeviceKind(named: try row.text(1)) else {
                return nil
            }
            return ControlledDevice(id: id, kind: kind)
        }
    }

    /// How many devices a device is the controller of, the disabled ones too.
    /// - Throws: `SQLFailure`.
    public func countControlled(by device: DeviceID, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne("SELECT COUNT(*) FROM device WHERE controller = $1", [.text(device.text)]).integer(0)
    }

    /// The devices whose rights changed after a number of `TrustEpoch`, also the removed ones.
    /// - Parameter epochAsked: the number at which one asked last (`DeviceChange.hasReturned`).
    /// - Throws: `SQLFailure`.
    public func changed(
        since epochBefore: Int64, asked epochAsked: Int64, in reader: some SQLReading
    ) throws -> [DeviceChange] {
        try reader.query(
            "SELECT id, state, trust_epoch, kind, returned_epoch FROM device WHERE trust_epoch > $1 ORDER BY trust_epoch, id",
            [.integer(epochBefore)]
        )
        .compactMap { row in
            let state = try row.text(1)
            let epoch = try row.integer(2)
            let kind = DeviceKind(named: try row.text(3))
            let hasReturned = try row.integer(4) > epochAsked
            return DeviceID(try row.text(0)).map {
                DeviceChange(
                    id: $0, kind: kind, isRemoved: state == DeviceState.removed.rawValue, hasReturned: hasReturned,
                    isActive: state == DeviceState.active.rawValue, epoch: epoch)
            }
        }
    }

    private static func conditions(_ filter: DeviceFilter) -> Conditions {
        var conditions = Conditions()
        if let state = filter.state {
            conditions.add("d.state", .equals, .text(state.rawValue))
        } else {
            conditions.add("d.state <> 'removed'")
        }
        if let kind = filter.kind { conditions.add("d.kind", .equals, .text(kind.name)) }
        if let site = filter.site { conditions.add("d.site", .equals, .text(site.text)) }
        if let text = filter.text {
            // Names are ASCII without % and \, but _ is common: it stands for itself.
            let pattern = conditions.place(.text("%\(JoinRegistry.literal(text))%"))
            conditions.add("lower(d.id) LIKE \(pattern) ESCAPE '\\'")
        }
        conditions.add("d.site", isOneOf: filter.scope.names)
        return conditions
    }
}
