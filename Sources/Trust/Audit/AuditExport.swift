internal import HubModel
package import Registry

/// Rows of the audit as text.
package enum AuditExport {
    private static let columns = [
        "sequence", "at", "identity", "who", "address", "action", "target", "outcome", "facts", "hash",
    ]

    /// A CSV file (RFC 4180) with a header line.
    package static func csv(_ rows: [AuditRow]) -> [UInt8] {
        var text = Array((columns.joined(separator: ",") + "\r\n").utf8)
        for row in rows {
            text += cells(row).map(cell).joined(separator: ",").utf8
            text += "\r\n".utf8
        }
        return text
    }

    /// One JSON object a line.
    package static func lines(_ rows: [AuditRow]) -> [UInt8] {
        var text: [UInt8] = []
        for row in rows {
            var json = JSONWriter()
            json.write(row)
            text += json.bytes
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    /// Bytes as people compare them.
    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func cells(_ row: AuditRow) -> [String] {
        switch row {
        case .readable(let record):
            [
                String(record.sequence), String(decoding: record.at.iso8601, as: UTF8.self), record.identity,
                record.who, record.address ?? "", record.action, record.target ?? "", record.outcome, record.facts,
                hexadecimal(record.hash),
            ]
        case .damaged(let sequence):
            columns.map { $0 == "sequence" ? String(sequence) : $0 == "outcome" ? damaged : "" }
        }
    }

    /// What stands in the place of the outcome where a row cannot be read.
    package static let damaged = "damaged"

    /// A cell; what a spreadsheet would take for a formula is made text, because names in it may come from strangers.
    private static func cell(_ text: String) -> String {
        var text = text
        if let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) { text = "'" + text }
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

extension JSONWriter {
    /// Writes a row as docs/accounts-api.md shows it.
    mutating func write(_ row: AuditRow) {
        beginObject()
        key("sequence")
        integer(row.sequence)
        switch row {
        case .readable(let record): writeMembers(of: record)
        case .damaged: writeDamaged()
        }
        endObject()
    }

    private mutating func writeMembers(of record: AuditRecord) {
        key("at")
        timestamp(record.at)
        key("identity")
        string(record.identity)
        key("who")
        string(record.who)
        key("address")
        string(record.address)
        key("action")
        string(record.action)
        key("target")
        string(record.target)
        key("outcome")
        string(record.outcome)
        key("facts")
        raw(record.facts.utf8)
        key("hash")
        string(AuditExport.hexadecimal(record.hash))
    }

    private mutating func writeDamaged() {
        for name in ["at", "identity", "address", "target"] {
            key(name)
            null()
        }
        for name in ["who", "action", "hash"] {
            key(name)
            string("")
        }
        key("outcome")
        string(AuditExport.damaged)
        key("facts")
        beginObject()
        endObject()
    }
}
