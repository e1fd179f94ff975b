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
        object { json in
            json.member("sequence", row.sequence)
            switch row {
            case .readable(let record): json.writeMembers(of: record)
            case .damaged: json.writeDamaged()
            }
        }
    }

    private mutating func writeMembers(of record: AuditRecord) {
        member("at", record.at)
        member("identity", record.identity)
        member("who", record.who)
        member("address", record.address)
        member("action", record.action)
        member("target", record.target)
        member("outcome", record.outcome)
        member("facts", raw: record.facts.utf8)
        member("hash", AuditExport.hexadecimal(record.hash))
    }

    private mutating func writeDamaged() {
        for name in ["at", "identity", "address", "target"] {
            memberNull(name)
        }
        for name in ["who", "action", "hash"] {
            member(name, "")
        }
        member("outcome", AuditExport.damaged)
        object("facts") { _ in }
    }

    /// Writes what became of checking the audit.
    package mutating func write(_ verdict: AuditVerdict) {
        object { json in
            switch verdict {
            case .intact(let entries, let head):
                json.member("intact", true)
                json.member("entries", entries)
                json.member("head", AuditExport.hexadecimal(head))
            case .broken(let sequence, let reason):
                json.member("intact", false)
                json.member("sequence", sequence)
                json.member("reason", reason)
            }
        }
    }
}
