import DeviceStates
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing

/// A solution that does nothing by itself: what its devices are like, each batch says.
private struct QuietSolution: HandlesMessages {
    private final class Handler: MessageHandler {
        func handle(_ message: DeviceMessage, in line: inout LineContext) throws {}
    }

    var manifest: SolutionManifest {
        SolutionManifest(
            id: "nodes", title: "Nodes", path: "/nodes", kinds: [], topics: [], rights: [], permissions: [], grants: [],
            needs: .viewDevices)
    }

    func makeHandler(_ services: LineServices) -> any MessageHandler { Handler() }
}

/// A house with the observer, over the registry's tables.
struct StatesBench {
    let house: SolutionHouse
    let figures = DeviceStateFigures()
    let registry = DeviceRegistry(admission: .byContact)
    static let start = Timestamp(seconds: 1_800_000_000)

    var database: Database { house.database }

    init(devices: [String]) async throws {
        house = try await SolutionHouse(
            QuietSolution(), tables: [RegistryTables.migrations], at: StatesBench.start
        ) { [figures] in [DeviceStates(figures: figures)] }
        for device in devices { try add(device) }
    }

    func add(_ name: String) throws {
        let device = try #require(DeviceID(name))
        _ = try database.writeBlocking {
            try registry.admit(device, kind: DeviceKind("node"), at: StatesBench.start, in: $0)
        }
    }

    /// The program starts anew.
    func restart() { house.restart() }

    static func change(
        _ device: String, _ state: String?, at second: Int64 = 0, of subject: StateSubject = .device
    ) throws -> DeviceStateChange {
        DeviceStateChange(
            device: try #require(DeviceID(device)), kind: DeviceKind("node"), site: .main, subject: subject,
            state: state, since: start.advanced(bySeconds: second),
            severity: state == "unknown" ? .unknown : state == "offline" ? .attention : .good)
    }

    /// A batch in which handlers noted these changes.
    /// - Returns: the statements that changed a row.
    @discardableResult
    func batch(_ changes: [DeviceStateChange], tick: Bool = false, isBroken: Bool = false) throws -> Int64 {
        func changed() throws -> Int64 {
            try database.writeBlocking { try $0.queryOne("SELECT total_changes()").integer(0) }
        }
        let before = try changed()
        try house.batch(isBroken: isBroken, tick: tick, [{ _, line in for change in changes { line.note(change) } }])
        return try changed() - before
    }

    /// `device subject state second` of each row.
    func rows() throws -> [String] {
        try database.readBlocking { try DeviceStateTable().all(in: $0) }.map { row in
            let second = row.standing.since.microseconds(since: StatesBench.start) / 1_000_000
            return "\(row.device) \(row.standing.subject) \(row.standing.state) \(second)"
        }.sorted()
    }

    /// `subject state count` of each figure.
    func counts() -> [String] {
        figures.metrics().flatMap(\.samples).map { sample in
            let labels = Dictionary(uniqueKeysWithValues: sample.labels.map { ($0.name, $0.value) })
            return "\(labels["subject"] ?? "") \(labels["state"] ?? "") \(Int(sample.value))"
        }
    }
}

