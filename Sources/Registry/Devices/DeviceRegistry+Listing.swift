public import HubModel
public import SQL

extension DeviceRegistry {
    /// The devices of a kind that are at these sites, ordered by name; none that was removed.
    /// - Parameters:
    ///   - last: only devices behind this name; nil: from the first.
    ///   - limit: at most so many.
    /// - Throws: `SQLFailure`.
    public func devices(
        of kind: DeviceKind, at sites: SiteScope, after last: DeviceID?, limit: Int, in reader: some SQLReading
    ) throws -> [KnownDevice] {
        var conditions = Conditions()
        conditions.add("state <> 'removed'")
        conditions.add("kind", .equals, .text(kind.name))
        if let last { conditions.add("id", .isGreater, .text(last.text)) }
        conditions.add("site", isOneOf: sites.names)
        let most = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            "SELECT id, site FROM device WHERE \(conditions.text) ORDER BY id LIMIT \(most)", conditions.arguments
        ).map { row in
            guard let id = DeviceID(try row.text(0)), let site = SiteID(try row.text(1)) else {
                throw SQLFailure(.wrongType, "a row of device holds no device's name or site")
            }
            return KnownDevice(id: id, kind: kind, site: site)
        }
    }
}
