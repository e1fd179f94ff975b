/// A message, or a try to come in, of a device that the hub refused: what its operator wants to see of it.
public struct RefusedMessage: Hashable, Sendable {
    /// Whose it was.
    public let device: DeviceID
    /// When the hub received it.
    public let at: Timestamp
    /// Why, in a word.
    public let code: RefusalCode
    /// Why, in a sentence.
    public let detail: String
    /// Where it was published; empty for a try to connect. At most `maximumTopicBytes`.
    public let topic: String
    /// How it begins (`PayloadExcerpt`); empty where nothing is known of it.
    public let excerpt: String
    /// How long it was, in bytes.
    public let bytes: Int
    /// How many refusals of the device before this one were not kept, because there were too many at once.
    public let leftOut: Int

    /// The most bytes of a topic that are kept.
    public static let maximumTopicBytes = 256

    /// A refused message whose first bytes are kept, secrets left out.
    public init(
        device: DeviceID, at: Timestamp, refusal: Refusal, topic: [String] = [], payload: [UInt8] = [], leftOut: Int
    ) {
        self.init(
            device: device, at: at, code: refusal.code, detail: refusal.detail,
            topic: PayloadExcerpt.shortened(topic.joined(separator: "/"), to: RefusedMessage.maximumTopicBytes),
            excerpt: PayloadExcerpt.text(of: payload), bytes: payload.count, leftOut: leftOut)
    }

    /// A refused message as it was kept.
    public init(
        device: DeviceID, at: Timestamp, code: RefusalCode, detail: String, topic: String, excerpt: String, bytes: Int,
        leftOut: Int
    ) {
        self.device = device
        self.at = at
        self.code = code
        self.detail = detail
        self.topic = topic
        self.excerpt = excerpt
        self.bytes = bytes
        self.leftOut = leftOut
    }
}
