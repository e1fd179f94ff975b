public import HubModel
import SolutionKit

/// What `GET /api/system` tells of the hub.
public struct SystemFacts: Sendable {
    /// One solution.
    public struct SolutionFacts: Sendable {
        /// Its short word.
        public var id: String
        /// What people read.
        public var title: String
        /// Where its pages are.
        public var path: String
        /// How many devices it has.
        public var devices: Int
        /// How many of them a person should look at.
        public var attention: Int

        /// Facts about a solution.
        public init(id: String, title: String, path: String, devices: Int, attention: Int) {
            self.id = id
            self.title = title
            self.path = path
            self.devices = devices
            self.attention = attention
        }
    }

    /// When the hub started.
    public var startedAt: Timestamp
    /// Whether simulated devices run.
    public var isDemo: Bool
    /// How many bytes the data folder takes.
    public var dataBytes: Int64
    /// The solutions, in their order.
    public var solutions: [SolutionFacts]
    /// Where the hub listens: `http`, `127.0.0.1:8080`.
    public var listeners: [(name: String, address: String)]

    /// Facts about the hub.
    public init(
        startedAt: Timestamp, isDemo: Bool, dataBytes: Int64, solutions: [SolutionFacts],
        listeners: [(name: String, address: String)]
    ) {
        self.startedAt = startedAt
        self.isDemo = isDemo
        self.dataBytes = dataBytes
        self.solutions = solutions
        self.listeners = listeners
    }

    func write(version: String, readiness: Readiness, into json: inout JSONWriter) {
        json.object { json in
            json.member("version", version)
            json.member("started_at", startedAt)
            json.member("demo", isDemo)
            json.member("not_ready") { json in
                switch readiness {
                case .ready: json.null()
                case .notReady(let reason): json.string(reason)
                }
            }
            json.member("data_bytes", dataBytes)
            json.array("solutions") { json in
                for solution in solutions {
                    json.object { json in
                        json.member("id", solution.id)
                        json.member("title", solution.title)
                        json.member("path", solution.path)
                        json.member("devices", Int64(solution.devices))
                        json.member("attention", Int64(solution.attention))
                    }
                }
            }
            json.object("listeners") { json in
                for listener in listeners {
                    json.member(listener.name, listener.address)
                }
            }
        }
    }

    /// What `write` writes.
    static let schema = JSONSchema.named(
        "System",
        .object([
            .required("version", .text), .required("started_at", .timestamp),
            .required("demo", .boolean, "Whether simulated devices run"),
            .required("not_ready", .nullable(.text), "Why the hub can take no work; null while it can"),
            .required("data_bytes", .count, "Size of the data folder, in bytes"),
            .required(
                "solutions",
                .array(
                    .object([
                        .required("id", .text), .required("title", .text), .required("path", .text),
                        .required("devices", .count, "At the sites that one may see"),
                        .required("attention", .count, "How many of them a person should look at"),
                    ]))),
            .required("listeners", .dictionary(.text), "Where the hub listens, by protocol"),
        ]))
}
