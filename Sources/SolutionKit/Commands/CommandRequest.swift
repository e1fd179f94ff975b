public import HubModel

/// What a person asks of a device: `{"command":"set_led","params":{…},"ttl_seconds":3600,"timeout_seconds":30,"request_id":"k7"}`; other members
/// are ignored.
public struct CommandRequest: Sendable {
    /// The command's name, 1 to 64 bytes without control characters.
    public private(set) var name = ""
    /// A JSON object as text.
    public private(set) var parameters = "{}"
    /// How long it may wait for delivery, 1 s to a week.
    public private(set) var timeToLiveSeconds: Int64 = 3_600
    /// How long the device has for its answer, 1 s to a day.
    public private(set) var timeoutSeconds: Int64 = 30
    /// The name that the caller gave to this request, so that one which got no answer can be sent again without asking the device twice; nil:
    /// none.
    public private(set) var requestID: String?

    /// The largest parameters, in bytes of JSON.
    static let maximumParameterBytes = 16_384
    /// The longest time to live: a week.
    static let longestTimeToLive: Int64 = 604_800
    /// The longest time for an answer: a day.
    static let longestTimeout: Int64 = 86_400

    /// Reads a request.
    /// - Throws: `malformed_json`, `wrong_type`, `missing_field`, `duplicate_key`, `value_out_of_range`, `too_large`.
    public init(_ bytes: [UInt8]) throws(Refusal) {
        let members = try JSONMembers(bytes)
        let command = try members.optionalText("command", maximumBytes: 64)
        guard let command, !command.isEmpty else { throw JSONMembers.missing("command") }
        guard command.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Refusal(.valueOutOfRange, "command holds control characters.")
        }
        name = command
        if let json = try members.optionalObject("params", maximumBytes: CommandRequest.maximumParameterBytes) {
            parameters = String(decoding: json, as: UTF8.self)
        }
        if let seconds = try members.optionalWholeNumber("ttl_seconds", in: 1...CommandRequest.longestTimeToLive) {
            timeToLiveSeconds = seconds
        }
        if let seconds = try members.optionalWholeNumber("timeout_seconds", in: 1...CommandRequest.longestTimeout) {
            timeoutSeconds = seconds
        }
        requestID = try members.optionalText("request_id", maximumBytes: RequestTable.longestName)
    }
}
