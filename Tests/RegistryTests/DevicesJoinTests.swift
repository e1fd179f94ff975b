import Credentials
import HubModel
import Registry
import SQL
import Testing

@Suite struct DevicesJoinTests {
    private let start = Timestamp(seconds: 1_763_690_000)

    private func database() async throws -> Database {
        let database = try Database.open(DatabaseConfiguration(.memory))
        _ = try await database.migrate([RegistryTables.migrations], at: 0)
        return database
    }

    private func message(_ topic: String = "t", bytes: Int = 9) -> AsideMessage {
        AsideMessage(
            topic: topic, payload: [UInt8](repeating: 0, count: bytes), isRetained: true, isWill: false,
            receivedAt: start, clientID: nil, address: nil)
    }

    @Test func ofOneDeviceAndOfAllOnlySoMuchIsKept() async throws {
        var limits = JoinLimits()
        limits.messagesPerDevice = 3
        limits.bytesPerDevice = 100
        limits.messages = 5
        limits.bytes = 110
        let join = JoinRegistry(limits: limits)
        let (a, b, c) = (try #require(DeviceID("a")), try #require(DeviceID("b")), try #require(DeviceID("c")))
        let start = start
        try await database().write { transaction in
            for device in [a, b, c] {
                try join.knock(device, offered: nil, clientID: nil, address: nil, at: start, in: transaction)
            }
            func isKept(_ device: DeviceID, _ bytes: Int) throws -> Bool {
                do {
                    try join.keep(message(bytes: bytes), of: device, kind: nil, in: transaction)
                    return true
                } catch let refusal as Refusal where refusal.code == .limitReached {
                    return false
                }
            }
            let ofA = try (0..<4).map { _ in try isKept(a, 9) }
            #expect(ofA == [true, true, true, false])
            // Topic and payload count: 1 + 99 fit one device, but with the 30 of the other not all devices.
            let ofB = (try isKept(b, 100), try isKept(b, 80), try isKept(b, 78), try isKept(b, 0))
            #expect(ofB == (false, false, true, true))
            let ofC = try isKept(c, 0)
            #expect(!ofC)
            // What is forgotten makes room, and what is taken in does.
            _ = try join.forget(a, in: transaction)
            let afterwards = try isKept(c, 0)
            #expect(afterwards)
            _ = try join.release(b, in: transaction)
            let free = try join.released(limit: 10, in: transaction)
            #expect(free.map(\.device) == [b, b] && free[0].message.isRetained)
            for row in free {
                let (first, second) = (try join.take(row.id, in: transaction), try join.take(row.id, in: transaction))
                #expect(first && !second)
            }
            _ = try join.forget(c, in: transaction)
            let left = try transaction.query("SELECT value FROM registry_count WHERE name <> 'device'")
                .map { try $0.integer(0) }
            #expect(left == [0, 0, 0])
        }
    }

    /// Between the approval and the moment at which the line takes in what was kept, somebody may remove the device and add it again.
    @Test func whatIsKeptOfADeviceThatIsRemovedIsNotOfTheNextOne() async throws {
        let (join, registry) = (JoinRegistry(), DeviceRegistry())
        let (a, b) = (try #require(DeviceID("a")), try #require(DeviceID("b")))
        let site = try #require(SiteID("main"))
        let start = start
        try await database().write { transaction in
            for device in [a, b] {
                try join.knock(device, offered: nil, clientID: nil, address: nil, at: start, in: transaction)
                try join.keep(message(), of: device, kind: nil, in: transaction)
                _ = try join.release(device, in: transaction)
                try registry.insert(
                    device, kind: .node, site: site, controller: nil, isHeard: false, at: start, in: transaction)
            }
            try registry.remove(a, at: start, in: transaction)
            try registry.insert(
                a, kind: .node, site: site, controller: nil, isHeard: false, at: start, in: transaction)
            #expect(try join.released(limit: 10, in: transaction).map(\.device) == [b])
            let left = try transaction.query(
                "SELECT value FROM registry_count WHERE name LIKE 'device_aside%' ORDER BY name"
            ).map { try $0.integer(0) }
            #expect(left == [1, 10])
        }
    }

    @Test func theOneThatIsSilentForLongestMakesRoomOnceItIsSilentForLong() async throws {
        var limits = JoinLimits()
        limits.devices = 2
        limits.idleSeconds = 100
        let join = JoinRegistry(limits: limits)
        let names = try ["a", "b", "c"].map { try #require(DeviceID($0)) }
        let start = start
        try await database().write { transaction in
            func knock(_ index: Int, _ second: Int64) throws {
                try join.knock(
                    names[index], offered: nil, clientID: nil, address: nil, at: start.advanced(bySeconds: second),
                    in: transaction)
            }
            try knock(0, 0)
            try knock(1, 1)
            try knock(0, 2)
            #expect(throws: Refusal.self) { try knock(2, 100) }
            try knock(2, 101)
            let waiting = try join.pending(limit: 9, in: transaction).map(\.id)
            #expect(waiting == [names[0], names[2]])
        }
    }

    @Test func oneAddressTakesNotAllPlacesAndMakesRoomAmongItsOwn() async throws {
        var limits = JoinLimits()
        limits.devices = 5
        limits.devicesPerAddress = 2
        limits.idleSeconds = 100
        let join = JoinRegistry(limits: limits)
        let start = start
        try await database().write { transaction in
            func isIn(_ name: String, from address: String?, _ second: Int64) throws -> Bool {
                do {
                    try join.knock(
                        try #require(DeviceID(name)), offered: nil, clientID: nil, address: address,
                        at: start.advanced(bySeconds: second), in: transaction)
                    return true
                } catch let refusal as Refusal where refusal.code == .limitReached {
                    return false
                }
            }
            var answers = [try isIn("first", from: "192.0.2.1", 0)]
            // One network of IPv6 is one address.
            answers += [try isIn("a1", from: "2001:db8::1", 1), try isIn("a2", from: "2001:db8::2", 2)]
            #expect(answers == [true, true, true])
            answers = [try isIn("a3", from: "2001:db8::3", 3), try isIn("b1", from: "192.0.2.9", 3)]
            #expect(answers == [false, true])
            // Who waits already is heard as ever.
            answers = [try isIn("a1", from: "2001:db8::1", 50), try isIn("a3", from: "2001:db8::3", 110)]
            #expect(answers == [true, true])
            let waiting = try join.pending(limit: 9, in: transaction).map(\.id.text)
            #expect(
                waiting == ["a1", "a3", "b1", "first"],
                "of its own the one silent for longest has gone, though another was silent for longer")
        }
    }

    @Test func topicsAreNotedUpToABoundAndTheKindOnce() async throws {
        let join = JoinRegistry()
        let device = try #require(DeviceID("a"))
        let start = start
        try await database().write { transaction in
            try join.knock(device, offered: nil, clientID: "c", address: "10.0.0.1", at: start, in: transaction)
            for number in 0..<20 {
                try join.keep(
                    message("t/\(number % 18)"), of: device, kind: number == 0 ? nil : number == 1 ? .node : .parking,
                    in: transaction)
            }
            let found = try #require(try join.pending(device, in: transaction))
            #expect(found.topics == (0..<16).map { "t/\($0)" } && found.kind == .node && found.messages == 20)
        }
    }

    @Test func aNameComesBackWithTheSameKindOnlyAndIsCountedOnce() async throws {
        let registry = DeviceRegistry(limit: 1)
        let (a, b) = (try #require(DeviceID("a")), try #require(DeviceID("b")))
        let start = start
        try await database().write { transaction in
            func insert(_ device: DeviceID, _ kind: DeviceKind) throws {
                try registry.insert(
                    device, kind: kind, site: .main, controller: nil, isHeard: false, at: start, in: transaction)
            }
            try insert(a, .node)
            for (device, kind) in [(a, DeviceKind.node), (a, .parking), (b, .node)] {
                #expect(throws: Refusal.self) { try transaction.savepoint { try insert(device, kind) } }
            }
            try registry.remove(a, at: start, in: transaction)
            let (site, record) = (try registry.site(of: a, in: transaction), try registry.device(a, in: transaction))
            #expect(site == nil && record == nil)
            #expect(throws: Refusal.self) { try transaction.savepoint { try insert(a, .parking) } }
            try insert(a, .node)
            let again = try registry.device(a, in: transaction)
            #expect(again?.state == .active && again?.lastSeen == nil)
            // What its name tells of is at this site, and so is nobody's elsewhere.
            let north = try #require(SiteID("north"))
            try SiteRegistry().add(north, title: "North", at: start, in: transaction)
            try registry.remove(a, at: start, in: transaction)
            #expect(throws: Refusal.self) {
                try transaction.savepoint {
                    try registry.insert(
                        a, kind: .node, site: north, controller: nil, isHeard: false, at: start, in: transaction)
                }
            }
            try insert(a, .node)
            // One that came by contact comes back to where it was.
            try registry.setSite(north, of: a, in: transaction)
            try registry.remove(a, at: start, in: transaction)
            _ = try DeviceRegistry(admission: .byContact).admit(a, kind: .node, at: start, in: transaction)
            let back = try registry.site(of: a, in: transaction)
            #expect(back == north)
        }
    }

    @Test func anOpenHubAdmitsByContactAndAClosedOneDoesNot() async throws {
        let device = try #require(DeviceID("a"))
        let start = start
        try await database().write { transaction in
            #expect(throws: Refusal.self) {
                try transaction.savepoint {
                    _ = try DeviceRegistry().admit(device, kind: .node, at: start, in: transaction)
                }
            }
            let open = DeviceRegistry(admission: .byContact)
            let first = try open.admit(device, kind: .node, at: start, in: transaction)
            let second = try DeviceRegistry().admit(device, kind: .node, at: start, in: transaction)
            #expect(first && !second)
            let credential = try open.device(device, in: transaction)?.credential
            #expect(credential == DeviceCredentialKind.none)
        }
    }
}
