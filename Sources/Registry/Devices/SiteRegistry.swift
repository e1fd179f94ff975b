public import HubModel
public import SQL

/// A site with what belongs to it.
public struct SiteRecord: Hashable, Sendable {
    /// Its name in the hub.
    public let id: SiteID
    /// What people read.
    public let title: String
    /// How many devices belong to it, the removed ones not counted.
    public let devices: Int64
}

/// The sites: table `site`.
public struct SiteRegistry: Sendable {
    /// The most sites there may be.
    public static let limit = 1_000

    /// Sites over the tables of `RegistryTables`.
    public init() {}

    /// The sites of a scope, by name; only their devices are counted.
    /// - Throws: `SQLFailure`.
    public func sites(_ scope: SiteScope = .all, in reader: some SQLReading) throws -> [SiteRecord] {
        guard !scope.isEmpty else { return [] }
        var conditions = Conditions()
        conditions.add("s.id", isOneOf: scope.names)
        return try reader.query(
            """
            SELECT s.id, s.title, (SELECT COUNT(*) FROM device d WHERE d.site = s.id AND d.state <> 'removed') AS devices
            FROM site s WHERE \(conditions.text) ORDER BY s.id
            """, conditions.arguments
        ).compactMap { row in
            guard let id = SiteID(try row.text("id")) else { return nil }
            return SiteRecord(id: id, title: try row.text("title"), devices: try row.integer("devices"))
        }
    }

    /// Whether there is a site of this name.
    /// - Throws: `SQLFailure`.
    public func exists(_ site: SiteID, in reader: some SQLReading) throws -> Bool {
        try reader.queryFirst("SELECT 1 FROM site WHERE id = $1", [.text(site.text)]) != nil
    }

    /// Adds a site.
    /// - Parameter title: 1 to 100 characters.
    /// - Throws: `Refusal` with `conflict` when it is there already, `limit_reached`; `SQLFailure`.
    public func add(_ site: SiteID, title: String, at instant: Timestamp, in transaction: Transaction) throws {
        guard try transaction.queryOne("SELECT COUNT(*) FROM site").integer(0) < Int64(SiteRegistry.limit) else {
            throw Refusal(.limitReached, "There are \(SiteRegistry.limit) sites already.")
        }
        let inserted = try transaction.execute(
            "INSERT INTO site (id, title, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
            [.text(site.text), .text(title), .integer(instant.microseconds)])
        guard inserted == 1 else { throw Refusal(.conflict, "There is a site \(site) already.") }
    }

    /// Gives a site another title.
    /// - Returns: whether there is such a site.
    /// - Throws: `SQLFailure`.
    public func rename(_ site: SiteID, title: String, in transaction: Transaction) throws -> Bool {
        try transaction.execute("UPDATE site SET title = $2 WHERE id = $1", [.text(site.text), .text(title)]) == 1
    }
}
