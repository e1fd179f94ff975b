import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import WaterTanks

/// How a valve's controller gets its commands over HTTP.
@Suite struct ValveTests {
    private let manager = Caller.person([Permission("tanks.view"), Permission("tanks.command")], at: "main")

    /// A stage with the tanks barn and roof.
    private func stage() async throws -> SolutionHouse {
        let house = try await SolutionHouse(
            WaterTanksSolution(), tables: [RegistryTables.migrations], devices: DeviceRegistry(admission: .byContact),
            commands: CommandRegistry())
        for tank in ["barn", "roof"] { try house.hear("tanks/\(tank)/level", #"{"level":50}"#, client: nil) }
        return house
    }

    private func device(_ name: String) throws -> Caller {
        Caller(.device(try #require(DeviceID(name)), DeviceKind("tank"), site: .main))
    }

    @discardableResult
    private func press(_ word: String, _ house: SolutionHouse) async throws -> String {
        let made = try await house.json(
            .post, "/api/devices/{id}/commands", ["id": "barn"], body: #"{"command":"\#(word)"}"#, as: manager)
        return try #require(made["command_id"]?.text)
    }

    private func ask(
        _ house: SolutionHouse, wait: Int = 0, after: String? = nil, as caller: Caller
    ) async throws -> RouteResponse {
        try await house.call(
            .get, "/api/tanks/{id}/valve", ["id": "barn"],
            query: [("wait", "\(wait)")] + (after.map { [("after", $0)] } ?? []), as: caller)
    }

    private func state(_ command: String, _ house: SolutionHouse) throws -> String? {
        try house.row("SELECT state FROM command WHERE id = $1", [.text(command)])?.text(0)
    }

    @Test("the newest word is how the valve is to be, and confirming it is doing all of them") func newest()
        async throws
    {
        let house = try await stage()
        let barn = try device("barn")
        #expect(try await ask(house, as: barn).status == 204)
        let commands = [try await press("open", house), try await press("close", house)]
        for _ in 0..<2 {
            let answer = try JSONTree(try await ask(house, after: "", as: barn).body)
            #expect(answer["valve"]?.text == "close" && answer["command_id"]?.text == commands[1])
        }
        #expect(try await ask(house, after: commands[1], as: barn).status == 204)
        #expect(try commands.map { try state($0, house) } == ["done", "done"])
    }

    @Test("a request that waits is answered when a person presses, or when its time is over", .timeLimit(.minutes(1)))
    func waiting() async throws {
        let house = try await stage()
        let barn = try device("barn")
        async let pressed = ask(house, wait: 60, as: barn)
        while house.waitingPolls == 0 { await Task.yield() }
        try await press("open", house)
        #expect(try await JSONTree(pressed.body)["valve"]?.text == "open")
        async let nothing = ask(house, wait: 60, as: barn)
        while house.waitingPolls == 0 { await Task.yield() }
        house.clock.move(seconds: 60)
        #expect(try await nothing.status == 204)
    }

    @Test("only the tank's own device or its controller is told") func speaking() async throws {
        let house = try await stage()
        func refusal(_ caller: Caller, _ tank: String = "barn", wait: String = "0") async throws -> RefusalCode? {
            try await house.refusal(.get, "/api/tanks/{id}/valve", ["id": tank], query: [("wait", wait)], as: caller)
        }
        #expect(try await refusal(try device("roof")) == .forbidden)
        #expect(try await refusal(manager) == .forbidden)
        #expect(try await refusal(Caller(.anonymous)) == .notSignedIn)
        #expect(try await refusal(.anybody, "nowhere") == .notFound)
        #expect(try await refusal(try device("barn"), wait: "61") == .invalidParameter)
        #expect(try await refusal(try device("barn")) == nil)
        try control("barn", by: "roof", house)
        #expect(try await refusal(try device("roof")) == nil)
    }

    @Test("a controller that loses its tank while it waits is told nothing more of it", .timeLimit(.minutes(1)))
    func lost() async throws {
        let house = try await stage()
        try control("barn", by: "roof", house)
        let roof = try device("roof")
        async let refusal = house.refusal(
            .get, "/api/tanks/{id}/valve", ["id": "barn"], query: [("wait", "60")], as: roof)
        while house.waitingPolls == 0 { await Task.yield() }
        try control("barn", by: nil, house)
        let command = try await press("open", house)
        #expect(try await refusal == .forbidden)
        #expect(try state(command, house) == "queued")
    }

    /// An administrator says who speaks for a tank.
    private func control(_ tank: String, by controller: String?, _ house: SolutionHouse) throws {
        try house.batch { _, line in
            try line.transaction().execute(
                "UPDATE device SET controller = $2 WHERE id = $1", [.text(tank), controller.map { .text($0) } ?? .null])
            line.forgetAfterCommit()
        }
    }
}
