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

    /// The condition, with placeholders from `first` on, and its arguments.
    fileprivate func condition(from first: Int) -> (sql: String, arguments: [SQLValue]) {
        var parts: [String] = []
        var arguments: [SQLValue] = []
        func add(_ text: (String) -> String, _ value: SQLValue) {
            parts.append(text("$\(first + arguments.count)"))
            arguments.append(value)
        }
        func addText(_ column: String, _ text: String?) {
            guard let text else { return }
            guard text.hasSuffix("*") else { return add({ "\(column) = \($0)" }, .text(text)) }
            let beginning = String(text.dropLast())
            add({ "substr(\(column), 1, \(beginning.unicodeScalars.count)) = \($0)" }, .text(beginning))
        }
        addText("name", who)
        addText("target", target)
        if let action { add({ "action = \($0)" }, .text(action)) }
        if let outcome { add({ "outcome = \($0)" }, .text(outcome)) }
        if let from { add({ "at >= \($0)" }, .integer(from.microseconds)) }
        if let to { add({ "at < \($0)" }, .integer(to.microseconds)) }
        return (parts.map { " AND \($0)" }.joined(), arguments)
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
        let (condition, arguments) = filter.condition(from: 3)
        return try reader.query(
            "\(AuditRecord.columns) WHERE \(AuditRegistry.numbered) AND sequence < $1\(condition) ORDER BY sequence DESC LIMIT $2",
            [.integer(before ?? .max), .integer(Int64(limit))] + arguments
        ).map(AuditRegistry.row)
    }

    /// Rows, oldest first, after a number.
    /// - Throws: `SQLFailure`.
    public func oldest(_ filter: AuditFilter, after: Int64, limit: Int, in reader: some SQLReading) throws
        -> [AuditRow]
    {
        let (condition, arguments) = filter.condition(from: 3)
        return try reader.query(
            "\(AuditRecord.columns) WHERE \(AuditRegistry.numbered) AND sequence > $1\(condition) ORDER BY sequence LIMIT $2",
            [.integer(after), .integer(Int64(limit))] + arguments
        ).map(AuditRegistry.row)
    }

    /// A row whose number is none any more is in no order and cannot be asked for; the chain misses the number that it had.
    private static let numbered = "sequence = CAST(sequence AS BIGINT)"

    private static func row(_ row: Row) throws -> AuditRow {
        guard let record = try AuditRecord(row) else { return .damaged(sequence: try row.integer(0)) }
        return .readable(record)
    }
}
