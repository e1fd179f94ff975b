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

/// Whether the audit is as it was written.
public enum AuditVerdict: Hashable, Sendable {
    /// It is; `head` is the hash of the last row (empty when there is none), worth keeping outside the hub.
    case intact(entries: Int64, head: [UInt8])
    /// The first row that is not.
    case broken(sequence: Int64, reason: String)
}

extension AuditRegistry {
    /// Rows, newest first.
    /// - Parameters:
    ///   - before: only rows with a smaller number; nil: from the newest on.
    ///   - limit: at most so many.
    /// - Throws: `SQLFailure`.
    public func newest(_ filter: AuditFilter, before: Int64?, limit: Int, in reader: some SQLReading) throws
        -> [AuditRecord]
    {
        let (condition, arguments) = filter.condition(from: 3)
        return try reader.query(
            "\(AuditRecord.columns) WHERE sequence < $1\(condition) ORDER BY sequence DESC LIMIT $2",
            [.integer(before ?? .max), .integer(Int64(limit))] + arguments
        ).map(AuditRecord.init)
    }

    /// Rows, oldest first, after a number.
    /// - Throws: `SQLFailure`.
    public func oldest(_ filter: AuditFilter, after: Int64, limit: Int, in reader: some SQLReading) throws
        -> [AuditRecord]
    {
        let (condition, arguments) = filter.condition(from: 3)
        return try reader.query(
            "\(AuditRecord.columns) WHERE sequence > $1\(condition) ORDER BY sequence LIMIT $2",
            [.integer(after), .integer(Int64(limit))] + arguments
        ).map(AuditRecord.init)
    }

    /// Follows the chain from the first row to the head.
    ///
    /// Whoever can write the whole database can make a new chain that fits: compare the head with one that was kept elsewhere.
    /// - Parameter kept: a hash that must be that of some row, because it was the head once; nil: none is known.
    /// - Throws: `SQLFailure`.
    public func verify(keptHead kept: [UInt8]? = nil, in reader: some SQLReading) throws -> AuditVerdict {
        var previous: [UInt8] = []
        var expected: Int64 = 1
        var keptIsThere = kept == nil
        while true {
            let records = try oldest(AuditFilter(), after: expected - 1, limit: 1_000, in: reader)
            for record in records {
                guard record.sequence == expected else {
                    return .broken(sequence: expected, reason: "the row is missing")
                }
                guard AuditChain.hash(record, after: previous) == record.hash else {
                    return .broken(sequence: expected, reason: "the row, or the one before it, was changed")
                }
                if record.hash == kept { keptIsThere = true }
                previous = record.hash
                expected += 1
            }
            if records.count < 1_000 { break }
        }
        let head = try reader.queryOne("SELECT sequence, hash FROM audit_head WHERE name = 'head'")
        let (last, hash) = (try head.integer(0), try head.optionalBlob("hash") ?? [])
        guard last == expected - 1 else {
            return .broken(sequence: min(last, expected), reason: "the end of the audit was cut off or added to")
        }
        guard hash == previous else { return .broken(sequence: last, reason: "the head does not fit the last row") }
        guard keptIsThere else {
            return .broken(sequence: 1, reason: "no row has the hash that was kept: the audit was written anew")
        }
        return .intact(entries: last, head: hash)
    }
}
