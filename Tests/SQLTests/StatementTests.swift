import SQL
import Testing

@Suite struct StatementTests {
    @Test(arguments: [
        SQLValue.null, 0, .integer(.min), .integer(.max), 1.5, .real(-0.0), .real(.infinity), .real(2.3e-308), "",
        "ä\n'\"",
        .blob([]), .blob([0, 1, 255]), true,
    ])
    func everyKindOfValueComesBackAsItWentIn(value: SQLValue) async throws {
        let row = try await memory().write { try $0.queryOne("SELECT $1 AS v", [value]) }
        #expect(try row.value("v") == value)
        #expect(try row.value(0) == value)
    }

    @Test func columnsOfTheSharedTypesKeepTheirValues() async throws {
        let row = try await memory().write { transaction in
            try transaction.execute("CREATE TABLE t (i BIGINT, d DOUBLE PRECISION, s TEXT, b BYTEA)")
            try transaction.execute("INSERT INTO t VALUES ($1, $2, $3, $4)", [7, 2.0, "12", .blob([0x31, 0x32])])
            return try transaction.queryOne("SELECT * FROM t")
        }
        #expect(try row.integer("i") == 7)
        #expect(try row.real("d") == 2)
        #expect(try row.text("s") == "12")
        #expect(try row.blob("b") == [0x31, 0x32])
    }

    @Test func placeholdersCountNotOrder() async throws {
        let row = try await memory().write {
            try $0.queryOne("SELECT $2 AS a, $1 AS b, $2 AS c, $3 AS d", [.integer(1), .integer(2), .integer(3)])
        }
        #expect(try [row.integer("a"), row.integer("b"), row.integer("c"), row.integer("d")] == [2, 1, 2, 3])
    }

    @Test(
        arguments: [
            ("SELECT $1", []), ("SELECT $1", [1, 2]), ("SELECT ?", [1]), ("SELECT :a", [1]), ("SELECT 1; SELECT 2", []),
            ("SELECT $x", [1]), ("SELECT $0", [1]),
        ] as [(String, [SQLValue])])
    func wrongUseIsNamed(sql: String, arguments: [SQLValue]) async throws {
        let database = try memory()
        #expect(await code { try await database.write { _ = try $0.query(sql, arguments) } } == .misuse)
    }

    @Test(arguments: [SQLValue.real(.nan), "a\0b"])
    func whatNotEveryEngineStoresIsRefused(value: SQLValue) async throws {
        let database = try memory()
        #expect(await code { try await database.write { _ = try $0.query("SELECT $1", [value]) } } == .invalidValue)
    }

    @Test func rowsChangedAreThoseOfThisStatement() async throws {
        let counts = try await memory().write { transaction in
            [
                try transaction.execute("CREATE TABLE t (k BIGINT PRIMARY KEY, v BIGINT)"),
                try transaction.execute("INSERT INTO t VALUES (1, 0), (2, 0), (3, 0)"),
                try transaction.execute("CREATE INDEX i ON t (v)"),
                try transaction.execute("UPDATE t SET v = 1 WHERE k > $1", [1]),
                try transaction.execute("INSERT INTO t VALUES (1, 5) ON CONFLICT (k) DO UPDATE SET v = excluded.v"),
                try transaction.execute("INSERT INTO t VALUES (1, 5) ON CONFLICT (k) DO NOTHING"),
                try transaction.execute("DELETE FROM t"),
            ]
        }
        #expect(counts == [0, 3, 0, 2, 1, 0, 3])
    }

    @Test func returningGivesRowsAndTheSameTextMayRunInsideItself() async throws {
        let seen = try await memory().write { transaction in
            try transaction.execute("CREATE TABLE t (k BIGINT PRIMARY KEY)")
            let sql = "INSERT INTO t VALUES ($1) RETURNING k"
            #expect(try transaction.queryOne(sql, [5]).integer("k") == 5)
            try transaction.execute("INSERT INTO t VALUES (6), (7)")
            var seen: [Int64] = []
            let all = "SELECT k FROM t WHERE k > $1 ORDER BY k"
            try transaction.queryEach(all, [4]) { row in
                let key = try row.integer("k")
                seen.append(key)
                seen.append(Int64(try transaction.query(all, [.integer(key)]).count))
            }
            return seen
        }
        #expect(seen == [5, 2, 6, 1, 7, 0])
    }

    @Test func wrongColumnsAndTypesThrow() async throws {
        let row = try await memory().write { try $0.queryOne("SELECT 'x' AS s, NULL AS n, 2 AS f") }
        #expect(await code { _ = try row.integer("s") } == .wrongType)
        #expect(await code { _ = try row.text("n") } == .wrongType)
        #expect(await code { _ = try row.boolean("f") } == .wrongType)
        #expect(await code { _ = try row.text("zz") } == .noColumn)
        #expect(await code { _ = try row.value(3) } == .noColumn)
        #expect(try row.optionalText("n") == nil)
        #expect(try row.optionalBlob("n") == nil)
        #expect(try row.real("f") == 2)
    }
}
