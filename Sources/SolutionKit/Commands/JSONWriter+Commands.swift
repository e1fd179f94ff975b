public import HubModel

extension Command {
    /// The member that names the device in JSON of all kinds.
    public static let deviceMember = "device_id"
}

extension JSONWriter {
    /// Writes a command as people see it.
    /// - Parameter members: those that name the device (`CommandForm.ownMembers`, `.allMembers`).
    public mutating func write(_ command: Command, naming members: [String]) {
        object {
            $0.member("command_id", command.id)
            for member in members { $0.member(member, command.device.text) }
            $0.member("command", command.name)
            $0.member("params", raw: command.parameters.utf8)
            $0.member("state", command.state.rawValue)
            $0.member("created_at", command.createdAt)
            $0.member("updated_at", command.updatedAt)
            $0.member("expires_at", command.expiresAt)
            $0.member("history", command.history) { writer, step in
                writer.object {
                    $0.member("state", step.state.rawValue)
                    $0.member("at", step.at)
                }
            }
            $0.member("result") { json in
                if let result = command.result { json.raw(result.utf8) } else { json.null() }
            }
            $0.member("error", command.error)
        }
    }

    /// Writes a command as a device is given it in an answer.
    public mutating func write(given command: Command) {
        object {
            $0.member("command_id", command.id)
            $0.member("command", command.name)
            $0.member("params", raw: command.parameters.utf8)
            $0.member("created_at", command.createdAt)
        }
    }
}

extension JSONSchema {
    private static let commandStates = JSONSchema.words(CommandState.allCases.map(\.rawValue))

    /// A command as people see it.
    /// - Parameters:
    ///   - name: the schema's own name in the description.
    ///   - devices: the members that name the device.
    public static func command(_ name: String, devices: [Property]) -> JSONSchema {
        .named(
            name,
            .object(
                [.required("command_id", .text)] + devices + [
                    .required("command", .text),
                    .required("params", .dictionary(.any)),
                    .required("state", commandStates),
                    .required("created_at", .timestamp),
                    .required("updated_at", .timestamp),
                    .required("expires_at", .timestamp, "When it is given up if it was not delivered"),
                    .required(
                        "history", .array(.object([.required("state", commandStates), .required("at", .timestamp)]))),
                    .required("result", .any, "What the device answered; null before"),
                    .required("error", .nullable(.text), "Why it failed, in the device's words"),
                ]))
    }

    /// What a person asks.
    public static let commandRequest = JSONSchema.object([
        .required("command", .string(minimumLength: 1, maximumLength: 64), "Such as set_led; at most 64 bytes"),
        .optional("params", .nullable(.dictionary(.any)), "At most 16 KiB"),
        .optional(
            "ttl_seconds", .nullable(.integer(minimum: 1, maximum: CommandRequest.longestTimeToLive)),
            "How long it may wait for delivery; 3600 without it"),
        .optional(
            "timeout_seconds", .nullable(.integer(minimum: 1, maximum: CommandRequest.longestTimeout)),
            "How long the device has for its answer; 30 without it"),
        .optional(
            "request_id", .nullable(.string(minimumLength: 1, maximumLength: RequestTable.longestName)),
            "A name of one's own for this request: sent again within a day, it gives the command of the first time"),
    ])

    /// A command as a device is given it in an answer.
    public static let givenCommand = JSONSchema.named(
        "GivenCommand",
        .object([
            .required("command_id", .text, "Names it in the answer, and in `after`"),
            .required("command", .text),
            .required("params", .dictionary(.any)),
            .required("created_at", .timestamp),
        ]))
}
