public import Credentials
public import HubModel
internal import SQL

/// A device that nobody knows, which came while the join window was open and waits to be approved.
public struct PendingDevice: Hashable, Sendable {
    /// The name it gave.
    public let id: DeviceID
    /// What it seems to be, by the topics it uses; nil: nothing told yet.
    public let kind: DeviceKind?
    /// When it came first.
    public let firstSeen: Timestamp
    /// When it was heard of last.
    public let lastSeen: Timestamp
    /// Where it came from last, without the port.
    public let address: String?
    /// Its MQTT client identifier; nil over HTTP.
    public let clientID: String?
    /// Topics that it published to, at most `maximumTopics`.
    public let topics: [String]
    /// Messages of it that are kept.
    public let messages: Int64
    /// Messages of it that were not kept, because there was no room.
    public let dropped: Int64
    /// scrypt over the password that it showed; nil: none that is good enough to be kept.
    public let offered: PasswordHash?

    /// Topics that are noted of one device.
    public static let maximumTopics = 16
    /// Bytes of a topic that is noted; a longer one is not.
    static let maximumTopicBytes = 256

    static let columns = "device, kind, secret, first_seen, last_seen, address, client, topics, messages, dropped"

    init(_ row: Row) throws {
        guard let id = DeviceID(try row.text("device")) else {
            throw SQLFailure(.corrupt, "a row of device_request cannot be read")
        }
        self.id = id
        kind = try row.optionalText("kind").flatMap { DeviceKind(named: $0) }
        firstSeen = Timestamp(microseconds: try row.integer("first_seen"))
        lastSeen = Timestamp(microseconds: try row.integer("last_seen"))
        address = try row.optionalText("address")
        clientID = try row.optionalText("client")
        topics = try PendingDevice.topics(try row.text("topics"))
        messages = try row.integer("messages")
        dropped = try row.integer("dropped")
        offered = try row.optionalBlob("secret").flatMap { PasswordHash(text: String(decoding: $0, as: UTF8.self)) }
    }

    private static func topics(_ text: String) throws -> [String] {
        var topics: [String] = []
        var json = JSONReader(Array(text.utf8))
        try json.array { (reader) throws(Refusal) in topics.append(try reader.string()) }
        return topics
    }

    static func text(_ topics: [String]) -> String {
        var json = JSONWriter()
        json.array(topics) { $0.string($1) }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

/// A message that is kept aside because nobody has approved its sender yet.
public struct AsideMessage: Sendable {
    /// Where it was published.
    public let topic: String
    /// What it says.
    public let payload: [UInt8]
    /// Whether the device wanted it retained.
    public let isRetained: Bool
    /// Whether it is a last will.
    public let isWill: Bool
    /// When the hub received it.
    public let receivedAt: Timestamp
    /// The MQTT client identifier; nil over HTTP.
    public let clientID: String?
    /// Where it came from, without the port.
    public let address: String?

    /// A message.
    public init(
        topic: String, payload: [UInt8], isRetained: Bool, isWill: Bool, receivedAt: Timestamp, clientID: String?,
        address: String?
    ) {
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
        self.isWill = isWill
        self.receivedAt = receivedAt
        self.clientID = clientID
        self.address = address
    }
}
