public import HubModel

/// What a person asks of a device: `{"command":"set_led","params":{…},"ttl_seconds":3600,"timeout_seconds":30}`; other members are ignored.
public struct CommandRequest: Sendable {
    /// The command's name, 1 to 64 bytes without control characters.
    public private(set) var name = ""
    /// A JSON object as text.
    public private(set) var parameters = "{}"
    /// How long it may wait for delivery, 1 s to a week.
    public private(set) var timeToLiveSeconds: Int64 = 3_600
    /// How long the device has for its answer, 1 s to a day.
    public private(set) var timeoutSeconds: Int64 = 30

    /// The largest parameters, in bytes of JSON.
    static let maximumParameterBytes = 16_384
    /// The longest time to live: a week.
    static let longestTimeToLive: Int64 = 604_800
    /// The longest time for an answer: a day.
    static let longestTimeout: Int64 = 86_400

    /// Reads a request.
    /// - Throws: `malformed_json`, `wrong_type`, `missing_field`, `duplicate_key`, `value_out_of_range`, `too_large`.
    public init(_ bytes: [UInt8]) throws(Refusal) {
        var reader = JSONReader(bytes)
        var keys = SeenKeys(limit: 64)
        var command: String?
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            switch key {
            case "command": command = try reader.optionalText("command", maximumBytes: 64)
            case "params": try readParameters(&reader)
            case "ttl_seconds":
                timeToLiveSeconds =
                    try reader.seconds("ttl_seconds", in: 1...CommandRequest.longestTimeToLive) ?? timeToLiveSeconds
            case "timeout_seconds":
                timeoutSeconds =
                    try reader.seconds("timeout_seconds", in: 1...CommandRequest.longestTimeout) ?? timeoutSeconds
            default: try reader.skip()
            }
        }
        try reader.end()
        guard let command, !command.isEmpty else { throw Refusal(.missingField, "command is missing") }
        guard command.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Refusal(.valueOutOfRange, "command holds control characters")
        }
        name = command
    }

    private mutating func readParameters(_ reader: inout JSONReader) throws(Refusal) {
        switch try reader.peek() {
        case .null: _ = try reader.null()
        case .object:
            let json = try reader.rawValue()
            guard json.count <= CommandRequest.maximumParameterBytes else {
                throw Refusal(.tooLarge, "params is larger than \(CommandRequest.maximumParameterBytes) bytes")
            }
            parameters = String(decoding: json, as: UTF8.self)
        case .array, .string, .number, .boolean: throw Refusal(.wrongType, "params is an object")
        }
    }
}

extension JSONReader {
    fileprivate mutating func seconds(_ name: StaticString, in range: ClosedRange<Int64>) throws(Refusal) -> Int64? {
        guard let number = try optionalNumber(name) else { return nil }
        guard let seconds = number.integerValue, range.contains(seconds) else {
            throw Refusal(
                .valueOutOfRange, "\(name) is a whole number of seconds, \(range.lowerBound) to \(range.upperBound)")
        }
        return seconds
    }
}