@Suite("How every device is")
struct DeviceStatesTests {
    @Test("A row is written only on a change, and keeps since when it is so")
    func onlyOnAChange() async throws {
        let bench = try await StatesBench(devices: ["a", "b"])
        let first = try StatesBench.change("a", "online", at: 5)
        #expect(try bench.batch([first, StatesBench.change("b", "offline", at: 6)]) == 2)
        // The handler says it again, and knows less well since when.
        #expect(try bench.batch([StatesBench.change("a", "online", at: 9)]) == 0)
        bench.restart()
        #expect(try bench.batch([StatesBench.change("a", "online", at: 9)], tick: true) == 0)
        #expect(try bench.rows() == ["a device online 5", "b device offline 6"])
        // There and back within a batch is news: it is so since then.
        #expect(
            try bench.batch([StatesBench.change("a", "offline", at: 11), StatesBench.change("a", "online", at: 12)])
                == 1)
        #expect(try bench.rows() == ["a device online 12", "b device offline 6"])
        #expect(bench.counts() == ["device offline 1", "device online 1"])
    }

    @Test("A device has one state for each subject, and none of what is gone")
    func subjects() async throws {
        let bench = try await StatesBench(devices: ["a"])
        let spot = StateSubject("spot")
        try bench.batch([StatesBench.change("a", "silent"), StatesBench.change("a", "free", of: spot)])
        #expect(try bench.rows() == ["a device silent 0", "a spot free 0"])
        try bench.batch([StatesBench.change("a", nil, of: spot)])
        #expect(try bench.rows() == ["a device silent 0"])
        #expect(bench.counts() == ["device silent 1", "spot free 0"])
        let device = try #require(DeviceID("a"))
        let record = try bench.database.readBlocking { try bench.registry.device(device, in: $0) }
        #expect(record?.states.map(\.state) == ["silent"])
    }

    @Test("Of what is no device of the hub nothing is kept, until it is one and its handler says it again")
    func onlyOfDevices() async throws {
        let bench = try await StatesBench(devices: ["a"])
        try bench.batch([StatesBench.change("x", "free")])
        #expect(try bench.rows() == [] && bench.counts() == [])
        try bench.add("x")
        try bench.batch([StatesBench.change("x", "free")])
        #expect(try bench.rows() == ["x device free 0"])
        let device = try #require(DeviceID("x"))
        try bench.database.writeBlocking { try bench.registry.remove(device, at: StatesBench.start, in: $0) }
        try bench.add("x")
        // Another device of that name.
        #expect(try bench.rows() == [])
    }

    @Test("Many rows are written in pieces: so much with each batch, more with a second's")
    func inPieces() async throws {
        let names = (0..<1_200).map { "n\($0)" }
        let bench = try await StatesBench(devices: names)
        #expect(try bench.batch(names.map { try StatesBench.change($0, "online") }) == 100)
        #expect(bench.counts() == ["device online 100"])
        #expect(try bench.batch([StatesBench.change("n0", "online")]) == 100)
        #expect(try bench.batch([], tick: true) == 1_000)
        #expect(try bench.rows().count == 1_200)
        #expect(try bench.batch([], tick: true) == 0)
    }

    @Test("A batch that is rolled back leaves neither a row nor a memory of it")
    func rolledBack() async throws {
        let bench = try await StatesBench(devices: ["a"])
        try bench.batch([StatesBench.change("a", "online", at: 1)])
        #expect(throws: SolutionHouse.BrokenCommit.self) {
            try bench.batch([StatesBench.change("a", "offline", at: 2)], isBroken: true)
        }
        #expect(bench.counts() == ["device online 1"])
        // The handler has read its tables, and says how it is.
        #expect(try bench.batch([StatesBench.change("a", "online", at: 1)]) == 0)
        #expect(try bench.batch([StatesBench.change("a", "offline", at: 2)]) == 1)
        #expect(try bench.rows() == ["a device offline 2"])
    }

    @Test("What could not be written is written with a later batch")
    func writtenLater() async throws {
        let bench = try await StatesBench(devices: ["a", "b"])
        try bench.batch([StatesBench.change("a", "online")])
        try bench.database.writeBlocking {
            _ = try $0.execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON device_state BEGIN SELECT RAISE(ABORT, 'not now'); END")
        }
        // An observer's failure does not roll the batch back.
        try bench.batch([try StatesBench.change("a", "offline", at: 1), try StatesBench.change("b", "online", at: 1)])
        #expect(bench.house.observerErrors.count == 1)
        #expect(try bench.rows() == ["a device online 0"] && bench.counts() == ["device online 1"])
        try bench.database.writeBlocking { _ = try $0.execute("DROP TRIGGER refuse") }
        #expect(try bench.batch([], tick: true) == 2)
        #expect(try bench.rows() == ["a device offline 1", "b device online 1"])
        #expect(bench.counts() == ["device offline 1", "device online 1"])
    }

    @Test(
        "Whatever is committed or rolled back: in the end table and figures say what the handlers say",
        arguments: 0..<20)
    func model(_ seed: UInt64) async throws {
        var random = SeededRandom(seed)
        let names = (0..<6).map { "n\($0)" }
        let bench = try await StatesBench(devices: Array(names.prefix(5)))
        var model: [String: String] = [:]
        for second in 1...200 {
            var next = model
            var changes: [DeviceStateChange] = []
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let name = names.randomElement(using: &random) ?? ""
                let word = ["online", "offline", "unknown", nil].randomElement(using: &random) ?? nil
                next[name] = word
                changes.append(try StatesBench.change(name, word, at: Int64(second)))
            }
            let isBroken = Int.random(in: 0..<4, using: &random) == 0
            if isBroken {
                #expect(throws: SolutionHouse.BrokenCommit.self) { try bench.batch(changes, isBroken: true) }
                // Handlers read their tables, and say again how everything is.
                try bench.batch(names.map { try StatesBench.change($0, model[$0]) })
            } else {
                try bench.batch(changes)
                model = next
            }
            if Int.random(in: 0..<20, using: &random) == 0 { bench.restart() }
        }
        let kept = model.filter { $0.key != "n5" }
        let rows = try bench.rows().map { $0.split(separator: " ") }
        #expect(Dictionary(uniqueKeysWithValues: rows.map { (String($0[0]), String($0[2])) }) == kept)
        // A restart counts with its first batch.
        try bench.batch([], tick: true)
        let counted = Dictionary(grouping: kept.values, by: \.self).map { "device \($0.key) \($0.value.count)" }
            .sorted()
        #expect(bench.counts().filter { !$0.hasSuffix(" 0") } == counted)
    }
}
