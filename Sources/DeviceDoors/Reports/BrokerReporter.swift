public import HubModel
public import Ingest
public import MQTTBroker
internal import MQTTCodec
public import SolutionKit
internal import Synchronization

/// Samples the broker's figures every two seconds and reports them: to pages, on `iot/broker/…` and `$SYS/broker/…`,
/// and over HTTP.
public final class BrokerReporter: Sendable {
    private let version: String
    private let startedAt: Timestamp
    private let clock: any WallClock
    private let rhythm: any Rhythm
    private let live: any LiveSink
    private let line: IngestLine
    private let statistics: @Sendable () -> BrokerStatistics?
    private let publish: @Sendable ([ServerMessage]) -> Void
    private let history = Mutex(BrokerHistory())

    /// A reporter that has reported nothing yet.
    public init(
        version: String, clock: any WallClock, rhythm: any Rhythm, live: any LiveSink, line: IngestLine,
        statistics: @escaping @Sendable () -> BrokerStatistics?, publish: @escaping @Sendable ([ServerMessage]) -> Void
    ) {
        self.version = version
        self.clock = clock
        self.rhythm = rhythm
        self.live = live
        self.line = line
        self.statistics = statistics
        self.publish = publish
        startedAt = clock.now()
    }

    /// Reports until its task is cancelled; the last word on `iot/broker/status` is then *offline*.
    public func run() async {
        var round = 0
        report(toSubscribers: true)
        await rhythm.every(.seconds(BrokerHistory.interval)) {
            round += 1
            // Pages get every sample, subscribers every fifth: retained messages cost each of them a write.
            report(toSubscribers: round % 5 == 0)
        }
        publish([retained("iot/broker/status", report().status(isOnline: false, now: clock.now()))])
    }

    /// `GET /api/broker`.
    public var routes: [Route] {
        [
            Route(
                .get, "/api/broker", access: .hub(.viewBroker),
                summary: "The broker's figures and their history of 15 minutes", answers: [.json(BrokerReport.schema)]
            ) { [self] _ in
                .json { report().write(to: &$0, withHistory: true) }
            }
        ]
    }

    private func report(toSubscribers: Bool) {
        let now = clock.now()
        let figures = figures()
        let history = history.withLock { history in
            history.take(figures, at: now)
            return history
        }
        let report = BrokerReport(version: version, startedAt: startedAt, history: history)
        var json = JSONWriter()
        report.write(to: &json, withHistory: false)
        live.publish(
            [LiveEvent(topic: "broker", data: .json(json.bytes), needs: .viewBroker, at: nil)], committedAt: now)
        guard toSubscribers, let sample = history.newest else { return }
        let system = SystemTopics.values(
            sample, version: version, uptimeSeconds: now.microseconds(since: startedAt) / 1_000_000)
        publish(
            [
                retained("iot/broker/status", report.status(isOnline: true, now: now)),
                retained("iot/broker/stats", report.stats()),
            ] + system.map { retained($0.topic, Array($0.value.utf8)) })
    }

    private func report() -> BrokerReport {
        let (now, figures) = (clock.now(), figures())
        let history = history.withLock { history in
            // Whoever asks before the first sample gets that one: an answer always has its figures.
            if history.newest == nil { history.take(figures, at: now) }
            return history
        }
        return BrokerReport(version: version, startedAt: startedAt, history: history)
    }

    private func retained(_ topic: String, _ payload: [UInt8]) -> ServerMessage {
        do {
            return ServerMessage(topic: try TopicName(topic), payload: payload, retain: true, storage: .memory)
        } catch {
            preconditionFailure("BUG: \(topic) is no topic name")
        }
    }

    private func figures() -> BrokerFigures {
        var figures = BrokerFigures()
        if let broker = statistics() {
            figures.connections = broker.connections
            figures.sessions = broker.sessions
            figures.subscriptions = broker.subscriptions
            figures.retained = broker.retainedMessages
            figures.messagesReceived = Int64(clamping: broker.counters.messagesReceived)
            figures.messagesSent = Int64(clamping: broker.counters.messagesSent)
            figures.bytesReceived = Int64(clamping: broker.counters.bytesReceived)
            figures.bytesSent = Int64(clamping: broker.counters.bytesSent)
            figures.messagesDropped = Int64(clamping: broker.counters.messagesDropped)
            figures.messagesRefused = Int64(clamping: broker.counters.messagesRefused)
        }
        let line = line.figures
        figures.stored = line.stored
        figures.batches = line.batches
        figures.queueDepth = line.queueDepth
        figures.queueLimit = line.queueLimit
        figures.commitMedian = line.commitMedian
        figures.commitP99 = line.commitP99
        return figures
    }
}
