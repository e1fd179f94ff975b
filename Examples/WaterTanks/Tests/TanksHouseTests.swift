import HubModel
import HubTesting
public import Registry
import SQL
public import SolutionKit
import Testing
import WaterTanks

extension CommandRegistry: CommandBook {}
extension DeviceRegistry: DeviceBook {}

/// The solution on the stage that `HubTesting` has for it: its tables, its handler in the line, its routes, the commands beside it.
@Suite struct TanksHouseTests {
    private let viewer = Caller.person([Permission("tanks.view")], at: "main")
    private let manager = Caller.person(
        [Permission("tanks.view"), Permission("tanks.command"), Permission("tanks.manage")], at: "main")

    private func house(_ devices: any DeviceBook = FakeDevices()) async throws -> SolutionHouse {
        try await SolutionHouse(
            WaterTanksSolution(), tables: [RegistryTables.migrations], devices: devices, commands: CommandRegistry())
    }

    private func sender(_ name: String) throws -> MessageOrigin.Sender { .device(try #require(DeviceID(name))) }

    @Test("a report is history, a state and an event, and an answer says so")
    func report() async throws {
        let house = try await house()
        let effects = try house.hear("tanks/barn/level", #"{"level":12.5}"#)
        #expect(effects.readings.map(\.measurement) == ["level"])
        #expect(effects.events.map(\.topic) == ["tanks/barn/state"])
        #expect(effects.events.first?.json?["level"]?.number == 12.5)
        #expect(effects.changes.map(\.state) == ["low"] && effects.changes.map(\.severity) == [.attention])
        let tank = try await house.json(.get, "/api/tanks/{id}", ["id": "barn"], as: viewer)
        #expect(tank["state"]?.text == "low" && tank["litres"]?.number == 1_000)
        try house.hear("tanks/barn/level", #"{"level":60}"#)
        let changes = try await house.json(.get, "/api/tanks/{id}/changes", ["id": "barn"], as: viewer)
        #expect(changes["changes"]?.elements.map { $0["state"]?.text } == ["filled", "low"])
        try house.pass(seconds: 1)
        let levels = try await house.json(
            .get, "/api/tanks/{id}/levels", ["id": "barn"], query: [("field", "level")], as: viewer)
        #expect(levels["rows"]?.elements.map { $0.elements.last?.number } == [12.5, 60])
        #expect(levels["columns"]?.elements.map(\.text) == ["time", "level"] && levels["device_id"]?.text == "barn")
    }

    @Test(
        "what is no report is refused, and nothing is stored of it",
        arguments: [
            ("", nil), ("{", .malformedJSON), ("[]", .wrongType), ("{}", .missingField),
            (#"{"level":null}"#, .missingField),
            (#"{"level":"1"}"#, .wrongType), (#"{"level":-0.1}"#, .valueOutOfRange),
            (#"{"level":100.1}"#, .valueOutOfRange), (#"{"level":1,"level":2}"#, .duplicateKey),
            (#"{"level":1,"x":"\#(String(repeating: "x", count: 1_024))"}"#, .tooLarge),
        ] as [(String, RefusalCode?)])
    func badReports(payload: String, code: RefusalCode?) async throws {
        let house = try await house()
        let found: RefusalCode?
        do {
            try house.hear("tanks/barn/level", payload)
            found = nil
        } catch let refusal as Refusal {
            found = refusal.code
        }
        #expect(found == code)
        #expect(try house.count("tank") == 0 && house.effects.readings.isEmpty && house.effects.events.isEmpty)
    }

    @Test(
        "who may speak for a tank: its device, that device's controller, and one without a key for a tank without one")
    func speaking() async throws {
        let devices = FakeDevices([
            "barn": .init(DeviceKind("tank")), "roof": .init(DeviceKind("tank"), controls: ["barn"]),
            "gate": .init(DeviceKind("tank")),
        ])
        let house = try await house(devices)
        func refusal(_ sender: MessageOrigin.Sender, _ tank: String = "barn") throws -> RefusalCode? {
            do {
                try house.hear("tanks/\(tank)/level", #"{"level":50}"#, from: sender)
                return nil
            } catch let refusal as Refusal { return refusal.code }
        }
        #expect(try refusal(.keyless) == .forbidden)
        #expect(try refusal(sender("gate")) == .forbidden)
        #expect(try refusal(sender("barn")) == nil)
        #expect(try refusal(sender("roof")) == nil)
        #expect(try refusal(.keyless) == .forbidden)
        #expect(try refusal(.keyless, "field") == .forbidden)
        try await house.call(.put, "/api/tanks/{id}", ["id": "field"], body: #"{"title":"Field"}"#, as: manager)
        #expect(try refusal(.keyless, "field") == nil)
        let keyless = Caller(.keyless(DeviceKind("tank")))
        try await house.call(.post, "/api/tanks/{id}/level", ["id": "field"], body: #"{"level":7}"#, as: keyless)
        let tank = try await house.json(.get, "/api/tanks/{id}", ["id": "field"], as: viewer)
        #expect(tank["level"]?.number == 7 && tank["title"]?.text == "Field")
    }

    @Test("silence is noticed by the clock, over a restart, and a commit that fails leaves nothing behind")
    func silence() async throws {
        let house = try await house()
        try house.hear("tanks/barn/level", #"{"level":50}"#)
        let work: SolutionHouse.Work = { handler, line in
            try handler.handle(house.message("tanks/barn/level", Array(#"{"level":1}"#.utf8)), in: &line)
        }
        #expect(throws: SolutionHouse.BrokenCommit.self) { try house.batch(isBroken: true, [work]) }
        func state() async throws -> String? {
            try await house.json(.get, "/api/tanks/{id}", ["id": "barn"], as: viewer)["state"]?.text
        }
        #expect(try await state() == "filled")
        #expect(try house.pass(seconds: 1_799).changes.filter { $0.state == "unknown" }.isEmpty)
        house.restart()
        #expect(try house.pass(seconds: 1).changes.last?.state == "unknown")
        #expect(try await state() == "unknown")
        try house.hear("tanks/barn/level", #"{"level":50}"#)
        #expect(try await state() == "filled")
    }

    @Test("the valve hears one word over MQTT, or asks for it over HTTP; no other word is taken")
    func valve() async throws {
        let house = try await house(DeviceRegistry(admission: .byContact))
        try house.hear("tanks/barn/level", #"{"level":10}"#, client: "sensor")
        let path = "/api/devices/{id}/commands"
        #expect(
            try await house.refusal(.post, path, ["id": "barn"], body: #"{"command":"explode"}"#, as: manager)
                == .valueOutOfRange)
        #expect(
            try await house.refusal(.post, path, ["id": "barn"], body: #"{"command":"open"}"#, as: viewer) == .forbidden
        )
        let waiting = try await house.json(.post, path, ["id": "barn"], body: #"{"command":"open"}"#, as: manager)
        let device = Caller(.device(try #require(DeviceID("barn")), DeviceKind("tank"), site: .main))
        let given = try await house.json(.get, path + "/next", ["id": "barn"], as: device)
        #expect(given["commands"]?.elements.map { $0["command"]?.text } == ["open"])
        #expect(given["commands"]?.elements.first?["command_id"] == waiting["command_id"])
        try house.presence(.connected(clientID: "sensor", address: nil))
        try house.presence(.subscribed(clientID: "sensor", filter: "tanks/barn/valve"))
        try await house.call(.post, path, ["id": "barn"], body: #"{"command":"close"}"#, as: manager)
        #expect(house.publications.map(\.topic) == ["tanks/barn/valve"])
        #expect(house.publications.map(\.payload) == [Array("close".utf8)])
        let token = try #require(house.publications.first?.token)
        try house.delivery(.acknowledged(token: token, clientID: "sensor"))
        let one = ["id": "barn", "command_id": token]
        #expect(try await house.json(.get, path + "/{command_id}", one, as: manager)["state"]?.text == "done")
    }

    @Test("tanks are added, changed and removed by people who may, at their sites, and the audit knows")
    func managing() async throws {
        let house = try await house(FakeDevices([:], sites: [.main, try #require(SiteID("north"))]))
        let (path, id) = ("/api/tanks/{id}", ["id": "barn"])
        #expect(try await house.refusal(.put, path, id, as: viewer) == .forbidden)
        #expect(try await house.refusal(.put, path, id, body: #"{"site":"north"}"#, as: manager) == .notFound)
        #expect(try await house.refusal(.put, path, id, body: #"{"litres":0}"#, as: manager) == .valueOutOfRange)
        #expect(try await house.refusal(.put, path, ["id": "no/name"], as: manager) == .invalidIdentifier)
        let made = try await house.json(.put, path, id, body: #"{"title":"Barn","litres":5000}"#, as: manager)
        #expect(made["title"]?.text == "Barn" && made["level"] == .null && made["state"]?.text == "unknown")
        try await house.call(.put, path, id, body: #"{"litres":6000}"#, as: manager)
        let north = Caller.person([Permission("tanks.view"), Permission("tanks.manage")], at: "north")
        #expect(try await house.refusal(.get, path, id, as: north) == .notFound)
        #expect(try await house.refusal(.delete, path, id, as: north) == .notFound)
        let list = try await house.json(.get, "/api/tanks", query: [("limit", "1")], as: manager)
        #expect(list["tanks"]?.elements.map { $0["litres"]?.number } == [6_000] && list["next"] == .null)
        try await house.call(.delete, path, id, as: manager)
        #expect(house.events.last?.topic == "tanks/barn/removed")
        #expect(try house.count("tank", where: "removed_at IS NULL") == 0)
        #expect(house.audit.entries.map(\.action.name) == ["tank.change", "tank.change", "tank.remove"])
    }

    @Test("what the audit cannot record of a tank is not done, and not kept in memory either")
    func unrecorded() async throws {
        let house = try await house()
        try house.hear("tanks/barn/level", #"{"level":50}"#)
        let (path, id) = ("/api/tanks/{id}", ["id": "barn"])
        house.audit.refuses(true)
        await #expect(throws: BrokenAudit.Broken.self) {
            try await house.call(.put, path, id, body: #"{"litres":6000}"#, as: manager)
        }
        await #expect(throws: BrokenAudit.Broken.self) { try await house.call(.delete, path, id, as: manager) }
        #expect(try await house.json(.get, path, id, as: manager)["litres"]?.number == 1_000)
        house.audit.refuses(false)
        let renamed = try await house.json(.put, path, id, body: #"{"title":"Barn"}"#, as: manager)
        #expect(renamed["litres"]?.number == 1_000 && renamed["level"]?.number == 50)
    }

    @Test("levels are a sheet as well, for a time and in steps, and the list says what was drawn on the last day")
    func levels() async throws {
        let house = try await house()
        try house.hear("tanks/barn/level", #"{"level":50}"#)
        let sheet = try await house.call(
            .get, "/api/tanks/{id}/levels", ["id": "barn"], query: [("step", "10m"), ("agg", "max")],
            accept: "text/csv", as: viewer)
        #expect(String(decoding: sheet.body, as: UTF8.self).hasPrefix("time,device_id,field,value\n"))
        #expect(
            try await house.refusal(.get, "/api/tanks/{id}/levels", ["id": "barn"], query: [("agg", "max")], as: viewer)
                == .invalidParameter)
        func lastDay() async throws -> JSONTree? {
            try await house.json(.get, "/api/tanks", as: viewer)["tanks"]?.elements.first?["last_day"]
        }
        #expect(try await lastDay() == .null)
        for (day, litres) in [("2026-11-19", 7), ("2026-11-20", 9)] as [(String, Int64)] {
            try house.database.writeBlocking { transaction in
                try transaction.execute(
                    "INSERT INTO tank_day (tank, day, begin, litres) VALUES ('barn', $1, 0, $2)",
                    [.text(day), .integer(litres)])
            }
        }
        let last = try await lastDay()
        #expect(last?["day"]?.text == "2026-11-20" && last?["litres"]?.number == 9)
    }

    @Test("a simulated tank is drawn from, and fills while its valve is open")
    func simulated() throws {
        let fleet = SimulatedTanks(count: 2, seed: 3)
        #expect(fleet.devices.map(\.name) == ["tank_1", "tank_2"])
        var (tank, now) = (fleet.device(0, at: SolutionHouse.start), SolutionHouse.start)
        func level() throws -> Double {
            now = tank.nextDue
            guard case .publish(let message, _) = try #require(tank.take(.due, at: now).first) else { return -1 }
            #expect(message.topic == "tanks/tank_1/level")
            return try #require(try JSONTree(message.payload)["level"]?.number)
        }
        let full = try level()
        for _ in 0..<400 { _ = try level() }
        let drawn = try level()
        #expect(drawn < full)
        let answer = tank.take(.message(SimulatedMessage(topic: "", payload: Array("open".utf8))), at: now)
        #expect(answer.isEmpty)
        for _ in 0..<100 { _ = try level() }
        #expect(try level() > drawn)
    }
}
