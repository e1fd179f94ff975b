internal import Commands
public import HubModel
public import SQL
public import SolutionKit
internal import Synchronization

/// One stage for the tests of a solution: its tables, its handler behind a line without a queue, its routes, and a clock that is moved by
/// hand. `SolutionHouse(WaterTanksSolution())` is all that a solution needs; to give commands, hand in the hub's registries (`commands`, `tables`).
///
/// A batch is what the writer makes of one: a piece of work that throws undoes only what it did, the rest is committed, and a commit
/// that fails makes the handler forget.
///
/// For a solution that takes commands, the room of the commands is beside it: its handler in the line, its routes among those of the solution.
///
/// Behind the handlers come the observers, the solution's own and those that the house was given: what they do is among the effects of the
/// batch, and one that fails is undone alone (`observerErrors`), as in the line.
///
/// Sendable by hand: `handlers`, `observers` and what is noted are touched only while `lock` is held, and neither the handlers nor the
/// observers are given to anybody but the work of a batch.
public final class SolutionHouse: Line, @unchecked Sendable {
    /// A piece of work of a batch.
    public typealias Work = (any MessageHandler, inout LineContext) throws -> Void

    /// The commit failed, as it was told to.
    public struct BrokenCommit: Error {}

    /// Where the clock begins unless told otherwise.
    public static let start = Timestamp(iso8601: "2026-11-21T10:00:00Z") ?? Timestamp(seconds: 0)

    /// The solution.
    public let solution: any HandlesMessages
    /// Its tables, and those that it was given beside them.
    public let database: Database
    /// The time.
    public let clock: ManualClock
    /// What was measured; each batch appends what it raised.
    public let history = NotedHistory()
    /// Who did what.
    public let audit: RecordingAudit
    /// The devices.
    public let devices: any DeviceBook
    /// The commands.
    public let commands: any CommandBook
    /// The links.
    public let links: any LinkBook
    /// What gives keys to devices.
    public let deviceKeys: any DeviceKeyBook
    /// The people.
    public let people: any PeopleBook
    /// What the declared settings are set to.
    public let settings: SettingValues

    private let lock = Mutex(())
    private var handlers: LineHandlers
    private var observers: ObserverStage
    private let makeObservers: @Sendable () -> [any LineObserver]
    private var failed: [any Error] = []
    /// What waits for commands outlives no house.
    let room: CommandsRoom
    private var noted: [Effects] = []

    /// A stage on which nothing has happened yet.
    /// - Parameters:
    ///   - tables: migrations that run before the solution's, such as those of the hub's registries.
    ///   - location: where the database is; a file outlives its house.
    ///   - devices: those that there are. `FakeDevices` give keys as well; where others are handed in, hand in `deviceKeys` too.
    ///   - people: those that there are; nil: nobody yet (`FakePeople`), with the roles of the hub and of the solution.
    ///   - observers: makes those that see what the solution does, behind its own.
    /// - Throws: what the migrations throw.
    public init(
        _ solution: any HandlesMessages, tables: [Migrations] = [], at start: Timestamp = SolutionHouse.start,
        location: DatabaseConfiguration.Location = .memory, devices: any DeviceBook = FakeDevices(),
        commands: any CommandBook = UntouchedBooks(), links: any LinkBook = NoLinks(),
        audit: RecordingAudit = RecordingAudit(),
        deviceKeys: (any DeviceKeyBook)? = nil, people: (any PeopleBook)? = nil,
        settings: SettingValues = SettingValues(),
        observers: @escaping @Sendable () -> [any LineObserver] = { [] }
    ) async throws {
        self.solution = solution
        self.devices = devices
        self.commands = commands
        self.links = links
        self.deviceKeys = deviceKeys ?? (devices as? any DeviceKeyBook) ?? NoDeviceKeys()
        let manifest = solution.manifest
        self.people =
            people
            ?? FakePeople(roles: RoleBook(manifest.grants, declared: manifest.permissions.map(\.name)))
        self.audit = audit
        self.settings = settings
        clock = ManualClock(start)
        room = CommandsRoom(rhythm: clock)
        database = try Database.open(DatabaseConfiguration(location))
        let services = LineServices(
            devices: devices, commands: commands, links: links, audit: audit, people: self.people, settings: settings)
        handlers = LineHandlers([solution], services: services, commands: room.makeHandler)
        makeObservers = {
            ((solution as? any ObservesLine).map { [$0.makeObserver(services)] } ?? []) + observers()
        }
        self.observers = ObserverStage(makeObservers())
        try await database.migrate(tables + [CommandsRoom.migrations, solution.migrations], at: 0)
    }

