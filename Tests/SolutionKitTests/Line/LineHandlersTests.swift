import HubModel
import HubTesting
import SQL
import SolutionKit
import Synchronization
import Testing

/// The handlers of a line: who is loaded when, and who hears what.
@Suite struct LineHandlersTests {
    private struct Unreadable: Error {}

    /// What happened to handlers, in order.
    private final class Notes: Sendable {
        private let state = Mutex((words: [String](), unreadable: Set<String>()))

        func note(_ word: String) { state.withLock { $0.words.append(word) } }
        func isReadable(_ name: String) -> Bool { state.withLock { !$0.unreadable.contains(name) } }
        func make(_ name: String, readable: Bool) {
            state.withLock { state in
                if readable { state.unreadable.remove(name) } else { state.unreadable.insert(name) }
            }
        }
        func take() -> [String] {
            state.withLock { state in
                defer { state.words = [] }
                return state.words
            }
        }
    }

    private class Noting: MessageHandler {
        let name: String
        let notes: Notes

        init(_ name: String, _ notes: Notes) {
            self.name = name
            self.notes = notes
        }

        func load(in line: inout LineContext) throws {
            guard notes.isReadable(name) else { throw Unreadable() }
            notes.note("\(name) loads")
        }
        func handle(_ message: DeviceMessage, in line: inout LineContext) throws {}
        func presence(_ change: PresenceChange, in line: inout LineContext) throws { notes.note("\(name) hears") }
        func forget() { notes.note("\(name) forgets") }
    }

    private final class Taking: Noting, TakesCommands {
        func commandTarget(_ device: DeviceID) -> CommandTarget? { nil }
        func commandDevices(spokenForBy client: String) -> [DeviceID] { [] }
    }

    private final class Commanding: Noting, CommandHandler {
        private let none = NoCommands()

        func delivery(_ report: DeliveryReport, in line: inout LineContext) throws { notes.note("\(name) delivers") }
        func ask(
            _ device: DeviceID, _ request: CommandRequest, by caller: Caller, at sites: SiteScope,
            in line: inout LineContext
        ) throws -> Command { try none.ask(device, request, by: caller, at: sites, in: &line) }
        func answered(
            _ answer: CommandAnswer, by device: DeviceID, at instant: Timestamp, in line: inout LineContext
        ) throws {}
        func heard(_ device: DeviceID) { notes.note("\(name) told of \(device)") }
        func take(
            for device: DeviceID, confirming confirmation: CommandConfirmation, in line: inout LineContext
        ) throws -> [Command] { [] }
        func isConnected(_ client: String) -> Bool { true }
    }

    private struct Plain: HandlesMessages {
        let manifest: SolutionManifest
        let notes: Notes

        init(_ id: String, _ notes: Notes) {
            manifest = SolutionManifest(
                id: id, title: id, path: "/\(id)", kinds: [], topics: [], ownedTopics: [], rights: [], permissions: [],
                grants: [], needs: .viewNodes)
            self.notes = notes
        }

        func makeHandler(_ services: LineServices) -> any MessageHandler { Noting(manifest.id, notes) }
    }

    private struct Giving: GivesCommands {
        let plain: Plain
        var manifest: SolutionManifest { plain.manifest }
        let commandForms: [CommandForm] = []

        func makeHandler(_ services: LineServices) -> any MessageHandler { Taking(plain.manifest.id, plain.notes) }
    }

    private let notes = Notes()

    private func handlers(_ solutions: [any HandlesMessages]) -> LineHandlers {
        LineHandlers(
            solutions,
            services: LineServices(devices: UntouchedBooks(), commands: UntouchedBooks(), audit: UntouchedBooks())
        ) { [notes] _, takers in Commanding("commands of \(takers.count)", notes) }
    }

    private func line(_ handlers: LineHandlers, _ work: (inout LineContext) throws -> Void) throws {
        try Database.open(DatabaseConfiguration(.memory)).writeBlocking { transaction in
            var line = LineContext(now: Timestamp(seconds: 0), transaction: transaction, commands: handlers.dispatcher)
            try work(&line)
        }
    }

    @Test("handlers of devices that take commands are loaded with the commands, others alone") func together() throws {
        var handlers = handlers([Plain("a", notes), Giving(plain: Plain("b", notes)), Giving(plain: Plain("c", notes))])
        #expect(handlers.all.count == 4)
        try line(handlers) { line in
            _ = try handlers.ready(0, in: &line)
            #expect(notes.take() == ["a loads"])
            // The devices first: the commands ask them while they are loaded.
            _ = try handlers.ready(2, in: &line)
            #expect(notes.take() == ["b loads", "c loads", "commands of 2 loads"])
            for place in 0..<4 { _ = try handlers.ready(place, in: &line) }
            #expect(notes.take() == [])
            handlers.forget()
            #expect(notes.take() == ["a forgets", "b forgets", "c forgets", "commands of 2 forgets"])
            try handlers.ready(where: { $0 is Commanding }, in: &line)
            #expect(notes.take() == ["b loads", "c loads", "commands of 2 loads"])
        }
    }

    @Test("what cannot be read keeps out those that share its memory, and no other") func unreadable() throws {
        var handlers = handlers([Plain("a", notes), Giving(plain: Plain("b", notes)), Giving(plain: Plain("c", notes))])
        notes.make("c", readable: false)
        try line(handlers) { line in
            for place in 1..<4 {
                #expect(throws: Unreadable.self) { _ = try handlers.ready(place, in: &line) }
            }
            _ = try handlers.ready(0, in: &line)
            #expect(notes.take() == ["b loads", "a loads"])
            notes.make("c", readable: true)
            try handlers.readyCommands(in: &line)
            #expect(notes.take() == ["c loads", "commands of 2 loads"])
        }
    }

    @Test("the commands hear first who came and went, and alone how far publications have come") func hearing() throws {
        let handlers = handlers([Plain("a", notes), Giving(plain: Plain("b", notes))])
        try line(handlers) { line in
            try handlers.presence(.connected(clientID: "x", address: nil), in: &line)
            #expect(notes.take() == ["commands of 1 hears", "a hears", "b hears"])
            try handlers.delivery(.passedOn(token: "t", clients: []), in: &line)
            #expect(notes.take() == ["commands of 1 delivers"])
            line.commands.heard(try #require(DeviceID("d")))
            #expect(notes.take() == ["commands of 1 told of d"])
        }
    }

    @Test("a line whose devices take no commands has none") func none() throws {
        let handlers = handlers([Plain("a", notes)])
        #expect(handlers.all.count == 1)
        try line(handlers) { line in
            try handlers.delivery(.passedOn(token: "t", clients: []), in: &line)
            #expect(!line.commands.isConnected("x"))
            let device = try #require(DeviceID("d"))
            let request = try CommandRequest(Array(#"{"command":"x"}"#.utf8))
            #expect(throws: Refusal.self) {
                try line.commands.ask(device, request, by: Caller(.hub), at: .all, in: &line)
            }
            #expect(try line.commands.take(for: device, confirming: .none, in: &line).isEmpty)
        }
    }
}
