import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Synchronization
import Testing
import Trust

/// How often links were used: counted in memory, and stored together.
@Suite("Uses of links")
struct LinkUsesTests {
    private static let kind = LinkKind("spots.history")
    private static let kinds = [
        LinkDeclaration(
            Declared(kind, "The past of a spot"), of: .parking, needs: .manageDevices, shows: .manageDevices,
            path: "/api/x/{key}.csv")
    ]

    /// A line that counts the pieces it is given, and fails while it is told to.
    private final class CountingLine: Line {
        private struct State {
            var pieces = 0
            var isFailing = false
        }

        private let line: DirectLine
        private let state = Mutex(State())

        init(_ line: DirectLine) { self.line = line }

        var pieces: Int { state.withLock { $0.pieces } }

        func fail(_ isFailing: Bool) { state.withLock { $0.isFailing = isFailing } }

        func perform<Value: Sendable>(
            _ work: @escaping @Sendable (inout LineContext) throws -> Value
        ) async throws -> Value {
            try state.withLock { (state) throws(Refusal) in
                state.pieces += 1
                if state.isFailing { throw Refusal(.overloaded, "Nothing can be stored.") }
            }
            return try await line.perform(work)
        }

        func perform<Handler: MessageHandler, Value: Sendable>(
            with handler: Handler.Type, _ work: @escaping @Sendable (Handler, inout LineContext) throws -> Value
        ) async throws -> Value { try await line.perform(with: handler, work) }
    }

    private let house: DevicesHouse
    private let line: CountingLine
    private let uses: LinkUses
    private let door: LinkDoor

    init() async throws {
        house = try await DevicesHouse()
        line = CountingLine(house.line)
        uses = LinkUses(line: line)
        door = LinkDoor(database: house.database, kinds: Self.kinds, uses: uses)
        _ = try await house.add("S1")
    }

    private func make(_ id: String) async throws -> String {
        let (key, now, device) = (SecretKey(.link), house.clock.now(), try house.id("S1"))
        let link = LinkRecord(
            LinkGrant(id: "link-of-some-length-\(id)", kind: Self.kind, device: device, site: .main), purpose: "x",
            maker: "anna", createdAt: now, expiresAt: now.advanced(bySeconds: 86_400))
        try await house.line.perform { try LinkTable().insert(link, key, in: $0.transaction()) }
        return key.text
    }

    private func follow(_ key: String) async throws {
        _ = try await door.caller(key: key, kind: Self.kind, address: nil, at: house.clock.now())
    }

    private struct Counted: Equatable {
        let uses: Int64
        let lastAt: Timestamp?
    }

    private func stored(_ id: String) async throws -> Counted? {
        try await house.database.read {
            try LinkTable().link("link-of-some-length-\(id)", in: $0).map {
                Counted(uses: $0.uses, lastAt: $0.lastUsedAt)
            }
        }
    }

    @Test("Following a link waits for no commit; the uses of all links are stored in one, with the last of each")
    func together() async throws {
        let (first, second) = (try await make("1"), try await make("2"))
        for _ in 0..<3 { try await follow(first) }
        let before = house.clock.now()
        house.clock.move(seconds: 5)
        try await follow(second)
        #expect(line.pieces == 0)
        #expect(try await stored("1") == Counted(uses: 0, lastAt: nil))
        try await uses.write()
        #expect(line.pieces == 1)
        #expect(try await stored("1") == Counted(uses: 3, lastAt: before))
        #expect(try await stored("2") == Counted(uses: 1, lastAt: house.clock.now()))
        // Where nothing was used nothing is written.
        try await uses.write()
        #expect(line.pieces == 1)
        try await follow(first)
        try await uses.write()
        #expect(try await stored("1") == Counted(uses: 4, lastAt: house.clock.now()))
    }

    @Test("While nothing can be stored links open all the same, and their uses are stored later, each once")
    func kept() async throws {
        let key = try await make("1")
        try await follow(key)
        line.fail(true)
        await #expect(throws: Refusal.self) { try await uses.write() }
        try await follow(key)
        await #expect(throws: Refusal.self) { try await uses.write() }
        line.fail(false)
        try await uses.write()
        try await uses.write()
        #expect(try await stored("1") == Counted(uses: 2, lastAt: house.clock.now()))
    }

    @Test("What is used while uses are being stored is stored with the next ones")
    func meanwhile() async throws {
        let key = try await make("1")
        let later = Later()
        let uses = LinkUses(line: InterruptedLine(house.line) { [house] in _ = try await later.use(key, house) })
        let door = LinkDoor(database: house.database, kinds: Self.kinds, uses: uses)
        later.door.withLock { $0 = door }
        _ = try await later.use(key, house)
        _ = try await later.use(key, house)
        try await uses.write()
        #expect(try await stored("1")?.uses == 2)
        try await uses.write()
        #expect(try await stored("1")?.uses == 3)
    }

    /// A door that is made after the line that uses it.
    private final class Later: Sendable {
        let door = Mutex<LinkDoor?>(nil)

        func use(_ key: String, _ house: DevicesHouse) async throws -> Caller? {
            try await door.withLock({ $0 })?.caller(
                key: key, kind: LinkUsesTests.kind, address: nil, at: house.clock.now())
        }
    }
}
