public import HubModel

/// How devices that cannot keep a connection get their commands: they ask, and may wait. A solution whose contract has an address of its own for that
/// asks here (`WebServices.commandPolls`); any other device uses `GET /api/devices/{id}/commands/next`, which does the same.
///
/// A route that is answered from inside the line, such as that of a report whose reply carries commands, takes them there
/// (`CommandDispatcher.take`) and waits for nothing.
public protocol CommandPolls: Sendable {
    /// The commands that a device is given now, oldest first. They count as sent once this returns. A request that waits holds no thread.
    /// - Parameters:
    ///   - device: whose commands; the route has checked that the caller may speak for it.
    ///   - asker: the device that asks: itself, or its controller; nil: one that shows no name.
    ///   - time: how long to wait for a command, by the hub's clock; zero: not at all. At most `CommandWait.longest`.
    ///   - confirmation: what the device says of the commands before.
    ///   - stillAllowed: looks again, after each wait and before anything is given, whether who asks may speak for the device; throws when not.
    /// - Returns: none when the time is over, or when the client has gone or the hub stops (`Route.waits`).
    /// - Throws: `Refusal` with `overloaded` when too many requests wait, of this device or of all; what `stillAllowed` throws.
    func next(
        for device: DeviceID, by asker: DeviceID?, within time: Duration, confirming confirmation: CommandConfirmation,
        stillAllowed: () async throws -> Void
    ) async throws -> [Command]
}

/// How long a device's request may wait for a command.
public enum CommandWait {
    /// The longest time.
    public static let longest: Duration = .seconds(longestSeconds)

    private static let longestSeconds: Int64 = 60

    /// The parameter `wait`.
    public static let parameter = QueryParameter(
        "wait", "how long to wait for a command, 0 to \(longestSeconds) s; 0 without it",
        .integer(minimum: 0, maximum: longestSeconds))

    /// What a request says with `wait`, in whole seconds; zero without it.
    /// - Throws: `invalid_parameter`.
    public static func time(of request: RouteRequest) throws(Refusal) -> Duration {
        .seconds(try request.whole("wait", in: 0...longestSeconds) ?? 0)
    }
}

/// The polls of a hub whose devices take no commands.
public struct NoCommandPolls: CommandPolls {
    /// No polls.
    public init() {}

    /// None, at once.
    public func next(
        for device: DeviceID, by asker: DeviceID?, within time: Duration, confirming confirmation: CommandConfirmation,
        stillAllowed: () async throws -> Void
    ) async throws -> [Command] { [] }
}
