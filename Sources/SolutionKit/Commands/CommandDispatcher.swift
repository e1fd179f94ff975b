public import HubModel

/// The commands, as handlers and their routes reach them: `line.commands`. Each call is part of the present piece of work, and is undone with
/// it.
public protocol CommandDispatcher: AnyObject {
    /// Asks a device of these sites to do something, and records in the audit who asked. A request whose name (`requestID`) the caller has used
    /// for the same device before gives the command of that time, and asks the device nothing.
    /// - Throws: `Refusal` with `not_found` for a device that is not known there, `limit_reached` when too many commands wait for it, `conflict`
    ///   when the name stands for another request, and what the device's form refuses.
    func ask(
        _ device: DeviceID, _ request: CommandRequest, by caller: Caller, at sites: SiteScope,
        in line: inout LineContext
    ) throws -> Command

    /// A device said how a command ended. An answer to a command that nobody here gave changes nothing.
    /// - Parameter instant: when the hub received it.
    func answered(
        _ answer: CommandAnswer, by device: DeviceID, at instant: Timestamp, in line: inout LineContext
    ) throws

    /// A device spoke, and another client speaks for it now: that one may listen for its commands.
    func heard(_ device: DeviceID)

    /// The commands that an answer to the device may carry, oldest first: those of the hub's queue, which count as sent from now on.
    func take(
        for device: DeviceID, confirming confirmation: CommandConfirmation, in line: inout LineContext
    ) throws -> [Command]

    /// Whether a client of the broker (`ClientName`) has a connection.
    func isConnected(_ client: String) -> Bool
}

/// The handler of the commands, behind those of the solutions.
public protocol CommandHandler: MessageHandler, CommandDispatcher {
    /// Learns how far a publication that carried a token has come.
    func delivery(_ report: DeliveryReport, in line: inout LineContext) throws
}

/// Makes the handler of the commands; called once, on the writer's thread, when the solutions' handlers are made.
public typealias CommandHandlerFactory = @Sendable (LineServices, [CommandTaker]) -> any CommandHandler

/// What a device that is given commands in an answer says of those before.
public enum CommandConfirmation: Hashable, Sendable {
    /// Nothing: each command is given once.
    case none
    /// It has all up to this one; nil: it has none. What it has not is given again.
    case upTo(String?)
}

extension CommandConfirmation {
    /// What a request says with the parameter `after`: absent, empty, or the identifier of a command.
    public init(_ request: RouteRequest) {
        switch request.parameter("after") {
        case nil: self = .none
        case let id?: self = .upTo(id.isEmpty ? nil : id)
        }
    }

    /// The parameter `after`.
    public static let parameter = QueryParameter(
        "after",
        "the newest command that the device has (its command_id; empty: none): confirms it and those before it, and those that were not confirmed are given again. Without it each command is given once",
        .string(maximumLength: 64))
}

/// The commands of a line that has none.
public final class NoCommands: CommandDispatcher {
    /// No commands.
    public init() {}

    /// Refuses.
    public func ask(
        _ device: DeviceID, _ request: CommandRequest, by caller: Caller, at sites: SiteScope,
        in line: inout LineContext
    ) throws -> Command {
        throw Refusal(.notFound, "\(device) takes no commands here.")
    }

    /// Nobody asked.
    public func answered(
        _ answer: CommandAnswer, by device: DeviceID, at instant: Timestamp, in line: inout LineContext
    ) throws {}

    /// Nothing waits.
    public func heard(_ device: DeviceID) {}

    /// None.
    public func take(
        for device: DeviceID, confirming confirmation: CommandConfirmation, in line: inout LineContext
    ) throws -> [Command] { [] }

    /// Nobody is followed.
    public func isConnected(_ client: String) -> Bool { false }
}
