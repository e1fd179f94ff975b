import HubModel
import SQL
import SolutionKit
import Testing

@Suite struct RetentionTests {
    private let days = DeclaredSetting.days("MARTLET_TEST_DAYS", "Days", standard: 0)
    private let now = Timestamp(microseconds: 1_800_000_000_000_000)
    private let history = StateTable(table: "change", resources: "room", madeAt: "made_at")

    private func database() async throws -> Database {
        let database = try Database.open(DatabaseConfiguration(.memory))
        try await database.migrate([Migrations(owner: "t", [Migration("0001-t", history.creation)])], at: 0)
        return database
    }

    private func values(_ text: String) throws -> SettingValues {
        var values = SettingValues()
        try values.set(days, to: text)
        return values
    }

    @Test("a setting is its default until it is set, and is refused beyond its range")
    func settings() throws {
        #expect(SettingValues()[days] == 0)
        #expect(try values("36500")[days] == 36_500)
        for text in ["36501", "-1", "1.5", "", "x", " 1"] {
            #expect(throws: Refusal.self) { try values(text) }
        }
    }

    @Test("0 days keep for ever; others are counted back from now")
    func cutoff() throws {
        let rule = RetentionRule("t.x", "X", days: days, table: "x", time: "at")
        #expect(rule.cutoff(SettingValues(), at: now) == nil)
        #expect(rule.cutoff(try values("2"), at: now) == now.advanced(bySeconds: -172_800))
    }

    @Test("pieces delete what was counted and nothing else, whatever is there")
    func pieces() async throws {
        let database = try await database()
        let rule = RetentionRule("t.x", "X", days: days, table: "change", time: "at", condition: "state <> 'kept'")
        var chance = SimulatedChance(seed: 7, stream: 1)
        let rows = (0..<200).map { _ in
            (at: Int64(chance.fraction() * 100), state: chance.happens(0.3) ? "kept" : "free")
        }
        try await database.write { transaction in
            for row in rows {
                try history.append(
                    row.state, of: "r", in: "p", at: Timestamp(microseconds: row.at), source: "s", in: transaction)
            }
        }
        let old = rows.filter { $0.at < 60 && $0.state != "kept" }.count
        let instant = Timestamp(microseconds: 60)
        #expect(try await database.read { try rule.count(before: instant, in: $0) } == Int64(old))
        var pieces: [Int] = []
        repeat {
            pieces.append(
                try await database.write { try rule.delete(before: instant, atMost: 7, in: $0) })
        } while pieces.last == 7
        #expect(pieces.dropLast().allSatisfy { $0 == 7 } && pieces.reduce(0, +) == old)
        #expect(try await database.read { try rule.count(before: instant, in: $0) } == 0)
        let left = try await database.read { try $0.queryOne("SELECT COUNT(*) FROM change").integer(0) }
        #expect(left == Int64(rows.count - old))
    }

    /// A model that reads all of it: the state of each room at each instant from the cutoff on.
    private func states(_ reader: some SQLReading) throws -> [String] {
        try (30...51).flatMap { at in
            try (0..<8).map { room in
                try reader.query(
                    "SELECT state FROM change WHERE resource = $1 AND at < $2 ORDER BY at DESC, id DESC LIMIT 1",
                    [.text("r\(room)"), .integer(Int64(at))]
                ).map { try $0.text(0) }.joined()
            }
        }
    }

    @Test("of a history the last change of each resource before the instant stays: what was then is known as before")
    func history() async throws {
        let database = try await database()
        var chance = SimulatedChance(seed: 3, stream: 2)
        let changes = (0..<300).map { _ in
            (at: Int64(chance.fraction() * 50), room: "r\(Int(chance.fraction() * 8))", free: chance.happens(0.5))
        }
        try await database.write { transaction in
            for change in changes {
                try history.append(
                    change.free ? "free" : "occupied", of: change.room, in: "p",
                    at: Timestamp(microseconds: change.at), source: "s", in: transaction)
            }
        }
        let rule = history.retention("t.history", "Changes", days: days)
        let instant = Timestamp(microseconds: 30)
        let before = try await database.read { try states($0) }
        let counted = try await database.read { try rule.count(before: instant, in: $0) }
        let deleted = try await database.write { try rule.delete(before: instant, atMost: 1_000, in: $0) }
        #expect(Int64(deleted) == counted && deleted > 100)
        #expect(try await database.read { try states($0) } == before)
        let old = try await database.read {
            try $0.queryOne("SELECT COUNT(*) FROM change WHERE at < 30").integer(0)
        }
        #expect(old == Int64(Set(changes.filter { $0.at < 30 }.map(\.room)).count))
    }
}
