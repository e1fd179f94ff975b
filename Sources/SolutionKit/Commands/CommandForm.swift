public import HubModel

/// How the devices of one kind take commands. A solution has one for each kind that takes any (`GivesCommands`); docs/commands.md says what
/// each part means for a device.
public struct CommandForm: Sendable {
    /// The kind of device.
    public let kind: DeviceKind
    /// Who sees the commands, at the device's site.
    public let see: Permission
    /// Who gives them, at the device's site.
    public let give: Permission
    /// Where devices listen over MQTT; nil for a kind that only polls.
    public let topic: DeviceTopic?
    /// The device that a spelling in the topic means; nil when it means none of this kind.
    public let device: @Sendable (_ spelling: String) -> DeviceID?
    /// What is published for a command.
    public let encoding: CommandEncoding
    /// What pages offer.
    public let commands: [DeclaredCommand]
    /// Whether other commands are taken as well.
    public let takesOthers: Bool
    /// Refuses what devices of this kind do not understand: what is not among the commands where no others are taken, and what the solution says.
    public let check: @Sendable (CommandRequest) throws(Refusal) -> Void
    /// Commands of one device that are on their way at the same time, 1 or more: small boards have small buffers.
    public let inFlight: Int
    /// Whether devices say how a command ended. If they do not, one that is acknowledged is done.
    public let answers: Bool
    /// The live topic that shows what becomes of a device's commands; nil: none.
    public let liveTopic: DeviceTopic?
    /// The member that names the device in the solution's own JSON, such as `valve_id`; nil: only `device_id` does.
    public let member: String?

    /// A form.
    public init(
        _ kind: DeviceKind, see: Permission, give: Permission, topic: DeviceTopic? = nil,
        device: @escaping @Sendable (_ spelling: String) -> DeviceID? = { DeviceID($0) },
        encoding: CommandEncoding = .json, inFlight: Int = 4, answers: Bool = true, liveTopic: DeviceTopic? = nil,
        member: String? = nil, commands: [DeclaredCommand] = [], takesOthers: Bool = true,
        check: @escaping @Sendable (CommandRequest) throws(Refusal) -> Void = { _ in }
    ) {
        self.kind = kind
        self.see = see
        self.give = give
        self.topic = topic
        self.device = device
        self.encoding = encoding
        self.commands = commands
        self.takesOthers = takesOthers
        self.check = { request throws(Refusal) in
            guard takesOthers || commands.contains(where: { $0.name == request.name }) else {
                throw Refusal(
                    .valueOutOfRange,
                    "Devices of the kind \(kind.name) take no commands but \(CommandForm.names(of: commands)).")
            }
            try check(request)
        }
        self.inFlight = inFlight
        self.answers = answers
        self.liveTopic = liveTopic
        self.member = member
    }

    /// Their names as words of a sentence: `open, stop and close`.
    private static func names(of commands: [DeclaredCommand]) -> String {
        let names = commands.map(\.name)
        guard let last = names.last, names.count > 1 else { return names.first ?? "none" }
        return "\(names.dropLast().joined(separator: ", ")) and \(last)"
    }

    /// The members that name the device where only this kind is shown.
    public var ownMembers: [String] { [member ?? Command.deviceMember] }

    /// The members that name it where devices of all kinds are shown.
    public var allMembers: [String] { [Command.deviceMember] + (member.map { [$0] } ?? []) }
}

/// How a command is written for devices that hear of it over MQTT.
public struct CommandEncoding: Sendable {
    /// The payload of a command.
    public let encode: @Sendable (Command) -> [UInt8]

    /// An encoding of the solution's own.
    public init(_ encode: @escaping @Sendable (Command) -> [UInt8]) {
        self.encode = encode
    }

    /// `{"command":"set_led","params":{…},"command_id":"…"}`.
    public static let json = CommandEncoding { command in
        var writer = JSONWriter()
        writer.object {
            $0.member("command", command.name)
            $0.member("params", raw: command.parameters.utf8)
            $0.member("command_id", command.id)
        }
        return writer.bytes
    }

    /// The command's name alone, such as `BEEP`.
    public static let word = CommandEncoding { Array($0.name.utf8) }
}