    /// The program starts anew on the same tables.
    public func restart() {
        lock.withLock { _ in
            handlers = LineHandlers(
                [solution],
                services: LineServices(
                    devices: devices, commands: commands, links: links, audit: audit, people: people,
                    settings: settings),
                commands: room.makeHandler)
            observers = ObserverStage(makeObservers())
        }
    }

    // MARK: What happened

    /// What each batch did that was committed, oldest first.
    public var batches: [Effects] { lock.withLock { _ in noted } }

    /// What the last batch did.
    public var effects: Effects { batches.last ?? Effects() }

    /// The events of all that was committed.
    public var events: [LiveEvent] { batches.flatMap(\.events) }

    /// The readings of all that was committed.
    public var readings: [Reading] { batches.flatMap(\.readings) }

    /// The messages that were published by all that was committed.
    public var publications: [OutgoingMessage] { batches.flatMap(\.publications) }

    /// What the observers threw, oldest first; what they did in those calls is undone.
    public var observerErrors: [any Error] { lock.withLock { _ in failed } }

    /// Lets go of what happened so far.
    public func forgetEffects() {
        lock.withLock { _ in
            noted = []
            failed = []
        }
    }

    // MARK: Batches

    /// One batch of several pieces of work.
    /// - Parameters:
    ///   - isBroken: whether its commit fails.
    ///   - tick: whether a second has passed for the observers.
    /// - Returns: what it did, and what each piece threw.
    /// - Throws: why nothing was committed.
    @discardableResult
    public func batch(
        isBroken: Bool = false, tick: Bool = false, _ works: [Work]
    ) throws -> (effects: Effects, errors: [(any Error)?]) {
        try lock.withLock { _ in
            do {
                let (line, errors) = try database.writeBlocking { transaction in
                    var line = LineContext(
                        now: clock.now(), transaction: transaction, commands: handlers.dispatcher)
                    var errors: [(any Error)?] = []
                    for work in works {
                        do {
                            let handler = try handlers.ready(0, in: &line)
                            let stage = StageHandler(handler, handlers)
                            try line.perform { try work(stage, &$0) }
                            errors.append(nil)
                        } catch {
                            errors.append(error)
                        }
                    }
                    for handler in handlers.all { try line.perform { try handler.unready.finishBatch(in: &$0) } }
                    failed += observers.run(tick: tick, in: &line)
                    if isBroken { throw BrokenCommit() }
                    return (line, errors)
                }
                history.append(line.effects.readings)
                noted.append(line.effects)
                handlers.batchCommitted()
                observers.batchCommitted()
                if line.forgetsAfterCommit { forget() }
                for work in line.effects.afterCommit { work() }
                return (line.effects, errors)
            } catch {
                forget()
                throw error
            }
        }
    }

    private func forget() {
        handlers.forget()
        observers.forget()
    }

    /// One batch with one piece of work.
    /// - Parameter tick: whether a second has passed for the observers.
    /// - Throws: what the work throws; the rest of the batch is committed.
    @discardableResult
    public func batch(tick: Bool = false, _ work: Work) throws -> Effects {
        try withoutActuallyEscaping(work) { work in
            let (effects, errors) = try batch(tick: tick, [work])
            if let error = errors.first ?? nil { throw error }
            return effects
        }
    }

    /// Runs work as a batch of its own.
    public func perform<Value: Sendable>(
        _ work: @escaping @Sendable (inout LineContext) throws -> Value
    ) async throws -> Value {
        try value { _, line in try work(&line) }
    }

    /// Lets the solution's handler work.
    /// - Throws: what the work throws; `Refusal` with `not_found` for a handler of another solution.
    public func perform<Handler: MessageHandler, Value: Sendable>(
        with handler: Handler.Type, _ work: @escaping @Sendable (Handler, inout LineContext) throws -> Value
    ) async throws -> Value {
        try value { stage, line in
            for candidate in (stage as? StageHandler)?.members ?? [] {
                if let handler = candidate as? Handler { return try work(handler, &line) }
            }
            throw Refusal(.notFound, "no such solution runs here")
        }
    }

    private func value<Value>(_ work: (any MessageHandler, inout LineContext) throws -> Value) throws -> Value {
        var value: Value?
        try batch { handler, line in value = try work(handler, &line) }
        guard let value else { throw Refusal(.internalFailure, "the work gave no result") }
        return value
    }
}
