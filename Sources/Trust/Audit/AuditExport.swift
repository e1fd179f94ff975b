package import HubModel
package import Registry

/// Rows of the audit as text.
package enum AuditExport {
    static let columns = [
        "sequence", "at", "identity", "who", "address", "action", "target", "outcome", "facts", "hash",
    ]

    /// A CSV file with a header line.
    package static func csv(_ rows: [AuditRow]) -> CSVWriter {
        var table = CSVWriter(columns)
        for row in rows { table.row(cells(row)) }
        return table
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

    static func cells(_ row: AuditRow) -> [CSVWriter.Cell] {
        switch row {
        case .readable(let record):
            [
                .integer(record.sequence), .time(record.at), .text(record.identity), .text(record.who),
                .text(record.address), .text(record.action), .text(record.target), .text(record.outcome),
                .text(record.facts), .text(hexadecimal(record.hash)),
            ]
        case .damaged(let sequence):
            columns.map { $0 == "sequence" ? .integer(sequence) : .text($0 == "outcome" ? damaged : nil) }
        }
    }

    /// What stands in the place of the outcome where a row cannot be read.
    package static let damaged = "damaged"
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

    /// Writes what became of checking the audit.
    package mutating func write(_ verdict: AuditVerdict) {
        beginObject()
        key("intact")
        switch verdict {
        case .intact(let entries, let head):
            boolean(true)
            key("entries")
            integer(entries)
            key("head")
            string(AuditExport.hexadecimal(head))
        case .broken(let sequence, let reason):
            boolean(false)
            key("sequence")
            integer(sequence)
            key("reason")
            string(reason)
        }
        endObject()
    }
}
