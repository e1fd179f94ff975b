import HubModel
import HubTesting
import Live
import Logging
import NIOCore
import NIOPosix
import SolutionKit
import Synchronization
import Testing
import Transport
import WebAPI

/// What was logged.
final class LogBook: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
    }
}

struct LogBookHandler: LogHandler {
    let book: LogBook
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        book.add("\(event.level) \(event.message) \(facts)")
    }
}

/// A web server on a free port of loopback, while the body runs.
struct TestServer: Sendable {
    /// The first port, and all of them.
    let port: Int
    let ports: [Int]
    let live: LiveHub
    let log: LogBook
    let server: WebServer

    static let now = Timestamp(seconds: 1_763_690_000)

    static func run(
        routes: [Route] = [], live configuration: LiveConfiguration = LiveConfiguration(),
        limits: WebLimits = WebLimits(),
        gate: any RequestGate = FakeGate(isOpen: true),
        listeners: [WebListener] = [WebListener(host: "127.0.0.1", port: 0)],
        publicOrigins: Set<String> = [], allowedOrigins: Set<String> = [], trustedProxies: TrustedNetworks = .none,
        web: String = "/nonexistent", vendor: String = "/nonexistent", pages: [String] = ["/", "/nodes", "/nodes/*"],
        pageRules: [PageRules] = [],
        metrics: [any MetricsSource] = [], readiness: @escaping @Sendable () -> Readiness = { .ready },
        clock: any WallClock = ManualClock(now),
        _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        // A client of a busy machine is not hurried, unless the test tries just that.
        var limits = limits
        let usual = WebLimits()
        if limits.headTimeout == usual.headTimeout { limits.headTimeout = .minutes(4) }
        if limits.idleTimeout == usual.idleTimeout { limits.idleTimeout = .minutes(4) }
        let log = LogBook()
        let live = LiveHub(configuration: configuration, clock: ManualClock(now))
        let (ports, source) = AsyncStream.makeStream(of: (Int, Int).self)
        let configuration = WebConfiguration(
            listeners: listeners, version: "1.2.3", webDirectory: web, vendorDirectory: vendor, pages: pages,
            pageRules: pageRules,
            publicOrigins: publicOrigins, allowedOrigins: allowedOrigins, trustedProxies: trustedProxies,
            limits: limits)
        let server = try WebServer(
            configuration: configuration,
            parts: parts(
                routes: routes, gate: gate, live: live, metrics: metrics + [live], readiness: readiness, clock: clock),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in LogBookHandler(book: log) }
        ) { source.yield(($0, $1.port ?? 0)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var bound: [Int: Int] = [:]
            for await (place, port) in ports {
                bound[place] = port
                if bound.count == listeners.count { break }
            }
            let all = listeners.indices.map { bound[$0] ?? 0 }
            try await body(TestServer(port: all[0], ports: all, live: live, log: log, server: server))
            await server.shutDown()
            try await group.waitForAll()
        }
    }

    static func parts(
        routes: [Route], gate: any RequestGate, live: LiveHub, metrics: [any MetricsSource] = [],
        readiness: @escaping @Sendable () -> Readiness = { .ready }, clock: any WallClock = ManualClock(now)
    ) -> WebParts {
        WebParts(
            routes: routes, gate: gate, live: live, metrics: metrics,
            system: { _, scope in
                SystemFacts(
                    startedAt: now, isDemo: true, dataBytes: 7,
                    solutions: [
                        .init(
                            id: "nodes", title: "Sensor nodes", path: "/nodes", devices: scope == .all ? 5 : 2,
                            attention: 1)
                    ],
                    listeners: [(name: "http", address: "127.0.0.1:1")])
            },
            readiness: readiness, clock: clock, rhythm: clock as? MovedTime ?? SteadyRhythm())
    }

    /// One request on a connection of its own.
    func ask(_ method: String, _ target: String, headers: [String] = [], body: String? = nil) async throws
        -> RawResponse
    {
        try await RawClient.connect(port) { try await $0.request(method, target, headers: headers, body: body) }
    }
}

extension RawResponse {
    /// The members of a JSON object, each as it stands in the text.
    var members: [String: String] {
        var found: [String: String] = [:]
        var reader = JSONReader(Array(body.utf8))
        try? reader.object { (key, reader) throws(Refusal) in
            let isString = try reader.peek() == .string
            found[key] = isString ? try reader.string() : String(decoding: try reader.rawValue(), as: UTF8.self)
        }
        return found
    }

    var isProblem: Bool {
        headers["content-type"] == "application/problem+json" && members["status"] == String(status)
            && members["title"] != nil
            && members["detail"] != nil && members["type"] == "urn:martlet:error:\(members["code"] ?? "")"
    }
}

/// Waits until something is so, without keeping the processor from those who make it so.
/// - Throws: `StillNot` after four minutes; what the condition throws.
func eventually(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(240)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw StillNot() }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// What a test waited for did not come.
struct StillNot: Error {}

/// A flag that can be set once, from anywhere.
final class Flag: Sendable {
    private let flag = Atomic(false)

    var value: Bool { flag.load(ordering: .sequentiallyConsistent) }

    func set() {
        flag.store(true, ordering: .sequentiallyConsistent)
    }
}

let testGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
let testLogger = Logger(label: "test") { _ in LogBookHandler(book: LogBook()) }

/// A text that is set once, from anywhere.
final class Once: Sendable {
    private let text = Mutex("")

    var value: String { text.withLock { $0 } }

    func set(_ value: String) {
        text.withLock { $0 = value }
    }
}
