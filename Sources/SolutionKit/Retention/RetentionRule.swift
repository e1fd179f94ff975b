public import HubModel
public import SQL

/// A solution with tables that grow with time, and rules of what may go when it is old.
public protocol HasRetention: Solution {
    /// The rules.
    var retention: [RetentionRule] { get }
}

/// What of a table may be deleted when it is old. Counting and deleting choose the same rows. What is in memory of them, the solution
/// must be able to do without.
public struct RetentionRule: Sendable, Hashable {
    /// Its name, the solution first: `valves.history`.
    public let name: String
    /// What it deletes, for people, without a final period: `Changes of valves`.
    public let title: String
    /// For how many days that is kept; 0: for ever.
    public let days: DeclaredSetting
    private let table: String
    private let key: String
    private let time: String
    private let condition: String?

    /// A rule. Names and the condition stand in statements as they are: they are the program's own, never somebody's input.
    /// - Parameters:
    ///   - key: the table's primary key, one column.
    ///   - time: the column that says how old a row is, microseconds since 1970.
    ///   - condition: what a row must be like besides; `$1` is the instant before which it is old.
    public init(
        _ name: String, _ title: String, days: DeclaredSetting, table: String, key: String = "id", time: String,
        condition: String? = nil
    ) {
        self.name = name
        self.title = title
        self.days = days
        self.table = table
        self.key = key
        self.time = time
        self.condition = condition
    }

    private static let dayMicroseconds: Int64 = 86_400_000_000

    /// The instant before which a row is old; nil: nothing ever is.
    public func cutoff(_ settings: SettingValues, at now: Timestamp) -> Timestamp? {
        let days = Int64(settings[days])
        return days == 0 ? nil : now.advanced(byMicroseconds: -days * RetentionRule.dayMicroseconds)
    }

    /// How many rows are to be deleted.
    /// - Throws: `SQLFailure`.
    public func count(before instant: Timestamp, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne("SELECT COUNT(*) FROM \(table) WHERE \(old)", [.integer(instant.microseconds)]).integer(0)
    }

    /// Deletes some of them.
    /// - Returns: how many; fewer than `limit` means that none is left.
    /// - Throws: `SQLFailure`.
    public func delete(before instant: Timestamp, atMost limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.execute(
            "DELETE FROM \(table) WHERE \(key) IN (SELECT \(key) FROM \(table) WHERE \(old) ORDER BY \(key) LIMIT $2)",
            [.integer(instant.microseconds), .integer(Int64(limit))])
    }

    private var old: String {
        "\(table).\(time) < $1" + (condition.map { " AND (\($0))" } ?? "")
    }
}

extension StateTable {
    /// A rule that drops old changes, but of each resource the last one before the instant: what it was then is known from it.
    public func retention(_ name: String, _ title: String, days: DeclaredSetting) -> RetentionRule {
        RetentionRule(
            name, title, days: days, table: table, time: "at",
            condition: """
                EXISTS (SELECT 1 FROM \(table) later WHERE later.\(resource) = \(table).\(resource)
                    AND later.at < $1 AND (later.at, later.id) > (\(table).at, \(table).id))
                """)
    }
}
