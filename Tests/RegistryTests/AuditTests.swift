import HubModel
import Registry
import SQL
import Testing

@Suite("The audit's chain")
struct AuditTests {
    let registry = AuditRegistry()
    let anna = Caller(.person(account: "a1", name: "anna", session: "s1"), address: "127.0.0.1")

    private func database() async throws -> Database {
        let database = try Database.open(DatabaseConfiguration(.memory))
        _ = try await database.migrate([RegistryTables.migrations], at: 0)
        return database
    }

    private func filled(_ count: Int) async throws -> Database {
        let database = try await database()
        let (registry, anna) = (registry, anna)
        for number in 1...count {
            try await database.write { transaction in
                let outcome: AuditOutcome = number % 3 == 0 ? .refused : .done
                try registry.record(
                    AuditEntry(
                        anna, number % 2 == 0 ? .addDevice : .signIn, target: "device:d\(number)", outcome: outcome,
                        facts: [("number", "\(number)"), ("words", "a \"quoted\" one, with a comma")]),
                    at: Timestamp(seconds: Int64(number)), in: transaction)
            }
        }
        return database
    }

    private func verdict(_ database: Database, kept: [UInt8]? = nil) async throws -> AuditVerdict {
        let registry = registry
        return try await database.read { try registry.verify(keptHead: kept, in: $0) }
    }

    @Test("is whole when nothing was changed, also when it is empty")
    func intact() async throws {
        let empty = try await verdict(database())
        #expect(empty == .intact(entries: 0, head: []))
        let database = try await filled(30)
        guard case .intact(let entries, let head) = try await verdict(database) else {
            Issue.record("not intact")
            return
        }
        #expect(entries == 30)
        #expect(head.count == 32)
        #expect(try await verdict(database, kept: head) == .intact(entries: 30, head: head))
    }

    @Test(
        "names the first row that was changed, whatever was changed in it",
        arguments: [
            "at = at + 1", "identity = 'hub'", "name = 'anne'", "address = NULL", "action = 'sign_out'",
            "target = 'device:d18'", "outcome = CASE outcome WHEN 'done' THEN 'refused' ELSE 'done' END",
            "facts = '{}'", "target = NULL",
        ])
    func changed(_ change: String) async throws {
        let database = try await filled(30)
        _ = try await database.write { try $0.execute("UPDATE audit SET \(change) WHERE sequence = 17") }
        guard case .broken(17, _) = try await verdict(database) else {
            Issue.record("\(change) went unnoticed")
            return
        }
    }

    @Test("misses a row that was taken out, and the end that was cut off")
    func removed() async throws {
        let middle = try await filled(30)
        _ = try await middle.write { try $0.execute("DELETE FROM audit WHERE sequence = 12") }
        #expect(try await verdict(middle) == .broken(sequence: 12, reason: "the row is missing"))
        let end = try await filled(30)
        _ = try await end.write { try $0.execute("DELETE FROM audit WHERE sequence > 28") }
        guard case .broken(29, _) = try await verdict(end) else {
            Issue.record("the end that was cut off went unnoticed")
            return
        }
    }

    @Test("knows a chain that was written anew by a head that was kept")
    func keptHead() async throws {
        let database = try await filled(5)
        guard case .intact(_, let head) = try await verdict(database) else {
            Issue.record("not intact")
            return
        }
        let other = try await filled(4)
        guard case .broken(5, let reason) = try await verdict(other, kept: head) else {
            Issue.record("another chain passed for the one whose head was kept")
            return
        }
        // All that can be told is where the chain ends that is here.
        #expect(reason.contains("rows after 4 are missing"))
    }

    /// What somebody may write into a row that the hub never would.
    static let damages = [
        "at = 'soon'", "at = 1.5", "at = NULL", "name = x'ff00'", "address = x'00'", "action = x'00'", "target = 7.5",
        "facts = x'7b7d'", "facts = '{\"a\":'", "facts = '[]'", "facts = '{\"a\":1}'", "facts = ''", "hash = 'zz'",
        "hash = NULL", "hash = 5",
    ]

    /// A copy of the table without what the schema asks of it: whoever has the file may have done that too.
    private func damaged(_ change: String) async throws -> Database {
        let database = try await filled(30)
        try await database.write { transaction in
            for statement in [
                "CREATE TABLE loose (sequence, at, identity, name, address, action, target, outcome, facts, hash)",
                "INSERT INTO loose SELECT * FROM audit", "DROP TABLE audit", "ALTER TABLE loose RENAME TO audit",
                "UPDATE audit SET \(change) WHERE sequence = 17",
            ] { try transaction.execute(statement) }
        }
        return database
    }

    @Test("names a row that cannot be read, and the list goes on behind it", arguments: damages)
    func unreadable(_ change: String) async throws {
        let (database, registry) = (try await damaged(change), registry)
        guard case .broken(17, _) = try await verdict(database) else {
            Issue.record("\(change): \(try await verdict(database))")
            return
        }
        let (newest, oldest) = try await database.read { reader in
            (
                try registry.newest(AuditFilter(), before: 20, limit: 5, in: reader),
                try registry.oldest(AuditFilter(), after: 14, limit: 5, in: reader)
            )
        }
        #expect(newest.map(\.sequence) == [19, 18, 17, 16, 15])
        #expect(oldest.map(\.sequence) == [15, 16, 17, 18, 19])
        for rows in [newest, oldest] {
            #expect(rows.filter { $0 == .damaged(sequence: $0.sequence) }.map(\.sequence) == [17])
        }
    }

