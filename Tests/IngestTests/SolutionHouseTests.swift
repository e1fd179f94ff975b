import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// A third solution, as small as one can be: tanks that say how full they are.
private struct TanksSolution: HandlesMessages, OffersRoutes {
    let manifest = SolutionManifest(
        id: "tanks", title: "Tanks", path: "/tanks", kinds: [], topics: ["tanks/+/level"], rights: [], permissions: [],
        grants: [], needs: .viewSystem)
    let migrations = Migrations(
        owner: "tanks",
        [
            Migration(
                "tanks", ["CREATE TABLE tank (id TEXT NOT NULL PRIMARY KEY, level BIGINT NOT NULL, at BIGINT NOT NULL)"]
            )
        ])

    func makeHandler(_ services: LineServices) -> any MessageHandler { TanksHandler() }

    func routes(_ services: WebServices) -> [Route] {
        [
            Route(
                .get, "/api/tanks/{id}", access: .anyone, summary: "A tank",
                answers: [.json(.object([.required("level", .integer(minimum: 0, maximum: 100))]))],
                refusals: [.notFound]
            ) { request in
                let row = try await services.database.read {
                    try $0.queryFirst("SELECT level FROM tank WHERE id = $1", [.text(request.path["id"] ?? "")])
                }
                guard let row else { throw Refusal(.notFound, "no such tank") }
                let level = try row.integer(0)
                return .json { json in
                    json.object { $0.member("level", level) }
                }
            }
        ]
    }
}

/// Remembers how many tanks it has heard of, and tells of those that are silent for a minute.
private final class TanksHandler: MessageHandler {
    private var known: Int?

    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        let level = try #require(try JSONTree(message.payload)["level"]?.number)
        try line.transaction().execute(
            "INSERT INTO tank (id, level, at) VALUES ($1, $2, $3)",
            [.text(message.topic[1]), .integer(Int64(level)), .integer(line.now.microseconds)])
        known = (known ?? 0) + 1
        line.show(
            LiveEvent(topic: "tanks/\(known ?? 0)", data: .json(message.payload), needs: .viewSystem, at: nil))
        guard level >= 0 else { throw Refusal(.valueOutOfRange, "no tank is emptier than empty") }
    }

    func tick(in line: inout LineContext) throws {
        let silent = line.now.advanced(bySeconds: -60).microseconds
        for row in try line.transaction().query("SELECT id FROM tank WHERE at <= $1", [.integer(silent)]) {
            line.publish(
                OutgoingMessage(topic: "tanks/\(try row.text(0))/silent", payload: Array(#"{"ok":false}"#.utf8)))
        }
    }

    func forget() { known = nil }
}

@Suite struct SolutionHouseTests {
    @Test("a solution's messages, routes, events and time on one stage")
    func life() async throws {
        let house = try await SolutionHouse(TanksSolution())
        let effects = try house.hear("tanks/a/level", #"{"level":40}"#)
        #expect(effects.events.first?.json?["level"]?.number == 40)
        #expect(try await house.json(.get, "/api/tanks/{id}", ["id": "a"])["level"]?.number == 40)
        #expect(try await house.refusal(.get, "/api/tanks/{id}", ["id": "b"]) == .notFound)
        #expect(try house.pass(seconds: 59).publications.isEmpty)
        #expect(try house.pass(seconds: 1).publications.first?.json?["ok"] == .boolean(false))
        house.restart()
        try house.hear("tanks/b/level", #"{"level":1}"#)
        #expect(house.events.map(\.topic) == ["tanks/1", "tanks/1"])
    }

    @Test("what one message does wrong is undone alone, and a commit that fails undoes all and is forgotten")
    func undoing() async throws {
        let house = try await SolutionHouse(TanksSolution())
        let messages = [5, -5, 6].enumerated().map { number, level in
            house.message("tanks/\(number)/level", Array(#"{"level":\#(level)}"#.utf8))
        }
        let works = messages.map { message -> SolutionHouse.Work in { try $0.handle(message, in: &$1) } }
        let (effects, errors) = try house.batch(works)
        #expect(effects.events.count == 2 && errors.map { ($0 as? Refusal)?.code } == [nil, .valueOutOfRange, nil])
        #expect(try house.count("tank") == 2)
        #expect(throws: SolutionHouse.BrokenCommit.self) { try house.batch(isBroken: true, [works[1]]) }
        try house.hear("tanks/new/level", #"{"level":1}"#)
        #expect(house.effects.events.map(\.topic) == ["tanks/1"] && house.batches.count == 2)
    }

    @Test("an answer that is not as declared fails its test")
    func declared() async throws {
        let house = try await SolutionHouse(TanksSolution())
        try house.hear("tanks/a/level", #"{"level":101}"#)
        await #expect(throws: Route.Undeclared.self) { try await house.call(.get, "/api/tanks/{id}", ["id": "a"]) }
        await #expect(throws: SolutionHouse.NoRoute.self) { try await house.call(.get, "/api/tanks") }
    }
}
