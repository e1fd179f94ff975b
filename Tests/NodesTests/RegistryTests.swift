import HubModel
import HubTesting
import Nodes
import Registry
import SQL
import Testing

/// Devices and commands as tables: what the schema itself refuses, limits, and pruning.
@Suite struct RegistryTests {
    private let device = DeviceID("node_01")
    private let nodes = CommandSelection.Devices.kinds([(kind: .node, sites: .all)])

    private func database() async throws -> Database {
        let database = try Database.open(DatabaseConfiguration(.memory))
        try await database.migrate([RegistryTables.migrations], at: 0)
        return database
    }

    @Test func devicesAreAdmittedOnce() async throws {
        let database = try await database()
        let registry = DeviceRegistry(limit: 2, admission: .byContact)
        let device = try #require(device)
        try database.writeBlocking { transaction in
            #expect(try registry.admit(device, kind: .node, at: ten, in: transaction))
            #expect(try !registry.admit(device, kind: .node, at: ten.advanced(bySeconds: 5), in: transaction))
            #expect(throws: Refusal.self) { try registry.admit(device, kind: .module, at: ten, in: transaction) }
            try registry.seen(
                device, at: ten.advanced(bySeconds: 9), address: "10.0.0.1", firmware: nil, in: transaction)
            try registry.seen(device, at: ten.advanced(bySeconds: 10), address: nil, firmware: "2", in: transaction)
        }
        let row = try database.readBlocking { try $0.queryOne("SELECT * FROM device") }
        #expect(try row.text("address") == "10.0.0.1")
        #expect(try row.text("firmware") == "2")
        #expect(try row.integer("first_seen") == ten.microseconds)
        #expect(try row.integer("last_seen") == ten.advanced(bySeconds: 10).microseconds)
    }

    @Test func aRefusedDeviceIsNotCounted() async throws {
        let database = try await database()
        let registry = DeviceRegistry(limit: 1, admission: .byContact)
        let ids = try ["a", "b"].map { try #require(DeviceID($0)) }
        for _ in 0..<3 {
            try database.writeBlocking { transaction in
                _ = try registry.admit(ids[0], kind: .node, at: ten, in: transaction)
                #expect(throws: Refusal(.limitReached, "There are 1 devices already.")) {
                    try transaction.savepoint { try registry.admit(ids[1], kind: .node, at: ten, in: transaction) }
                }
            }
        }
        let count = try database.readBlocking { try $0.queryOne("SELECT COUNT(*) FROM device").integer(0) }
        #expect(count == 1)
    }

    @Test func oneAddressMakesOnlySoManyDevicesAndOthersAreNotKeptOut() async throws {
        let database = try await database()
        let registry = DeviceRegistry(limitPerAddress: 2, admission: .byContact)
        func make(_ name: String, _ address: String?) async throws -> Bool {
            try await database.write { transaction in
                let device = try #require(DeviceID(name))
                return try registry.admit(device, kind: .node, from: address, at: ten, in: transaction)
            }
        }
        func refusal(_ name: String, _ address: String?) async -> Refusal? {
            await #expect(throws: Refusal.self) { try await make(name, address) }
        }
        // Of IPv6 a network of 64 bits is one address.
        #expect(try await make("a", "2001:db8::1"))
        #expect(try await make("b", "2001:db8::2"))
        let refused = await refusal("c", "2001:db8::3")
        #expect(refused?.code == .limitReached)
        #expect(refused?.detail.hasPrefix("2001:db8:0:0::/64 has made 2 devices already") == true)
        #expect(try await !make("a", "2001:db8::3"), "what is there is not made again")
        #expect(try await make("c", "192.0.2.1"))
        // All whose address is not known are one.
        #expect(try await make("d", nil))
        #expect(try await make("e", nil))
        #expect(await refusal("f", nil)?.code == .limitReached)
        // What is removed counts no more, and is counted for whoever makes it again.
        try await database.write { transaction in
            let device = try #require(DeviceID("a"))
            try registry.remove(device, at: ten, in: transaction)
            try registry.remove(device, at: ten, in: transaction)
        }
        #expect(try await make("a", "192.0.2.1"))
        #expect(await refusal("g", "192.0.2.1")?.code == .limitReached)
        #expect(try await make("g", "2001:db8::1"))
        #expect(await refusal("h", "2001:db8::1")?.code == .limitReached)
        // Nor does what people add.
        try await database.write { transaction in
            for name in ["i", "j", "k"] {
                try registry.insert(
                    #require(DeviceID(name)), kind: .node, site: .main, controller: nil, isHeard: false, at: ten,
                    in: transaction)
            }
        }
        let makers = try await database.read { reader in
            try reader.query("SELECT address, devices FROM device_maker ORDER BY address").map {
                "\(try $0.text(0)) \(try $0.integer(1))"
            }
        }
        #expect(makers == ["192.0.2.1 2", "2001:db8:0:0::/64 2", "unknown 2"])
    }

