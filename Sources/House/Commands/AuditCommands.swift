internal import ArgumentParser
internal import HubModel
internal import Registry
internal import SQL
internal import Trust

/// `martlet audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who did what to what: the chain of the audit, and all of it as a file.",
        discussion: """
              \(Invocation.program) audit verify
              \(Invocation.program) audit export --csv > audit.csv
            """,
        subcommands: [AuditVerify.self, AuditExportCommand.self])
}

/// `martlet audit verify`.
struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Says whether the audit is as it was written, and names the first row that is not.",
        discussion: """
            Each row holds a hash over itself and the row before. Whoever can write the whole database could make a new \
            chain: keep the head that this prints on another machine, and give it again later. Exits with 1 when the \
            audit was changed.

              \(Invocation.program) audit verify
              \(Invocation.program) audit verify --head 5f2c…
            """)

    @OptionGroup var data: DataArgument
    @OptionGroup var list: ListArgument

    @Option(help: .init("A head that was printed earlier: a row must still have it.", valueName: "HEX"))
    var head: AuditHead?

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let kept = head?.bytes
            let verdict = try await folder.database.read { try AuditRegistry().verify(keptHead: kept, in: $0) }
            if list.json { Output.json { $0.write(verdict) } }
            switch verdict {
            case .intact(let entries, let head):
                guard !list.json else { return }
                Output.facts([
                    ("entries", String(entries)), ("head", head.isEmpty ? "-" : AuditExport.hexadecimal(head)),
                ])
            case .broken(let sequence, let reason):
                throw SettingError("the audit was changed: row \(sequence): \(reason)")
            }
        }
    }
}

/// `martlet audit export`.
struct AuditExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes the whole audit to standard output, oldest first.",
        discussion: """
            The export itself is an entry in the audit, and the last one in the file.

              \(Invocation.program) audit export --csv > audit.csv
              \(Invocation.program) audit export --jsonl | jq 'select(.outcome == "refused")'
            """)

    /// How it is written.
    enum Form: String, EnumerableFlag {
        case csv, jsonl

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .csv: "Comma-separated values with a heading; the default."
            case .jsonl: "A JSON object on each line."
            }
        }
    }

    @OptionGroup var data: DataArgument

    @Flag(exclusivity: .exclusive) var form = Form.csv

    /// Rows that are read at once: some megabytes at most.
    private static let page = 1_000

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let caller = folder.caller
            let last = try await folder.change { transaction, now in
                let count = try transaction.queryOne("SELECT COUNT(*) FROM audit").integer(0)
                try AuditRegistry().record(
                    AuditEntry(caller, .exportAudit, facts: [("rows", String(count))]), at: now, in: transaction)
                return try transaction.queryOne("SELECT sequence FROM audit_head WHERE name = 'head'").integer(0)
            }
            var position: Int64 = 0
            while position < last {
                let after = position
                let rows = try await folder.database.read {
                    try AuditRegistry().oldest(AuditFilter(), after: after, limit: AuditExportCommand.page, in: $0)
                }.filter { $0.sequence <= last }
                guard let end = rows.last?.sequence else { break }
                Output.bytes(bytes(rows, isFirst: position == 0))
                position = end
            }
        }
    }

    private func bytes(_ rows: [AuditRow], isFirst: Bool) -> [UInt8] {
        switch form {
        case .jsonl: return AuditExport.lines(rows)
        case .csv:
            let text = AuditExport.csv(rows).bytes
            // The heading stands only once.
            guard !isFirst, let end = text.firstIndex(of: UInt8(ascii: "\n")) else { return text }
            return Array(text[(end + 1)...])
        }
    }
}

/// The hash of a row of the audit: 64 hexadecimal digits.
struct AuditHead: ExpressibleByArgument {
    let bytes: [UInt8]

    init?(argument: String) {
        let digits = Array(argument.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: 64, by: 2) {
            let pair = digits[start..<start + 2]
            guard pair.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let byte = UInt8(String(decoding: pair, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        self.bytes = bytes
    }
}
