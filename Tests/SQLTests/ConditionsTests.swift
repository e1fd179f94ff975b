import SQL
import Testing

@Suite struct ConditionsTests {
    @Test("Placeholders are counted behind those that the statement has already")
    func counting() {
        var conditions = Conditions(arguments: [.integer(7)])
        conditions.add("kind", .equals, .text("a"))
        conditions.add("state", isOneOf: ["x", "y"])
        conditions.add("at", .isAtLeast, .integer(3))
        conditions.add("NOT gone")
        #expect(conditions.text == "kind = $2 AND state IN ($3, $4) AND at >= $5 AND NOT gone")
        #expect(conditions.place(.integer(10)) == "$6")
        #expect(conditions.arguments == [.integer(7), .text("a"), .text("x"), .text("y"), .integer(3), .integer(10)])
    }

    @Test("Nothing asked fits every row, and one of none fits no row")
    func empty() throws {
        var conditions = Conditions()
        conditions.add("site", isOneOf: [String]?.none)
        #expect(conditions.text == "1 = 1" && conditions.arguments.isEmpty)
        conditions.add("site", isOneOf: [])
        #expect(conditions.text == "1 = 0" && conditions.arguments.isEmpty)
        let database = try Database.open(DatabaseConfiguration(.memory))
        let found = try database.readBlocking { reader in
            try reader.query("SELECT 1 WHERE \(conditions.text)", conditions.arguments)
        }
        #expect(found.isEmpty)
    }
}
