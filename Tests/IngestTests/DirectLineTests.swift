import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// The line that other rooms' tests use in place of this one behaves like it.
@Suite struct DirectLineTests {
    private func line() async throws -> (DirectLine, Database) {
        let database = try Database.open(DatabaseConfiguration(.memory))
        try await database.migrate([NotesSolution().migrations], at: 0)
        return (DirectLine(database: database, clock: ManualClock(), solutions: [NotesSolution()]), database)
    }

    private func notes(_ database: Database) throws -> Int64 {
        try database.readBlocking { try $0.queryOne("SELECT COUNT(*) FROM note").integer(0) }
    }

    @Test func whatIsDoneIsCommittedAndWhatThrowsIsUndone() async throws {
        let (line, database) = try await line()
        let event = LiveEvent(topic: "notes/a", data: .json(Array("{}".utf8)), needs: .viewSystem, at: nil)
        try await line.perform { line in
            try line.transaction().execute("INSERT INTO note (id, body) VALUES ('a', '')")
            line.show(event)
        }
        await #expect(throws: Refusal(.conflict, "no")) {
            try await line.perform { line in
                try line.transaction().execute("INSERT INTO note (id, body) VALUES ('b', '')")
                line.show(event)
                throw Refusal(.conflict, "no")
            }
        }
        #expect(try notes(database) == 1)
        #expect(line.events.count == 1)
    }

    @Test func handlersWorkAndForget() async throws {
        let (line, database) = try await line()
        try await line.perform(with: NotesHandler.self) { handler, line in
            let message = DeviceMessage(
                topic: ["notes", "a", "write"], payload: Array("one".utf8),
                origin: MessageOrigin(clientID: nil, address: nil, sender: .anybody), receivedAt: line.now)
            try handler.handle(message, in: &line)
            line.forgetAfterCommit()
        }
        #expect(try notes(database) == 1)
        #expect(line.publications.map(\.topic) == ["notes/a/free"])
        #expect(try await line.perform(with: NotesHandler.self) { handler, _ in handler.forgotten } == 1)
        let empty = DirectLine(database: database, clock: ManualClock())
        await #expect { try await empty.perform(with: NotesHandler.self) { _, _ in } } throws: {
            ($0 as? Refusal)?.code == .notFound
        }
    }
}
