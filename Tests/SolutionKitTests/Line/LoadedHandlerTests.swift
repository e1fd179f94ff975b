import HubModel
import SQL
import SolutionKit
import Testing

@Suite struct LoadedHandlerTests {
    private struct Unreadable: Error {}

    private final class Remembering: MessageHandler {
        var loads = 0
        var isReadable = true

        func load(in line: inout LineContext) throws {
            loads += 1
            line.show(LiveEvent(topic: "x", data: .json(Array("1".utf8)), needs: .viewNodes, at: .main))
            guard isReadable else { throw Unreadable() }
        }

        func handle(_ message: DeviceMessage, in line: inout LineContext) throws {}
        func presence(_ change: PresenceChange, in line: inout LineContext) throws {}
        func tick(in line: inout LineContext) throws {}
        func finishBatch(in line: inout LineContext) throws {}
        func forget() {}
    }

    private func line<Value>(_ work: (inout LineContext) throws -> Value) throws -> Value {
        let database = try Database.open(DatabaseConfiguration(.memory))
        return try database.writeBlocking { transaction in
            var line = LineContext(now: Timestamp(seconds: 0), transaction: transaction)
            return try work(&line)
        }
    }

    @Test("A handler reads its tables once, and again after it had to forget")
    func once() throws {
        let handler = Remembering()
        var loaded = LoadedHandler(handler)
        try line { line in
            #expect(loaded.ifReady == nil && handler.loads == 0)
            for _ in 0..<3 { _ = try loaded.ready(in: &line) }
            #expect(loaded.ifReady != nil && handler.loads == 1)
            loaded.forget()
            #expect(loaded.ifReady == nil)
            _ = try loaded.ready(in: &line)
            #expect(handler.loads == 2)
        }
    }

    @Test("Tables that cannot be read leave nothing behind, and are read again when the memory is needed again")
    func unreadable() throws {
        let handler = Remembering()
        handler.isReadable = false
        var loaded = LoadedHandler(handler)
        try line { line in
            #expect(throws: Unreadable.self) { try loaded.ready(in: &line) }
            #expect(loaded.ifReady == nil && line.effects.events.isEmpty)
            handler.isReadable = true
            _ = try loaded.ready(in: &line)
            #expect(handler.loads == 2 && line.effects.events.count == 1)
        }
    }

    @Test("What is refused afterwards does not undo the memory")
    func refusedAfterwards() throws {
        let handler = Remembering()
        var loaded = LoadedHandler(handler)
        try line { line in
            _ = try loaded.ready(in: &line)
            try? line.perform { _ in throw Unreadable() }
            _ = try loaded.ready(in: &line)
            #expect(handler.loads == 1 && line.effects.events.count == 1)
        }
    }
}