    @Test("misses a row whose number is none any more", arguments: ["'x'", "17.5", "NULL", "x'11'"])
    func numberless(_ number: String) async throws {
        let (database, registry) = (try await damaged("sequence = \(number)"), registry)
        #expect(try await verdict(database) == .broken(sequence: 17, reason: "the row is missing"))
        let rows = try await database.read { try registry.newest(AuditFilter(), before: nil, limit: 29, in: $0) }
        #expect(rows.map(\.sequence) == (1...30).filter { $0 != 17 }.reversed())
    }

    @Test("says of the head what is wrong with it")
    func heads() async throws {
        for (change, sequence) in [
            ("DELETE FROM audit_head", 31), ("UPDATE audit_head SET sequence = 'x'", 31),
            ("UPDATE audit_head SET sequence = 33", 31), ("UPDATE audit_head SET sequence = 28", 29),
            ("UPDATE audit_head SET sequence = -9000000000000000000", 1), ("UPDATE audit_head SET hash = 'x'", 30),
            ("UPDATE audit_head SET hash = NULL", 30),
        ] as [(String, Int64)] {
            let database = try await filled(30)
            _ = try await database.write { try $0.execute(change) }
            guard case .broken(sequence, _) = try await verdict(database) else {
                Issue.record("\(change): \(try await verdict(database))")
                continue
            }
        }
    }

    @Test("says which of somebody's programs it was")
    func tokens() async throws {
        let (database, registry) = (try await database(), registry)
        let program = Caller(.token(account: "a1", name: "anna", token: "t7"))
        try await database.write {
            try registry.record(
                AuditEntry(program, .revokeToken, target: "user:anna", facts: [("token", "t8")]),
                at: Timestamp(seconds: 1), in: $0)
        }
        let rows = try await database.read { try registry.newest(AuditFilter(), before: nil, limit: 1, in: $0) }
        guard case .readable(let record)? = rows.first else {
            Issue.record("no row")
            return
        }
        #expect(record.identity == "token" && record.who == "anna")
        #expect(record.facts == #"{"by_token":"t7","token":"t8"}"#)
        guard case .intact = try await verdict(database) else {
            Issue.record("the chain does not hold")
            return
        }
    }

    @Test("moving bytes from one field to the next changes the hash")
    func fieldsAreApart() async throws {
        let database = try await filled(3)
        _ = try await database.write {
            try $0.execute(
                "UPDATE audit SET target = action || target, action = '' WHERE sequence = 2")
        }
        guard case .broken(2, _) = try await verdict(database) else {
            Issue.record("went unnoticed")
            return
        }
    }

    @Test("is searched by caller, action, target, outcome and time, with beginnings by a star")
    func search() async throws {
        let database = try await filled(30)
        let registry = registry
        func find(_ change: (inout AuditFilter) -> Void) async throws -> [Int64] {
            var filter = AuditFilter()
            change(&filter)
            let wanted = filter
            return try await database.read {
                try registry.newest(wanted, before: nil, limit: 100, in: $0).map(\.sequence)
            }
        }
        #expect(try await find { $0.who = "ann*" }.count == 30)
        #expect(try await find { $0.who = "ann" }.isEmpty)
        #expect(try await find { $0.target = "device:d7" } == [7])
        #expect(try await find { $0.target = "device:d2*" }.count == 11)
        #expect(try await find { $0.action = "device.add" }.count == 15)
        #expect(try await find { $0.outcome = "refused" }.count == 10)
        #expect(
            try await find {
                $0.from = Timestamp(seconds: 5)
                $0.to = Timestamp(seconds: 8)
            } == [7, 6, 5])
        let page = try await database.read { try registry.newest(AuditFilter(), before: 11, limit: 3, in: $0) }
        #expect(page.map(\.sequence) == [10, 9, 8])
    }

    @Test("what strangers make it write is cut to its bounds and stays JSON")
    func bounds() async throws {
        let database = try await database()
        let registry = registry
        let long = String(repeating: "ä", count: 5_000)
        let stranger = Caller(.person(account: "x", name: long, session: "s"), address: long)
        try await database.write {
            try registry.record(
                AuditEntry(stranger, .signIn, target: "user:\0" + long, facts: [("a", long), ("b", "kept\0")]),
                at: Timestamp(seconds: 1), in: $0)
        }
        let records = try await database.read { try registry.newest(AuditFilter(), before: nil, limit: 1, in: $0) }
        guard case .readable(let record)? = records.first else {
            Issue.record("no row that can be read")
            return
        }
        #expect(record.who.utf8.count <= 128)
        #expect(record.target?.utf8.count ?? 0 <= 200)
        #expect(record.facts == #"{"b":"kept"}"#)
        #expect(try await verdict(database) != .broken(sequence: 1, reason: ""))
    }
}
