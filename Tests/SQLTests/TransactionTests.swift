import SQL
import Testing

private struct Stop: Error {}

@Suite struct TransactionTests {
    private func table() async throws -> Database {
        let database = try memory()
        try await database.write { try $0.execute("CREATE TABLE t (k BIGINT PRIMARY KEY)") }
        return database
    }

    private func keys(_ database: Database) async throws -> [Int64] {
        try await database.read { try $0.query("SELECT k FROM t ORDER BY k").map { try $0.integer("k") } }
    }

    @Test func whatThrowsIsRolledBack() async throws {
        let database = try await table()
        await #expect(throws: Stop.self) {
            try await database.write { transaction in
                try transaction.execute("INSERT INTO t VALUES (1)")
                throw Stop()
            }
        }
        try database.writeBlocking { try $0.execute("INSERT INTO t VALUES (2)") }
        #expect(try await keys(database) == [2])
        #expect(try database.readBlocking { try $0.queryOne("SELECT count(*) FROM t").integer(0) } == 1)
    }

    @Test func savepointsNestAndRollBackAlone() async throws {
        let database = try await table()
        try await database.write { transaction in
            try transaction.execute("INSERT INTO t VALUES (1)")
            try transaction.savepoint {
                try transaction.execute("INSERT INTO t VALUES (2)")
                try? transaction.savepoint {
                    try transaction.execute("INSERT INTO t VALUES (3)")
                    throw Stop()
                }
                try transaction.execute("INSERT INTO t VALUES (4)")
            }
            try? transaction.savepoint {
                try transaction.execute("INSERT INTO t VALUES (5)")
                try transaction.savepoint { _ = try transaction.execute("INSERT INTO t VALUES (6)") }
                throw Stop()
            }
        }
        #expect(try await keys(database) == [1, 2, 4])
    }

    @Test func aFailedStatementIsTakenBackByItsSavepoint() async throws {
        let database = try await table()
        try await database.write { transaction in
            for key in [1, 1, 2] as [SQLValue] {
                do {
                    try transaction.savepoint { _ = try transaction.execute("INSERT INTO t VALUES ($1)", [key]) }
                } catch let failure as SQLFailure {
                    #expect(failure.code == .uniqueViolation)
                }
            }
        }
        #expect(try await keys(database) == [1, 2])
    }

    @Test func withoutSavepointAFailedStatementFailsTheTransaction() async throws {
        let database = try await table()
        #expect(
            await code {
                try await database.write { transaction in
                    try transaction.execute("INSERT INTO t VALUES (1)")
                    _ = try? transaction.execute("INSERT INTO t VALUES (1)")
                    try transaction.execute("INSERT INTO t VALUES (2)")
                }
            } == .transactionFailed)
        #expect(
            await code {
                try await database.write { transaction in
                    try transaction.execute("INSERT INTO t VALUES (1)")
                    _ = try? transaction.execute("INSERT INTO t VALUES (1)")
                }
            } == .transactionFailed)
        #expect(try await keys(database) == [])
    }

    @Test func violationsAreTold() async throws {
        let database = try memory()
        try await database.write { transaction in
            try transaction.execute("CREATE TABLE a (k BIGINT PRIMARY KEY, u TEXT UNIQUE, c BIGINT CHECK (c > 0))")
            try transaction.execute("CREATE TABLE b (k BIGINT NOT NULL REFERENCES a (k))")
            try transaction.execute("INSERT INTO a VALUES (1, 'secret', 1)")
        }
        let cases: [(String, [SQLValue], SQLFailure.Code)] = [
            ("INSERT INTO a VALUES ($1, $2, 1)", [2, "secret"], .uniqueViolation),
            ("INSERT INTO a VALUES ($1, $2, 1)", [1, "other"], .uniqueViolation),
            ("INSERT INTO a VALUES ($1, $2, $3)", [2, "other", 0], .checkViolation),
            ("INSERT INTO b VALUES ($1)", [2], .foreignKeyViolation),
            ("INSERT INTO b VALUES ($1)", [nil], .notNullViolation),
            ("INSERT INTO nowhere VALUES ($1)", ["secret"], .syntax),
            ("SELEC 1", [], .syntax),
        ]
        for (sql, arguments, expected) in cases {
            do {
                try await database.write { try $0.execute(sql, arguments) }
                Issue.record("no failure: \(sql)")
            } catch let failure as SQLFailure {
                #expect(failure.code == expected)
                #expect(failure.statement == sql)
                #expect(!failure.description.contains("secret"))
            }
        }
    }

    @Test func readersCannotWrite() async throws {
        let database = try await table()
        #expect(await code { try await database.read { _ = try $0.query("INSERT INTO t VALUES (1)") } } == .readOnly)
    }

    @Test func aFullDiskRollsBackEverythingAndTheNextTransactionWorks() async throws {
        let database = try await table()
        try await database.write { _ = try $0.query("PRAGMA max_page_count = 8") }
        #expect(
            await code {
                try await database.write { transaction in
                    try transaction.execute("CREATE TABLE big (b BYTEA)")
                    try transaction.savepoint {
                        let block = [UInt8](repeating: 1, count: 100_000)
                        _ = try transaction.execute("INSERT INTO big VALUES ($1)", [.blob(block)])
                    }
                }
            } == .full)
        try await database.write { try $0.execute("INSERT INTO t VALUES (9)") }
        #expect(try await keys(database) == [9])
    }
}
