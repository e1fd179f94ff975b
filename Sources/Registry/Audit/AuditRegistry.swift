public import HubModel
public import SQL

/// The audit: table `audit`, append-only and hash-chained. Its `record` is that of SolutionKit's `AuditBook`.
public struct AuditRegistry: Sendable {
    private static let maximumName = 128
    private static let maximumTarget = 200
    private static let maximumFacts = 2_000

    /// An audit over the tables of `RegistryTables`.
    public init() {}

    /// Appends an entry, in the transaction of what it tells about.
    ///
    /// Writers wait for each other at the chain's head; on replicas the database makes them.
    /// - Throws: `SQLFailure`.
    public func record(_ entry: AuditEntry, at instant: Timestamp, in transaction: Transaction) throws {
        let head = try transaction.queryOne(
            "UPDATE audit_head SET sequence = sequence + 1 WHERE name = 'head' RETURNING sequence, hash")
        let (identity, who) = AuditRegistry.names(of: entry.caller.identity)
        var record = AuditRecord(
            sequence: try head.integer(0), at: instant, identity: identity,
            who: AuditRegistry.cut(who, to: AuditRegistry.maximumName),
            address: entry.caller.address.map { AuditRegistry.cut($0, to: 64) }, action: entry.action.name,
            target: entry.target.map { AuditRegistry.cut($0, to: AuditRegistry.maximumTarget) },
            outcome: entry.outcome.rawValue,
            facts: AuditRegistry.text(AuditRegistry.facts(of: entry.caller.identity) + entry.facts), hash: [])
        record = record.with(hash: AuditChain.hash(record, after: try head.optionalBlob("hash") ?? []))
        try transaction.execute(
            """
            INSERT INTO audit (sequence, at, identity, name, address, action, target, outcome, facts, hash)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .integer(record.sequence), .integer(instant.microseconds), .text(record.identity), .text(record.who),
                SQLValue(record.address), .text(record.action), SQLValue(record.target), .text(record.outcome),
                .text(record.facts), .blob(record.hash),
            ])
        try transaction.execute("UPDATE audit_head SET hash = $1 WHERE name = 'head'", [.blob(record.hash)])
    }

    private static func names(of identity: Caller.Identity) -> (identity: String, who: String) {
        switch identity {
        case .anonymous: ("anonymous", "")
        case .open: ("open", "")
        case .person(_, let name, _): ("person", name)
        case .token(_, let name, _): ("token", name)
        case .device(let device, _, _): ("device", device.text)
        case .keyless(let kind): ("device", "keyless \(kind.name)")
        // Who has a link is nobody that the hub knows.
        case .link: ("anonymous", "")
        case .shell(let name): ("shell", name)
        case .hub: ("hub", "")
        }
    }

    /// Which of their programs it was, beside its owner's name: a token that was stolen is found by it.
    private static func facts(of identity: Caller.Identity) -> [(name: String, value: String)] {
        if case .token(_, _, let token) = identity { return [("by_token", token)] }
        return []
    }

    /// Facts as a JSON object; what does not fit any more is left out whole, so that the text stays JSON.
    private static func text(_ facts: [(name: String, value: String)]) -> String {
        var kept: [(name: String, value: String)] = []
        var bytes = 2
        for fact in facts {
            // Each byte may become six when it is escaped.
            let cost = 6 * (fact.name.utf8.count + fact.value.utf8.count) + 6
            guard bytes + cost <= 6 * maximumFacts else { continue }
            bytes += cost
            kept.append(fact)
        }
        var json = JSONWriter()
        json.object { json in
            for fact in kept {
                json.member(fact.name, clean(fact.value))
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// At most so many bytes, whole characters, without U+0000, which text in a database must not have.
    private static func cut(_ text: String, to limit: Int) -> String {
        var kept = clean(text)
        while kept.utf8.count > limit { kept.removeLast() }
        return kept
    }

    private static func clean(_ text: String) -> String {
        text.utf8.contains(0) ? text.replacing("\0", with: "") : text
    }
}

extension AuditRecord {
    fileprivate func with(hash: [UInt8]) -> AuditRecord {
        AuditRecord(
            sequence: sequence, at: at, identity: identity, who: who, address: address, action: action, target: target,
            outcome: outcome, facts: facts, hash: hash)
    }
}
