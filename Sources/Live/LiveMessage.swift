public import HubModel

/// The server's messages of docs/live.md, as JSON text.
public enum LiveMessage {
    /// The first message. `isPublic`: the socket is a stranger's, and carries public events only.
    public static func hello(version: String, now: Timestamp, last: Int64, isPublic: Bool = false) -> [UInt8] {
        object("hello") { json in
            json.key("server")
            json.string("martlet")
            json.key("version")
            json.string(version)
            json.key("now")
            json.timestamp(now)
            json.key("last")
            json.integer(last)
            if isPublic {
                json.key("public")
                json.boolean(true)
            }
        }
    }

    /// One event.
    public static func event(_ item: LiveRing.Item) -> [UInt8] {
        object("event", bytes: LiveRing.estimate(item.event)) { json in
            json.key("n")
            json.integer(item.number)
            json.key("topic")
            json.string(item.event.topic)
            json.key("at")
            json.timestamp(item.committedAt)
            json.key("data")
            switch item.event.data {
            case .json(let text): json.raw(text)
            case .reading(let reading, let idName): write(reading, idName: idName, into: &json)
            }
        }
    }

    /// The replay is over.
    public static func subscribed(id: [UInt8]?, topics: [TopicPattern], last: Int64) -> [UInt8] {
        object("subscribed") { json in
            write(id: id, topics: topics, into: &json)
            json.key("last")
            json.integer(last)
        }
    }

    /// Topics were taken away.
    public static func unsubscribed(id: [UInt8]?, topics: [TopicPattern]) -> [UInt8] {
        object("unsubscribed") { write(id: id, topics: topics, into: &$0) }
    }

    /// Events are missing.
    public static func gap(_ gap: LiveReplay.Gap) -> [UInt8] {
        object("gap") { json in
            json.key("after")
            json.integer(gap.after)
            json.key("next")
            json.integer(gap.next)
        }
    }

    /// The socket was too slow: so many events were dropped for newer ones of the same topics.
    public static func coalesced(dropped: Int) -> [UInt8] {
        object("coalesced") { json in
            json.key("dropped")
            json.integer(Int64(dropped))
        }
    }

    /// The answer to a ping.
    public static func pong(id: [UInt8]?) -> [UInt8] {
        object("pong") { write(id: id, into: &$0) }
    }

    /// A message was refused.
    public static func error(_ code: LiveErrorCode, _ detail: String, id: [UInt8]?) -> [UInt8] {
        object("error") { json in
            json.key("code")
            json.string(code.rawValue)
            json.key("detail")
            json.string(detail)
            write(id: id, into: &json)
        }
    }

    private static func object(
        _ type: String, bytes: Int = 128, _ members: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var json = JSONWriter(minimumCapacity: bytes)
        json.beginObject()
        json.key("type")
        json.string(type)
        members(&json)
        json.endObject()
        return json.bytes
    }

    private static func write(id: [UInt8]?, into json: inout JSONWriter) {
        guard let id else { return }
        json.key("id")
        json.raw(id)
    }

    private static func write(id: [UInt8]?, topics: [TopicPattern], into json: inout JSONWriter) {
        write(id: id, into: &json)
        json.key("topics")
        json.beginArray()
        for topic in topics { json.string(topic.text) }
        json.endArray()
    }

    private static func write(_ reading: Reading, idName: StaticString, into json: inout JSONWriter) {
        json.beginObject()
        json.key(idName.description)
        json.string(reading.device.text)
        json.key("observed_at")
        json.timestamp(reading.observed.instant)
        json.key("received_at")
        json.timestamp(reading.receivedAt)
        json.key("time_source")
        json.string(reading.observed.source.word.description)
        json.key("values")
        json.beginObject()
        for field in reading.fields {
            json.key(field.name)
            json.value(field.value)
        }
        json.endObject()
        json.key("late")
        json.boolean(reading.isLate)
        json.endObject()
    }
}

/// Why a client's message was refused.
public enum LiveErrorCode: String, CaseIterable, Sendable {
    /// Not JSON, or not an object.
    case malformedJSON = "malformed_json"
    /// A member has the wrong type or an impossible value.
    case badMember = "bad_member"
    /// `type` is missing or unknown.
    case unknownType = "unknown_type"
    /// A topic breaks the rules for topics.
    case badTopic = "bad_topic"
    /// More topics than a socket may have.
    case tooManyTopics = "too_many_topics"
    /// More replays are under way than a socket may have.
    case tooManyReplays = "too_many_replays"
}
