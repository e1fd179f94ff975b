public import HubModel
public import SQL
public import SolutionKit
public import TimeSeries

/// What the line is made of.
public struct LineParts: Sendable {
    /// The solutions, in the order in which their topics are tried.
    public var solutions: [any Solution]
    /// Those of them that take messages, in the same order.
    var handling: [any HandlesMessages] { solutions.compactMap { $0 as? any HandlesMessages } }
    /// Those of them that see what all do, in the same order.
    var observing: [any ObservesLine] { solutions.compactMap { $0 as? any ObservesLine } }
    /// The hub's own observers, behind those of the solutions. Made on the writer's thread, before the first message.
    public var observers: [@Sendable () -> any LineObserver]
    /// What their handlers are given.
    public var services: LineServices
    /// Makes the handler of the commands to devices; nil: this line has none.
    public var commands: CommandHandlerFactory?
    /// Where everything is stored.
    public var database: Database
    /// Where readings are stored.
    public var store: TimeSeriesStore
    /// The time.
    public var clock: any WallClock
    /// Who shows events.
    public var live: any LiveSink
    /// Who publishes messages.
    public var outbound: any OutboundSink
    /// Limits.
    public var configuration: LineConfiguration
    /// Told of our own failures. Called on the writer's thread.
    public var log: @Sendable (LineTrouble) -> Void

    /// The parts.
    public init(
        solutions: [any Solution], services: LineServices, commands: CommandHandlerFactory? = nil, database: Database,
        store: TimeSeriesStore, clock: any WallClock,
        live: any LiveSink, outbound: any OutboundSink, observers: [@Sendable () -> any LineObserver] = [],
        configuration: LineConfiguration = LineConfiguration(),
        log: @escaping @Sendable (LineTrouble) -> Void
    ) {
        self.solutions = solutions
        self.services = services
        self.commands = commands
        self.database = database
        self.store = store
        self.clock = clock
        self.live = live
        self.outbound = outbound
        self.observers = observers
        self.configuration = configuration
        self.log = log
    }
}

/// The line's limits.
public struct LineConfiguration: Sendable {
    /// Most items that wait for the writer; more are pushed back.
    public var queueItems = 20_000
    /// Most bytes that wait for the writer.
    public var queueBytes = 64 << 20
    /// Most items of one transaction, unless one submission alone has more.
    public var batchItems = 4_096
    /// How long the first of several items that arrive together waits for the others, so that one commit serves them all.
    /// An item that comes alone does not wait.
    public var gather = Duration.milliseconds(1)

    /// The defaults.
    public init() {}
}

/// Takes the messages that a committed batch publishes. Called on the writer's thread; must not block.
public protocol OutboundSink: Sendable {
    /// Publishes messages, in order.
    func publish(_ messages: [OutgoingMessage])
}

/// Our own failures inside the line, for the log.
public enum LineTrouble: Sendable {
    /// A whole batch was rolled back; its senders are not acknowledged.
    case batchFailed(any Error, items: Int)
    /// One item failed, for another reason than its sender's mistake.
    case itemFailed(any Error)
    /// What an observer did in a batch is undone; the batch is stored.
    case observerFailed(any Error)
}
