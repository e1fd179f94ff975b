public import HubModel
public import SQL
public import SolutionKit

/// Commands to devices of all kinds: asked for by people, handed over by the way that a device listens, answered, and over at last. This is
/// the room's door; docs/commands.md is its manual.
///
/// | File | What it holds |
/// |---|---|
/// | `CommandHolder` | who has an open command: a value that takes events |
/// | `CommandsHandler` | the part inside the line: the life of commands, their delivery, polls |
/// | `Presence`, `Handovers` | what it knows of the world: clients that are here, commands that are with connections |
/// | `CommandRequests` | requests that carry a name of the caller's, done once |
/// | `DevicePolls` | requests of devices that wait for a command |
/// | `CommandRoutes` | the routes, for people and for devices that poll |
public struct CommandsRoom: Sendable {
    /// The room's own tables; those of the commands themselves are the registry's.
    public static let migrations = Migrations(
        owner: "commands", [Migration("0001-command-request", CommandRequests.table.creation)])

    private let polls: LongPoll<DeviceID>

    /// Throws away the names of requests that count no more, some 1,000 at once; the hub does it once an hour.
    /// - Returns: how many there were; 0: none is left.
    /// - Throws: `SQLFailure`.
    public static func removeExpiredRequests(at now: Timestamp, in transaction: Transaction) throws -> Int {
        try CommandRequests.table.removeExpired(at: now, in: transaction)
    }

    /// A room in which nothing waits yet.
    /// - Parameter rhythm: how the time passes for which a device's request waits.
    public init(rhythm: any Rhythm = SteadyRhythm()) {
        polls = LongPoll(rhythm: rhythm)
    }

    /// How many requests wait for commands at present.
    public var waiting: Int { polls.waiting }

    /// Makes the handler of a line.
    public var makeHandler: CommandHandlerFactory {
        { [polls] services, takers in CommandsHandler(services, takers, polls) }
    }

    /// The way in which routes hand commands to devices that ask for them.
    /// - Parameter line: the one that has the room's handler.
    public func polls(on line: any Line) -> any CommandPolls { DevicePolls(polls: polls, line: line) }

    /// The routes, for devices of these forms.
    public func routes(_ services: WebServices, forms: [CommandForm]) -> [Route] {
        CommandRoutes(services: services, forms: forms).all
    }
}
