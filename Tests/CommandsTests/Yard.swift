import Commands
import HubModel
import HubTesting
public import Registry
import SQL
public import SolutionKit
import Testing

extension DeviceRegistry: DeviceBook {}
extension CommandRegistry: CommandBook {}

extension DeviceKind {
    // By names that the registry's tables take.
    static let bell = DeviceKind("busstop")
    static let lamp = DeviceKind("module")
    static let horn = DeviceKind("classroom")
    static let stone = DeviceKind("parking")
}

extension Permission {
    static let viewYard = Permission("yard.view")
    static let ringYard = Permission("yard.ring")
    static let viewHorns = Permission("horns.view")
    static let soundHorns = Permission("horns.sound")
}

/// Three kinds of devices: bells hear JSON on a topic of their own, lamps only poll, horns hear a bare word and never answer. Stones take
/// nothing. What one says is a message on `yard/{kind}/{id}/report`, an answer one on `yard/bell/{id}/answer/{command_id}`.
struct YardSolution: GivesCommands {
    let manifest = SolutionManifest(
        id: "yard", title: "Yard", path: "/yard",
        kinds: [
            Declared(.bell, "Bell"), Declared(.lamp, "Lamp"), Declared(.horn, "Horn"), Declared(.stone, "Stone"),
        ],
        topics: ["yard/#"], ownedTopics: ["yard/#"], rights: [],
        permissions: [
            Declared(.viewYard, "See the yard"), Declared(.ringYard, "Ring its bells"),
            Declared(.viewHorns, "See horns"), Declared(.soundHorns, "Sound horns"),
        ], grants: [], needs: .viewYard)

    var commandForms: [CommandForm] {
        [
            CommandForm(
                .bell, see: .viewYard, give: .ringYard, topic: DeviceTopic("yard/bell/{id}/command"),
                liveTopic: DeviceTopic("yard/{id}/commands"), member: "bell_id"),
            CommandForm(.lamp, see: .viewYard, give: .ringYard, liveTopic: DeviceTopic("yard/{id}/commands")),
            CommandForm(
                .horn, see: .viewHorns, give: .soundHorns, topic: DeviceTopic("yard/horn/command/{id}"),
                encoding: .word, inFlight: 1, answers: false
            ) { request throws(Refusal) in
                guard request.name == "BEEP" else { throw Refusal(.valueOutOfRange, "a horn can only BEEP") }
            },
        ]
    }

    func makeHandler(_ services: LineServices) -> any MessageHandler { YardHandler(services.devices) }
}

final class YardHandler: TakesCommands {
    private let devices: any DeviceBook
    private var targets: [DeviceID: CommandTarget] = [:]

    init(_ devices: any DeviceBook) {
        self.devices = devices
    }

    func load(in line: inout LineContext) throws {
        for row in try line.transaction().query("SELECT id, kind, site FROM device WHERE state <> 'removed'", []) {
            guard let device = DeviceID(try row.text(0)), let kind = DeviceKind(named: try row.text(1)),
                let site = SiteID(try row.text(2))
            else { continue }
            targets[device] = CommandTarget(kind: kind, site: site, spelling: device.text)
        }
    }

    func forget() { targets = [:] }

    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        let kinds: [String: DeviceKind] = ["bell": .bell, "lamp": .lamp, "horn": .horn, "stone": .stone]
        let kind = try #require(kinds[message.topic[1]])
        let id = try #require(DeviceID(message.topic[2]))
        if message.topic[3] == "answer" {
            let answer = try CommandAnswer(to: message.topic[4], message.payload)
            return try line.commands.answered(answer, by: id, at: message.receivedAt, in: &line)
        }
        _ = try devices.admit(
            id, kind: kind, from: nil, at: message.receivedAt, in: try line.transaction())
        let site = try #require(try devices.site(of: id, in: try line.transaction()))
        targets[id] = CommandTarget(kind: kind, site: site, spelling: id.text, speaker: message.origin.clientID)
        line.commands.heard(id)
    }

    func commandTarget(_ device: DeviceID) -> CommandTarget? { targets[device] }

    func commandDevices(spokenForBy client: String) -> [DeviceID] {
        targets.filter { $0.value.speaker == client }.map(\.key)
    }
}

/// The yard on its stage.
struct Yard {
    let house: SolutionHouse
    let devices = DeviceRegistry(admission: .byContact)

    init(commandLimit: Int = 1_000) async throws {
        house = try await SolutionHouse(
            YardSolution(), tables: [RegistryTables.migrations], devices: devices,
            commands: CommandRegistry(limitPerDevice: commandLimit))
    }

    /// A device reports, so that it is known.
    func report(_ kind: String, _ id: String, client: String? = "board") throws {
        try house.hear("yard/\(kind)/\(id)/report", "{}", client: client)
    }

    /// A client comes and listens.
    @discardableResult
    func listen(_ client: String, _ filters: String...) throws -> [OutgoingMessage] {
        try house.presence(.connected(clientID: client, address: nil))
        return try filters.flatMap {
            try house.presence(.subscribed(clientID: client, filter: $0)).publications
        }
    }

    /// Asks a device to do something; the command's identifier.
    @discardableResult
    func ask(
        _ id: String, _ body: String = #"{"command":"blink"}"#, as caller: Caller = .anybody
    ) async throws -> String {
        let answer = try await house.json(.post, "/api/devices/{id}/commands", ["id": id], body: body, as: caller)
        return try #require(answer["command_id"]?.text)
    }

    /// The identifiers of what a device is given.
    func poll(
        _ id: String, after: String? = nil, wait: Int = 0, as caller: Caller = .anybody
    ) async throws -> [String] {
        var query = [(name: "wait", value: String(wait))]
        if let after { query.append((name: "after", value: after)) }
        let answer = try await house.json(
            .get, "/api/devices/{id}/commands/next", ["id": id], query: query, as: caller)
        return try #require(answer["commands"]).elements.compactMap { $0["command_id"]?.text }
    }

    func state(_ command: String) throws -> String? {
        try house.row("SELECT state FROM command WHERE id = $1", [.text(command)])?.text(0)
    }

    /// Puts a device at another site, and tells the line.
    func move(_ id: String, to site: String) throws {
        try house.batch { _, line in
            let transaction = try line.transaction()
            try transaction.execute(
                "INSERT INTO site (id, title, created_at) VALUES ($1, $1, 0) ON CONFLICT (id) DO NOTHING", [.text(site)]
            )
            try transaction.execute("UPDATE device SET site = $2 WHERE id = $1", [.text(id), .text(site)])
            line.forgetAfterCommit()
        }
    }
}

extension Caller {
    /// A device that has shown who it is.
    static func device(_ id: String, _ kind: DeviceKind) throws -> Caller {
        Caller(.device(try #require(DeviceID(id)), kind, site: .main))
    }
}
