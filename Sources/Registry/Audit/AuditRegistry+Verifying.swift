internal import HubModel
public import SQL

/// Whether the audit is as it was written.
public enum AuditVerdict: Hashable, Sendable {
    /// It is; `head` is the hash of the last row (empty when there is none), worth keeping outside the hub.
    case intact(entries: Int64, head: [UInt8])
    /// The first row that is not.
    case broken(sequence: Int64, reason: String)
}

extension AuditRegistry {
    /// Rows that are read at once.
    private static let page: Int64 = 1_000

    /// Follows the chain from the first row to the head.
    ///
    /// Whoever can write the whole database can make a new chain that fits: compare the head with one that was kept elsewhere.
    /// - Parameter kept: a hash that must be that of some row, because it was the head once; nil: none is known.
    /// - Throws: `SQLFailure` when the database itself cannot be read; what a row holds is never a reason.
    public func verify(keptHead kept: [UInt8]? = nil, in reader: some SQLReading) throws -> AuditVerdict {
        var previous: [UInt8] = []
        var expected: Int64 = 1
        var keptIsThere = kept == nil
        while true {
            let rows = try reader.query(
                "\(AuditRecord.columns) WHERE sequence > $1 ORDER BY sequence LIMIT $2",
                [.integer(expected - 1), .integer(AuditRegistry.page)])
            for row in rows {
                guard try row.value(0) == .integer(expected) else {
                    return .broken(sequence: expected, reason: "the row is missing")
                }
                guard let record = try AuditRecord(row) else {
                    return .broken(
                        sequence: expected, reason: "the row cannot be read: it holds what was never written")
                }
                guard AuditChain.hash(record, after: previous) == record.hash else {
                    return .broken(sequence: expected, reason: "the row, or the one before it, was changed")
                }
                if record.hash == kept { keptIsThere = true }
                previous = record.hash
                expected += 1
            }
            if rows.count < AuditRegistry.page { break }
        }
        if let broken = try headFault(last: expected - 1, hash: previous, in: reader) { return broken }
        guard keptIsThere else {
            // A chain that fits, but is not the one: its end is gone, if it was not written anew altogether.
            return .broken(
                sequence: expected,
                reason:
                    "rows after \(expected - 1) are missing, or all were written anew: none has the hash that was kept")
        }
        return .intact(entries: expected - 1, head: previous)
    }

    /// What is wrong with the head, which is kept beside the rows; nil when it fits the last one.
    private func headFault(last: Int64, hash: [UInt8], in reader: some SQLReading) throws -> AuditVerdict? {
        let found = try reader.queryFirst("SELECT sequence, hash FROM audit_head WHERE name = 'head'")
        guard let head = found, case .integer(let sequence) = try head.value(0) else {
            return .broken(sequence: last + 1, reason: "the head, which says where the audit ends, is missing")
        }
        guard sequence <= last else {
            return .broken(sequence: last + 1, reason: "rows after \(last) are missing")
        }
        guard sequence == last else {
            return .broken(sequence: max(sequence, 0) + 1, reason: "the rows from here on are not known to the head")
        }
        switch try head.value(1) {
        case .blob(hash): return nil
        case .null where hash.isEmpty: return nil
        default: return .broken(sequence: last, reason: "the head does not fit the last row")
        }
    }
}
