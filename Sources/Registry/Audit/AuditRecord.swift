internal import Credentials
public import HubModel
internal import SQL

/// A row of the audit.
public struct AuditRecord: Hashable, Sendable {
    /// Its number: 1, 2, 3, … without a gap.
    public let sequence: Int64
    /// When it was recorded.
    public let at: Timestamp
    /// What sort of caller it was: `person`, `token`, `device`, `shell`, `hub`, `open`, `anonymous`.
    public let identity: String
    /// The caller's name; empty for those who have none.
    public let who: String
    /// The caller's address without its port.
    public let address: String?
    /// What was done: the words of `AuditAction`.
    public let action: String
    /// To what.
    public let target: String?
    /// How it went: the words of `AuditOutcome`.
    public let outcome: String
    /// Facts beside it: a JSON object of texts.
    public let facts: String
    /// SHA-256 over the row before it and all of the above.
    public let hash: [UInt8]
}

/// A row of the audit as it stands in the database, where somebody may have changed it.
public enum AuditRow: Hashable, Sendable {
    /// It can be read. Whether it is what was written, only the chain tells.
    case readable(AuditRecord)
    /// It holds what was never written: only its number is known.
    case damaged(sequence: Int64)

    /// Its number.
    public var sequence: Int64 {
        switch self {
        case .readable(let record): record.sequence
        case .damaged(let sequence): sequence
        }
    }
}

/// The chain: what each row's hash is made of.
///
/// SHA-256 over the hash of the row before (empty for the first) and the fields of the row, each as its length in bytes (8 bytes, most significant
/// first) and its bytes; numbers as decimal digits; a field without value has the length 2^64 - 1 and no bytes. The length keeps fields
/// apart: nothing can be moved from one to the next.
enum AuditChain {
    static func hash(_ record: AuditRecord, after previous: [UInt8]) -> [UInt8] {
        var bytes = previous
        append(String(record.sequence), to: &bytes)
        append(String(record.at.microseconds), to: &bytes)
        append(record.identity, to: &bytes)
        append(record.who, to: &bytes)
        append(record.address, to: &bytes)
        append(record.action, to: &bytes)
        append(record.target, to: &bytes)
        append(record.outcome, to: &bytes)
        append(record.facts, to: &bytes)
        return Digest.sha256(bytes)
    }

    private static func append(_ text: String?, to bytes: inout [UInt8]) {
        guard let text else {
            bytes.append(contentsOf: repeatElement(UInt8.max, count: 8))
            return
        }
        let length = UInt64(text.utf8.count)
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: length >> UInt64(shift)))
        }
        bytes.append(contentsOf: text.utf8)
    }
}

extension AuditRecord {
    static let columns = """
        SELECT sequence, at, identity, name, address, action, target, outcome, facts, hash FROM audit
        """

    /// A row as it was written; nil if it cannot have been: a value is of another type, or the facts are no object of texts, which would
    /// make what is written with them no JSON.
    init?(_ row: Row) throws {
        do {
            try self.init(reading: row)
        } catch let failure as SQLFailure where failure.code == .wrongType {
            return nil
        }
        guard AuditRecord.areFacts(facts) else { return nil }
    }

    private init(reading row: Row) throws {
        self.init(
            sequence: try row.integer(0), at: Timestamp(microseconds: try row.integer(1)), identity: try row.text(2),
            who: try row.text(3), address: try row.optionalText("address"), action: try row.text(5),
            target: try row.optionalText("target"), outcome: try row.text(7), facts: try row.text(8),
            hash: try row.blob(9))
    }

    private static func areFacts(_ text: String) -> Bool {
        var reader = JSONReader(Array(text.utf8))
        do {
            try reader.object { (_, reader) throws(Refusal) in _ = try reader.string() }
            try reader.end()
            return true
        } catch {
            return false
        }
    }
}