    @Test func identifiersGrowWithTimeAndAreUnique() async throws {
        let database = try await database()
        let device = try #require(device)
        let book = CommandRegistry()
        var ids: [String] = []
        try database.writeBlocking { transaction in
            _ = try DeviceRegistry(admission: .byContact).admit(device, kind: .node, at: ten, in: transaction)
            for number in 0..<200 {
                let command = try book.enqueue(
                    device: device, name: "read", parameters: "{}", timeToLiveSeconds: 60, timeoutSeconds: 30,
                    at: ten.advanced(byMicroseconds: Int64(number)), in: transaction)
                ids.append(command.id)
            }
        }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == 200)
        #expect(ids.allSatisfy { $0.utf8.count == 24 })
    }

    @Test func commandsOfOneInstantKeepTheirOrder() async throws {
        let database = try await database()
        let device = try #require(device)
        let book = CommandRegistry()
        try database.writeBlocking { transaction in
            _ = try DeviceRegistry(admission: .byContact).admit(device, kind: .node, at: ten, in: transaction)
            for number in 0..<30 {
                _ = try book.enqueue(
                    device: device, name: "c\(number)", parameters: "{}", timeToLiveSeconds: 60, timeoutSeconds: 30,
                    at: ten,
                    in: transaction)
            }
            #expect(try book.open(device: device, in: transaction).map(\.name) == (0..<30).map { "c\($0)" })
            #expect(
                try book.commands(CommandSelection(.one(device), limit: 2), in: transaction).map(\.name) == [
                    "c29", "c28",
                ])
        }
    }

    @Test func everyStepThatIsNotAllowedIsRefused() async throws {
        let database = try await database()
        let device = try #require(device)
        let book = CommandRegistry()
        try database.writeBlocking { transaction in
            _ = try DeviceRegistry(admission: .byContact).admit(device, kind: .node, at: ten, in: transaction)
            for path in [[], [.sent], [.sent, .delivered], [.done], [.failed], [.sent, .timedOut], [.expired]]
                as [[CommandState]]
            {
                for next in CommandState.allCases {
                    let command = try book.enqueue(
                        device: device, name: "read", parameters: "{}", timeToLiveSeconds: 60, timeoutSeconds: 30,
                        at: ten,
                        in: transaction)
                    for state in path {
                        let step = try book.advance(
                            command.id, to: state, result: nil, error: nil, at: ten, in: transaction)
                        #expect(step?.state == state)
                    }
                    let present = path.last ?? .queued
                    let moved = try book.advance(
                        command.id, to: next, result: "1", error: nil, at: ten, in: transaction)
                    #expect((moved != nil) == present.mayBecome(next))
                    let kept = try #require(try book.command(command.id, device: device, in: transaction))
                    #expect(kept.state == (moved == nil ? present : next))
                    #expect(kept.history.map(\.state) == [.queued] + path + (moved == nil ? [] : [next]))
                    #expect(kept.result == (moved == nil ? nil : "1"))
                }
            }
            #expect(try book.advance("nobody", to: .sent, result: nil, error: nil, at: ten, in: transaction) == nil)
        }
    }

    @Test func aHistoryThatGoesBackAndForthIsBounded() async throws {
        let database = try await database()
        let device = try #require(device)
        let book = CommandRegistry()
        try database.writeBlocking { transaction in
            _ = try DeviceRegistry(admission: .byContact).admit(device, kind: .node, at: ten, in: transaction)
            let command = try book.enqueue(
                device: device, name: "read", parameters: "{}", timeToLiveSeconds: 60, timeoutSeconds: 30, at: ten,
                in: transaction)
            for _ in 0..<300 {
                for state in [CommandState.sent, .queued] {
                    #expect(
                        try book.advance(command.id, to: state, result: nil, error: nil, at: ten, in: transaction)
                            != nil)
                }
            }
            let ended = try book.advance(command.id, to: .expired, result: nil, error: nil, at: ten, in: transaction)
            #expect(ended?.history.count == 100)
            #expect(ended?.history.last?.state == .expired)
        }
    }

    @Test func eachOfManyCommandsHasItsOwnHistory() async throws {
        let database = try await database()
        let device = try #require(device)
        let book = CommandRegistry()
        try database.writeBlocking { transaction in
            _ = try DeviceRegistry(admission: .byContact).admit(device, kind: .node, at: ten, in: transaction)
            for steps in [[], [.sent], [.sent, .done]] as [[CommandState]] {
                let command = try book.enqueue(
                    device: device, name: "read", parameters: "{}", timeToLiveSeconds: 60, timeoutSeconds: 30, at: ten,
                    in: transaction)
                for step in steps {
                    _ = try book.advance(command.id, to: step, result: nil, error: nil, at: ten, in: transaction)
                }
            }
            let whole: [[CommandState]] = [[.queued, .sent, .done], [.queued, .sent], [.queued]]
            func states(_ commands: [Command]) -> [[CommandState]] { commands.map { $0.history.map(\.state) } }
            #expect(try states(book.commands(CommandSelection(.one(device), limit: 9), in: transaction)) == whole)
            #expect(
                try states(book.commands(CommandSelection(.one(device), limit: 2), in: transaction))
                    == Array(whole.prefix(2)))
            #expect(try states(book.commands(CommandSelection(nodes, limit: 9), in: transaction)) == whole)
            #expect(
                try states(book.commands(CommandSelection(nodes, states: [.sent], limit: 9), in: transaction)) == [
                    whole[1]
                ])
            #expect(try book.commands(CommandSelection(.one(device), limit: 0), in: transaction).isEmpty)
        }
    }

    @Test func overdue() async throws {
        let database = try await database()
        let device = try #require(device)
        let module = try #require(DeviceID("module-1"))
        let book = CommandRegistry()
        try database.writeBlocking { transaction in
            _ = try DeviceRegistry(admission: .byContact).admit(device, kind: .node, at: ten, in: transaction)
            _ = try DeviceRegistry(admission: .byContact).admit(module, kind: .module, at: ten, in: transaction)
            for device in [device, module] {
                for life in [10, 100] {
                    _ = try book.enqueue(
                        device: device, name: "read", parameters: "{}", timeToLiveSeconds: Int64(life),
                        timeoutSeconds: 5, at: ten,
                        in: transaction)
                }
            }
            let after = ten.advanced(bySeconds: 10)
            #expect(try book.overdue(kind: .node, at: ten, in: transaction).isEmpty)
            let overdue = try book.overdue(kind: .node, at: after, in: transaction)
            #expect(overdue.map(\.device) == [device])
            let id = try #require(overdue.first?.id)
            _ = try book.advance(id, to: .expired, result: nil, error: nil, at: after, in: transaction)
            #expect(try book.overdue(kind: .node, at: after, in: transaction).isEmpty)
        }
    }

    @Test(arguments: [
        "INSERT INTO device (id, kind, first_seen, last_seen) VALUES ('', 'node', 0, 0)",
        "INSERT INTO device (id, kind, first_seen, last_seen) VALUES ('x', NULL, 0, 0)",
        "UPDATE command SET state = 'lost'",
        "UPDATE command SET state = 'done'",
        "UPDATE command SET due_at = NULL",
        "UPDATE command SET device = 'nobody'",
        "UPDATE command SET state = 'sent'",
        "UPDATE command SET name = ''",
        "UPDATE command_step SET command = 'nothing'",
    ])
    func theSchemaRefuses(_ statement: String) async throws {
        let database = try await database()
        let device = try #require(device)
        try database.writeBlocking { transaction in
            _ = try DeviceRegistry(admission: .byContact).admit(device, kind: .node, at: ten, in: transaction)
            _ = try CommandRegistry().enqueue(
                device: device, name: "read", parameters: "{}", timeToLiveSeconds: 60, timeoutSeconds: 30, at: ten,
                in: transaction)
        }
        #expect(throws: SQLFailure.self) {
            try database.writeBlocking { transaction in _ = try transaction.execute(statement) }
        }
    }
}
