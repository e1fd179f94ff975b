import HubModel
import Live
import Synchronization

/// Counts calls from anywhere.
final class Counter: Sendable {
    private let value = Atomic(0)

    var count: Int { value.load(ordering: .sequentiallyConsistent) }

    func increment() {
        value.add(1, ordering: .sequentiallyConsistent)
    }
}

func event(
    _ topic: String, _ value: Int = 0, needs permission: Permission? = .viewNodes, at site: SiteID? = .main
) -> LiveEvent {
    LiveEvent(topic: topic, data: .json(Array("{\"v\":\(value)}".utf8)), needs: permission, at: site)
}

/// Somebody with an account who may do everything.
let admin = viewer("admin", Grants(everywhere: .all))

func viewer(_ account: String, _ grants: Grants) -> Caller {
    Caller(.person(account: account, name: account, session: "s-\(account)"), grants: grants)
}

func at(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds) }

/// What a page makes of a message: its type, and the member that matters most.
struct Seen: Equatable, CustomStringConvertible {
    let type: String
    var number: Int64?
    var topic: String?
    var code: String?
    var value: Int64?

    var description: String { "\(type) \(number ?? -1) \(topic ?? "") \(code ?? "") \(value ?? -1)" }

    init(_ text: [UInt8]) throws {
        var type = ""
        var number: Int64?
        var topic: String?
        var code: String?
        var value: Int64?
        var reader = JSONReader(text)
        try reader.object { (key, reader) throws(Refusal) in
            switch key {
            case "type": type = try reader.string()
            case "n", "last", "after", "dropped": number = try reader.number().integerValue
            case "topic": topic = try reader.string()
            case "code": code = try reader.string()
            case "data":
                try reader.object { (key, reader) throws(Refusal) in
                    if key == "v" { value = try reader.number().integerValue } else { try reader.skip() }
                }
            default: try reader.skip()
            }
        }
        try reader.end()
        self.type = type
        self.number = number
        self.topic = topic
        self.code = code
        self.value = value
    }
}
