import HubModel
import SQL
import SolutionKit
import Testing

/// A table of changes that is not the car park's: rooms of a building.
@Suite struct StateTableTests {
    private static let history = StateTable(
        table: "room_change", resource: "room", place: "building", resources: "room", madeAt: "made_at")

    private func second(_ second: Int64) -> Timestamp { Timestamp(seconds: 1_763_683_200 + second) }

    private func database() async throws -> Database {
        let database = try Database.open(DatabaseConfiguration(.memory))
        let rooms = """
            CREATE TABLE room (id TEXT NOT NULL PRIMARY KEY, building TEXT NOT NULL, made_at BIGINT NOT NULL)
            """
        try await database.migrate(
            [Migrations(owner: "rooms", [Migration("0001-rooms", [rooms] + Self.history.creation)])], at: 0)
        try database.writeBlocking { transaction in
            for (room, building, made) in [("R1", "N", 0), ("R2", "N", 500), ("R3", "S", 0)] {
                try transaction.execute(
                    "INSERT INTO room (id, building, made_at) VALUES ($1, $2, $3)",
                    [.text(room), .text(building), .integer(second(Int64(made)).microseconds)])
            }
            for (at, room, building, state) in [
                (-50, "R1", "N", "free"), (100, "R1", "N", "occupied"), (200, "R9", "N", "occupied"),
                (300, "R1", "N", "maintenance"), (400, "R3", "S", "occupied"), (900, "R1", "N", "free"),
            ] {
                try Self.history.append(
                    state, of: room, in: building, at: second(Int64(at)), source: "sensor", in: transaction)
            }
        }
        return database
    }

    @Test("What was when is read by place; unknown words and rooms that are gone are left out")
    func reading() async throws {
        try await database().readBlocking { reader in
            let states = try Self.history.states(of: "N", before: second(0), in: reader)
            #expect(states == ["R1": .free, "R2": nil])
            let changes = try #require(
                try Self.history.changes(of: "N", from: second(0), to: second(900), limit: 10, in: reader))
            #expect(changes.map(\.resource) == ["R1", "R9"] && changes.map(\.state) == [.occupied, .occupied])
            let tooMany = try Self.history.changes(of: "N", from: second(0), to: second(900), limit: 1, in: reader)
            #expect(tooMany == nil)
            #expect(try Self.history.silent(of: "N", in: reader) == ["R2": second(500)])
        }
    }

    @Test("Steps are of the rooms of today: one that was never heard is unknown from when it was made on")
    func steps() async throws {
        try await database().readBlocking { reader in
            let steps = try Self.history.steps(of: "N", from: second(0), to: second(1_000), in: reader)
            let use = steps.use(from: second(0), to: second(1_000))
            #expect(use.seconds == [.free: 200, .occupied: 800, .unknown: 500])
            let history = try Self.history.history(
                of: "N", from: second(0), to: second(1_000), stepMicroseconds: 500_000_000, in: reader)
            #expect(history.rows.map(\.changes) == [1, 1])
        }
    }

    @Test("A forecast is made of the same weekday's past weeks")
    func forecast() async throws {
        let now = second(0)
        let database = try await database()
        try database.writeBlocking { transaction in
            for week in Int64(1)...3 {
                for (hours, state) in [(-24, "free"), (2, "occupied"), (30, "free")] as [(Int64, String)] {
                    let at = second(hours * 3_600 - week * 604_800)
                    try Self.history.append(state, of: "R3", in: "S", at: at, source: "sensor", in: transaction)
                }
            }
        }
        let forecast = try database.readBlocking {
            try Self.history.forecast(of: "S", resources: 1, clock: .utc, at: now, in: $0)
        }
        #expect(forecast.basis.map(\.weeksAgo) == [1, 2, 3])
        #expect(forecast.free[0] == 1 && forecast.free[7] == 1 && forecast.free[8] == 0)
    }
}
