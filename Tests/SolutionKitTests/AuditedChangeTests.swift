import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// A change and what the audit keeps of it are one transaction.
@Suite struct AuditedChangeTests {
    private static let paint = AuditAction("door.paint")
    private static let open = AuditAction("door.open")
    private let caller = Caller(.open, grants: Grants(everywhere: .all))
    private let clock = ManualClock(Timestamp(seconds: 1_000_000))
    private let audit = RecordingAudit()
    private let database: Database
    private let services: WebServices

    private struct Jammed: Error {}

    init() async throws {
        database = try Database.open(DatabaseConfiguration(.memory))
        let door = Migration("0001-door", ["CREATE TABLE door (color TEXT NOT NULL)"])
        try await database.migrate([Migrations(owner: "doors", [door])], at: 0)
        services = WebServices(
            database: database, history: NotedHistory(), line: DirectLine(database: database, clock: clock),
            devices: UntouchedBooks(), commands: UntouchedBooks(), audit: audit, clock: clock)
    }

    private func paint(_ color: String, note: @escaping @Sendable (inout AuditedChange<Int>) -> Void) async throws
        -> Int
    {
        try await services.change(by: caller) { line in
            try line.transaction().execute("INSERT INTO door (color) VALUES ($1)", [.text(color)])
            var change = AuditedChange(7)
            note(&change)
            return change
        }
    }

    private func colors() throws -> [String] {
        try database.readBlocking { try $0.query("SELECT color FROM door").map { try $0.text(0) } }
    }

    @Test("A change gives its value, and its entries are recorded in order, with who did it")
    func recorded() async throws {
        let value = try await paint("red") { change in
            change.note(Self.open, of: nil)
            change.note(Self.paint, of: "door:1", facts: [("color", "red")])
        }
        #expect(value == 7)
        #expect(try colors() == ["red"])
        #expect(
            audit.entries == [
                AuditEntry(caller, Self.open),
                AuditEntry(caller, Self.paint, target: "door:1", facts: [("color", "red")]),
            ])
        // What nobody has to know of.
        #expect(try await paint("green") { _ in } == 7)
        #expect(try audit.entries.count == 2 && colors() == ["red", "green"])
    }

    @Test("What the audit cannot take is undone, also behind an entry that it took; what fails is not recorded")
    func undone() async throws {
        audit.refuses(true)
        await #expect(throws: BrokenAudit.Broken.self) {
            try await paint("red") { $0.note(Self.paint, of: "door:1") }
        }
        #expect(try colors().isEmpty)
        audit.refuses(false)
        let (audit, caller) = (audit, caller)
        await #expect(throws: BrokenAudit.Broken.self) {
            try await services.change(by: caller) { line in
                try audit.record(AuditEntry(caller, Self.open), at: line.now, in: try line.transaction())
                audit.refuses(true)
                try line.transaction().execute("INSERT INTO door (color) VALUES ('blue')")
                return AuditedChange(Self.paint, of: "door:1")
            }
        }
        #expect(try colors().isEmpty)
        audit.refuses(false)
        let before = audit.entries.count
        await #expect(throws: Jammed.self) {
            try await services.change(by: caller) { line -> AuditedChange<Void> in
                try line.transaction().execute("INSERT INTO door (color) VALUES ('blue')")
                throw Jammed()
            }
        }
        #expect(try audit.entries.count == before && colors().isEmpty)
    }
}
