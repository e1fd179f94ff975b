internal import HubModel
internal import SolutionKit

/// The handlers of a house as one: what the line says to all of them, all of them hear; messages are the solution's.
final class StageHandler: MessageHandler {
    private let solution: any MessageHandler
    let handlers: LineHandlers

    init(_ solution: any MessageHandler, _ handlers: LineHandlers) {
        self.solution = solution
        self.handlers = handlers
    }

    /// Each of them.
    var members: [any MessageHandler] { handlers.all.map(\.unready) }

    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        try solution.handle(message, in: &line)
    }

    func presence(_ change: PresenceChange, in line: inout LineContext) throws {
        try handlers.presence(change, in: &line)
    }

    func advance(in line: inout LineContext) throws -> Bool {
        for handler in members where try handler.advance(in: &line) { return true }
        return false
    }

    func tick(in line: inout LineContext) throws {
        for handler in members { try handler.tick(in: &line) }
    }

    func device(namedBy topic: [String]) -> DeviceID? { solution.device(namedBy: topic) }
}
