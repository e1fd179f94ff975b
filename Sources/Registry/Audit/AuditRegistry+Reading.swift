public import HubModel
public import SQL

/// Which rows of the audit are wanted; nil leaves a field free.
public struct AuditFilter: Hashable, Sendable {
    /// The caller's name, or its beginning when it ends in `*`.
    public var who: String?
    /// The words of the action, such as `sign_in`.
    public var action: String?
    /// The target, or its beginning when it ends in `*`.
    public var target: String?
    /// `done` or `refused`.
    public var outcome: String?
    /// Not before this.
    public var from: Timestamp?
    /// Before this.
    public var to: Timestamp?

    /// Every row.
    public init() {}

    fileprivate var conditions: Conditions {
        var conditions = Conditions()
        func add(_ column: String, _ text: String?) {
            guard let text else { return }
            guard text.hasSuffix("*") else { return conditions.add(column, .equals, .text(text)) }
            let beginning = String(text.dropLast())
            conditions.add(
                "substr(\(column), 1, \(beginning.unicodeScalars.count))", .equals, .text(beginning))
        }
        add("name", who)
        add("target", target)
        if let action { conditions.add("action", .equals, .text(action)) }
        if let outcome { conditions.add("outcome", .equals, .text(outcome)) }
        if let from { conditions.add("at", .isAtLeast, .integer(from.microseconds)) }
        if let to { conditions.add("at", .isLess, .integer(to.microseconds)) }
        // A row whose number is none any more is in no order and cannot be asked for; the chain misses the number that it had.
        conditions.add("sequence = CAST(sequence AS BIGINT)")
        return conditions
    }
}

extension AuditRegistry {
    /// Rows, newest first.
    /// - Parameters:
    ///   - before: only rows with a smaller number; nil: from the newest on.
    ///   - limit: at most so many.
    /// - Throws: `SQLFailure`.
    public func newest(_ filter: AuditFilter, before: Int64?, limit: Int, in reader: some SQLReading) throws
        -> [AuditRow]
    {
        var conditions = filter.conditions
        if let before { conditions.add("sequence", .isLess, .integer(before)) }
        let most = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            "\(AuditRecord.columns) WHERE \(conditions.text) ORDER BY sequence DESC LIMIT \(most)",
            conditions.arguments
        ).map(AuditRegistry.row)
    }

    /// Rows, oldest first, after a number.
    /// - Throws: `SQLFailure`.
    public func oldest(_ filter: AuditFilter, after: Int64, limit: Int, in reader: some SQLReading) throws
        -> [AuditRow]
    {
        var conditions = filter.conditions
        conditions.add("sequence", .isGreater, .integer(after))
        let most = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            "\(AuditRecord.columns) WHERE \(conditions.text) ORDER BY sequence LIMIT \(most)", conditions.arguments
        ).map(AuditRegistry.row)
    }

    /// How many rows `oldest` would find with this limit, and the number of the last of them; 0 when there are none.
    /// - Throws: `SQLFailure`.
    public func extent(_ filter: AuditFilter, after: Int64, limit: Int, in reader: some SQLReading) throws -> (
        count: Int64, last: Int64
    ) {
        var conditions = filter.conditions
        conditions.add("sequence", .isGreater, .integer(after))
        let most = conditions.place(.integer(Int64(limit)))
        let row = try reader.queryFirst(
            """
            SELECT COUNT(*), COALESCE(MAX(sequence), 0) FROM
                (SELECT sequence FROM audit WHERE \(conditions.text) ORDER BY sequence LIMIT \(most)) AS found
            """, conditions.arguments)
        return (try row?.integer(0) ?? 0, try row?.integer(1) ?? 0)
    }

    private static func row(_ row: Row) throws -> AuditRow {
        guard let record = try AuditRecord(row) else { return .damaged(sequence: try row.integer(0)) }
        return .readable(record)
    }
}
