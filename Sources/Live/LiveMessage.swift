public import HubModel

/// The server's messages of docs/live.md, as JSON text.
public enum LiveMessage {
    /// The first message. `isPublic`: the socket is a stranger's, and carries public events only.
    public static func hello(version: String, now: Timestamp, last: Int64, isPublic: Bool = false) -> [UInt8] {
        object("hello") { json in
            json.member("server", "martlet")
            json.member("version", version)
            json.member("now", now)
            json.member("last", last)
            if isPublic {
                json.member("public", true)
            }
        }
    }

    /// One event.
    public static func event(_ item: LiveRing.Item) -> [UInt8] {
        object("event", bytes: LiveRing.estimate(item.event)) { json in
            json.member("n", item.number)
            json.member("topic", item.event.topic)
            json.member("at", item.committedAt)
            json.member("data") { json in
                switch item.event.data {
                case .json(let text): json.raw(text)
                case .reading(let reading, let idName): write(reading, idName: idName, into: &json)
                }
            }
        }
    }

    /// The replay is over.
    public static func subscribed(id: [UInt8]?, topics: [TopicPattern], last: Int64) -> [UInt8] {
        object("subscribed") { json in
            write(id: id, topics: topics, into: &json)
            json.member("last", last)
        }
    }

    /// Topics were taken away.
    public static func unsubscribed(id: [UInt8]?, topics: [TopicPattern]) -> [UInt8] {
        object("unsubscribed") { write(id: id, topics: topics, into: &$0) }
    }

    /// Events are missing.
    public static func gap(_ gap: LiveReplay.Gap) -> [UInt8] {
        object("gap") { json in
            json.member("after", gap.after)
            json.member("next", gap.next)
        }
    }

    /// The socket was too slow: so many events were dropped for newer ones of the same topics.
    public static func coalesced(dropped: Int) -> [UInt8] {
        object("coalesced") { json in
            json.member("dropped", Int64(dropped))
        }
    }

    /// The answer to a ping.
    public static func pong(id: [UInt8]?) -> [UInt8] {
        object("pong") { write(id: id, into: &$0) }
    }

    /// A message was refused.
    public static func error(_ code: LiveErrorCode, _ detail: String, id: [UInt8]?) -> [UInt8] {
        object("error") { json in
            json.member("code", code.rawValue)
            json.member("detail", detail)
            write(id: id, into: &json)
        }
    }

    private static func object(
        _ type: String, bytes: Int = 128, _ members: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var json = JSONWriter(minimumCapacity: bytes)
        json.object { json in
            json.member("type", type)
            members(&json)
        }
        return json.bytes
    }

    private static func write(id: [UInt8]?, into json: inout JSONWriter) {
        guard let id else { return }
        json.member("id", raw: id)
    }

    private static func write(id: [UInt8]?, topics: [TopicPattern], into json: inout JSONWriter) {
        write(id: id, into: &json)
        json.member("topics", topics) { $0.string($1.text) }
    }

    private static func write(_ reading: Reading, idName: StaticString, into json: inout JSONWriter) {
        json.object { json in
            json.member(idName.description, reading.device.text)
            json.member("observed_at", reading.observed.instant)
            json.member("received_at", reading.receivedAt)
            json.member("time_source", reading.observed.source.word.description)
            json.object("values") { json in
                for field in reading.fields {
                    json.member(field.name, value: field.value)
                }
            }
            json.member("late", reading.isLate)
        }
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
