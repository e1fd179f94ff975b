import HubModel

/// One client's side of the protocol of `/ws` (docs/live.md): texts in, what they ask for out.
public struct LiveSession: Sendable {
    /// What a client's message asks for.
    public enum Action: Hashable, Sendable {
        /// Send this.
        case answer([UInt8])
        /// Add topics; answer under `id` when the replay is over.
        case subscribe(id: [UInt8]?, topics: [TopicPattern], start: LiveStart)
        /// Remove topics, and answer under `id`.
        case unsubscribe(id: [UInt8]?, topics: [TopicPattern])
        /// Close the socket with 1008.
        case close(reason: String)
    }

    /// The most topics a socket may have.
    public static let maximumTopics = 64
    /// The most recent events a subscription may ask for.
    public static let maximumRecent = 1_000
    /// How many recent events a subscription gets that names no number.
    public static let usualRecent = 100
    /// So many refused messages, and the client is taken for broken.
    public static let maximumRefusals = 32

    private var topics: Set<TopicPattern> = []
    private var refusals = 0

    /// A client that has said nothing yet.
    public init() {}

    /// Takes one text message.
    public mutating func receive(_ text: [UInt8]) -> Action {
        var message = Message()
        do throws(Complaint) {
            try message.read(text)
            return try act(on: message)
        } catch {
            refusals += 1
            guard refusals < LiveSession.maximumRefusals else { return .close(reason: "too many refused messages") }
            return .answer(LiveMessage.error(error.code, error.detail, id: message.id))
        }
    }

    private mutating func act(on message: Message) throws(Complaint) -> Action {
        switch message.type {
        case "subscribe":
            let wanted = try message.patterns()
            let all = topics.union(wanted)
            guard all.count <= LiveSession.maximumTopics else {
                throw Complaint(.tooManyTopics, "a socket may have \(LiveSession.maximumTopics) topics")
            }
            topics = all
            let start: LiveStart =
                if let after = message.after { .after(after) } else {
                    .recent(message.recent ?? LiveSession.usualRecent)
                }
            return .subscribe(id: message.id, topics: wanted, start: start)
        case "unsubscribe":
            let unwanted = try message.patterns()
            topics.subtract(unwanted)
            return .unsubscribe(id: message.id, topics: unwanted)
        case "ping":
            return .answer(LiveMessage.pong(id: message.id))
        case nil:
            throw Complaint(.unknownType, "the member type is missing")
        case .some:
            throw Complaint(.unknownType, "type must be subscribe, unsubscribe or ping")
        }
    }
}

private struct Complaint: Error {
    let code: LiveErrorCode
    let detail: String

    init(_ code: LiveErrorCode, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}

private struct Message {
    var type: String?
    var id: [UInt8]?
    var topics: [String]?
    var after: Int64?
    var recent: Int?

    /// Numbers beyond 2^53 are not exact in every client.
    static let largestNumber: Int64 = 1 << 53

    mutating func read(_ text: [UInt8]) throws(Complaint) {
        var reader = JSONReader(text)
        do throws(Refusal) {
            try reader.object { (key, reader) throws(Refusal) in
                switch key {
                case "type": type = try reader.string()
                case "id": id = try Message.identifier(&reader)
                case "topics":
                    var list: [String] = []
                    try reader.array { (reader) throws(Refusal) in
                        let topic = try reader.string()
                        guard list.count < LiveSession.maximumTopics else {
                            throw Refusal(.limitReached, "A socket may have \(LiveSession.maximumTopics) topics.")
                        }
                        list.append(topic)
                    }
                    topics = list
                case "after": after = try Message.integer(&reader, "after", 0...Message.largestNumber)
                case "recent":
                    recent = Int(try Message.integer(&reader, "recent", 0...Int64(LiveSession.maximumRecent)))
                default: try reader.skip()
                }
            }
            try reader.end()
        } catch {
            switch error.code {
            case .malformedJSON: throw Complaint(.malformedJSON, error.detail)
            case .limitReached: throw Complaint(.tooManyTopics, error.detail)
            default: throw Complaint(.badMember, error.detail)
            }
        }
    }

    func patterns() throws(Complaint) -> [TopicPattern] {
        guard let topics, !topics.isEmpty else { throw Complaint(.badMember, "the member topics is missing or empty") }
        var patterns: [TopicPattern] = []
        for topic in topics {
            guard let pattern = TopicPattern(topic) else {
                throw Complaint(
                    .badTopic,
                    "a topic has 1 to \(TopicPattern.maximumLevels) levels, none empty, and at most "
                        + "\(TopicPattern.maximumBytes) bytes; + stands alone in its level, # alone in the last")
            }
            if !patterns.contains(pattern) { patterns.append(pattern) }
        }
        return patterns
    }

    /// A request's id comes back as it was: a number, or a short string.
    private static func identifier(_ reader: inout JSONReader) throws(Refusal) -> [UInt8]? {
        switch try reader.peek() {
        case .null: return try reader.null() ? nil : nil
        case .number, .string:
            let raw = try reader.rawValue()
            guard raw.count <= 64 else { throw Refusal(.valueOutOfRange, "id is longer than 64 bytes.") }
            return raw
        case .object, .array, .boolean:
            throw Refusal(.wrongType, "id must be a number or a string.")
        }
    }

    private static func integer(
        _ reader: inout JSONReader, _ name: String, _ range: ClosedRange<Int64>
    ) throws(Refusal) -> Int64 {
        guard let value = try reader.number().integerValue, range.contains(value) else {
            throw Refusal(
                .valueOutOfRange, "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }
}
