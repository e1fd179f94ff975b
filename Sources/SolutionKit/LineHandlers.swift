/// The handlers of a line in their order: those of the solutions, and behind them that of the commands.
///
/// The commands ask the handlers of devices that take them, and these give the commands what devices say of them: all of them have their
/// memory, or none has.
public struct LineHandlers {
    /// In order, the commands' last.
    public private(set) var all: [LoadedHandler]
    /// What handlers reach as `line.commands`.
    public let dispatcher: any CommandDispatcher
    private let commands: (any CommandHandler)?
    /// The places of those that are loaded together, in the order in which they are.
    private let together: [Int]

    /// Makes the handlers of these solutions; none has read anything yet.
    /// - Parameter commands: makes that of the commands; it is not called when no device takes any.
    public init(
        _ solutions: [any HandlesMessages], services: LineServices, commands make: CommandHandlerFactory? = nil
    ) {
        let handlers = solutions.map { $0.makeHandler(services) }
        var takers: [CommandTaker] = []
        var places: [Int] = []
        for (place, solution) in solutions.enumerated() {
            guard let solution = solution as? any GivesCommands else { continue }
            guard let handler = handlers[place] as? any TakesCommands else {
                preconditionFailure("the handler of \(solution.manifest.id) knows no devices that take commands")
            }
            takers.append(CommandTaker(forms: solution.commandForms, handler: handler))
            places.append(place)
        }
        commands = takers.isEmpty ? nil : make?(services, takers)
        dispatcher = commands ?? NoCommands()
        together = commands == nil ? [] : places + [handlers.count]
        all = (handlers + (commands.map { [$0] } ?? [])).map(LoadedHandler.init)
    }

    /// A handler with its memory, read now if it is not there.
    /// - Throws: what reading it throws.
    public mutating func ready(_ place: Int, in line: inout LineContext) throws -> any MessageHandler {
        guard together.contains(place) else { return try all[place].ready(in: &line) }
        try readyCommands(in: &line)
        return all[place].unready
    }

    /// Sees to it that handlers have their memory.
    /// - Throws: what reading it throws.
    public mutating func ready(
        where isNeeded: (any MessageHandler) -> Bool, in line: inout LineContext
    ) throws {
        for place in all.indices where isNeeded(all[place].unready) { _ = try ready(place, in: &line) }
    }

    /// Sees to it that the commands, and those who know their devices, have their memory.
    /// - Throws: what reading it throws.
    public mutating func readyCommands(in line: inout LineContext) throws {
        for place in together { _ = try all[place].ready(in: &line) }
    }

    /// A client came, went or changed its subscriptions: the commands first, so that the others may ask them who is there.
    public func presence(_ change: PresenceChange, in line: inout LineContext) throws {
        try commands?.presence(change, in: &line)
        for handler in all where handler.unready !== commands { try handler.unready.presence(change, in: &line) }
    }

    /// How far a publication that carried a token has come: only commands have any.
    public func delivery(_ report: DeliveryReport, in line: inout LineContext) throws {
        try commands?.delivery(report, in: &line)
    }

    /// The batch was committed.
    public func batchCommitted() {
        for handler in all { handler.batchCommitted() }
    }

    /// All drop their memory.
    public mutating func forget() {
        for place in all.indices { all[place].forget() }
    }
}
