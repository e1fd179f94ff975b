import SQL
import Testing

@Suite struct ColumnCheckTests {
    private let check = ColumnCheck(table: "a", column: "v", text: "CHECK (v IN ('x', 'y'))")
    private let made = Migration(
        "0001-a", ["CREATE TABLE a (k BIGINT CHECK (k > 0), v TEXT CHECK (v IN ('x', 'y')))"])

    @Test("a constraint that is dropped holds no longer; its neighbours do")
    func dropped() async throws {
        let database = try memory()
        try await database.migrate([Migrations(owner: "o", [made])], at: 0)
        let insert = "INSERT INTO a (k, v) VALUES ($1, $2)"
        #expect(
            await code { _ = try await database.write { try $0.execute(insert, [.integer(1), .text("z")]) } }
                == .checkViolation)
        let group = Migrations(owner: "o", [made, Migration("0002-any", dropping: [check])])
        #expect(try await database.migrate([group], at: 0) == ["o/0002-any"])
        #expect(try await database.write { try $0.execute(insert, [.integer(1), .text("z")]) } == 1)
        #expect(
            await code { _ = try await database.write { try $0.execute(insert, [.integer(0), .text("z")]) } }
                == .checkViolation)
        #expect(try await database.migrate([group], at: 0) == [])
    }

    @Test("two in one migration, and a statement before them that needs them gone from the next on")
    func two() async throws {
        let database = try memory()
        let other = Migration("0002-b", ["CREATE TABLE b (v TEXT CHECK (v IN ('x')))"])
        let both = Migration(
            "0003-any", ["INSERT INTO b (v) VALUES ('x')"],
            dropping: [check, ColumnCheck(table: "b", column: "v", text: "CHECK (v IN ('x'))")])
        let after = Migration("0004-z", ["INSERT INTO a (k, v) VALUES (1, 'z')", "INSERT INTO b (v) VALUES ('z')"])
        try await database.migrate([Migrations(owner: "o", [made, other, both, after])], at: 0)
        let count = try await database.read { try $0.queryOne("SELECT (SELECT COUNT(*) FROM a) + COUNT(*) FROM b") }
        #expect(try count.integer(0) == 3)
    }

    @Test(
        "a table without the constraint is a mistake of the program: nothing is changed, and nobody may write the schema"
    )
    func missing() async throws {
        let database = try memory()
        let wrong = ColumnCheck(table: "a", column: "v", text: "CHECK (v IN ('y', 'x'))")
        let group = Migrations(owner: "o", [made, Migration("0002-any", dropping: [check, wrong])])
        await #expect(throws: MigrationFailure.self) { try await database.migrate([group], at: 0) }
        try await database.migrate([Migrations(owner: "o", [made])], at: 0)
        #expect(
            await code {
                _ = try await database.write { try $0.execute("INSERT INTO a (k, v) VALUES (1, 'z')") }
            } == .checkViolation)
        #expect(
            await code {
                _ = try await database.write { try $0.execute("UPDATE sqlite_schema SET sql = '' WHERE name = 'a'") }
            } != nil)
    }

    @Test("another constraint is another migration")
    func checksum() async throws {
        let database = try memory()
        try await database.migrate([Migrations(owner: "o", [made, Migration("0002-any", dropping: [check])])], at: 0)
        let other = Migrations(owner: "o", [made, Migration("0002-any", [])])
        await #expect(throws: MigrationFailure.changed(owner: "o", name: "0002-any")) {
            try await database.migrate([other], at: 0)
        }
    }
}
