internal import Commands
public import HubModel
public import SQL
public import SolutionKit
internal import Synchronization

/// A line without a queue: each piece of work is a batch of its own, committed when `perform` returns.
///
/// Sendable by hand: `handlers` and `committed` are touched only while `lock` is held, and the handlers are given to nobody.
public final class DirectLine: Line, @unchecked Sendable {
    private let database: Database
    private let clock: any WallClock
    private let lock = Mutex(())
    private var handlers: LineHandlers
    private var committed: [Effects] = []

    /// A line over a database that has its tables, with the handlers of the solutions that are made here and now.
    public init(
        database: Database, clock: any WallClock, solutions: [any Solution] = [], services: LineServices? = nil
    ) {
        self.database = database
        self.clock = clock
        let services =
            services ?? LineServices(devices: UntouchedBooks(), commands: UntouchedBooks(), audit: UntouchedBooks())
        handlers = LineHandlers(
            solutions.compactMap { $0 as? any HandlesMessages }, services: services,
            commands: CommandsRoom().makeHandler)
    }

    /// What was committed so far, oldest first.
    public var effects: [Effects] { lock.withLock { _ in committed } }

    /// The events of all that was committed.
    public var events: [LiveEvent] { effects.flatMap(\.events) }

    /// The publications of all that was committed.
    public var publications: [OutgoingMessage] { effects.flatMap(\.publications) }

    /// Runs work as a batch of its own.
    /// - Throws: what the work throws; nothing of it is in the tables then.
    public func perform<Value: Sendable>(
        _ work: @escaping @Sendable (inout LineContext) throws -> Value
    ) async throws -> Value {
        try batch { line in try work(&line) }
    }

    /// Lets one solution's handler work.
    /// - Throws: what the work throws; `Refusal` with `not_found` for a solution that is not there.
    public func perform<Handler: MessageHandler, Value: Sendable>(
        with handler: Handler.Type, _ work: @escaping @Sendable (Handler, inout LineContext) throws -> Value
    ) async throws -> Value {
        try batch(loading: { $0 is Handler }) { line in
            for candidate in handlers.all {
                if let handler = candidate.ifReady as? Handler { return try work(handler, &line) }
            }
            throw Refusal(.notFound, "no such solution runs here")
        }
    }

    /// - Parameter needed: which handlers are to have their memory.
    private func batch<Value: Sendable>(
        loading needed: (any MessageHandler) -> Bool = { _ in false }, _ work: (inout LineContext) throws -> Value
    ) throws -> Value {
        try lock.withLock { _ in
            do {
                let (value, line) = try database.writeBlocking { transaction in
                    var line = LineContext(
                        now: clock.now(), transaction: transaction, commands: handlers.dispatcher)
                    try handlers.ready(where: needed, in: &line)
                    let value = try line.perform { try work(&$0) }
                    for handler in handlers.all { try line.perform { try handler.unready.finishBatch(in: &$0) } }
                    return (value, (effects: line.effects, forgets: line.forgetsAfterCommit))
                }
                committed.append(line.effects)
                handlers.batchCommitted()
                if line.forgets { handlers.forget() }
                for work in line.effects.afterCommit { work() }
                return value
            } catch {
                handlers.forget()
                throw error
            }
        }
    }
}
