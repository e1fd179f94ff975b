public import MQTTCodec
public import NIOCore
import Synchronization

/// An MQTT client for 3.1.1 and 5.0. It keeps its session across connections, connects again by itself, and bounds
/// everything that waits. All of it runs on the event loop it is given: hundreds of clients may share one.
public final class MQTTClient: Sendable {
    /// Messages that arrive.
    public let messages: IncomingMessages
    /// Where the client runs.
    public let eventLoop: any EventLoop
    private let driver: NIOLoopBoundBox<ClientDriver>
    private let tickets = Atomic<UInt64>(1)

    /// A client that does nothing before `connect`. `random` draws the waits before reconnects: any number.
    public init(
        configuration: MQTTClientConfiguration, eventLoop: any EventLoop,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
    ) {
        self.eventLoop = eventLoop
        let reader = ReaderDemand(eventLoop: eventLoop)
        let made = IncomingMessages.make(buffer: configuration.incomingBuffer, demand: reader.demand)
        messages = made.sequence
        driver = NIOLoopBoundBox.makeBoxSendingValue(
            ClientDriver(
                configuration: configuration, eventLoop: eventLoop, incoming: made.source, random: random),
            eventLoop: eventLoop)
        reader.connect(to: driver)
    }

    deinit {
        eventLoop.execute { [driver] in
            driver.value.over(.closed); driver.value.closeChannel()
        }
    }

    /// Connects, and returns when the server has accepted: whether it still had the session. Waits through failures that
    /// may pass if reconnecting is on; throws `MQTTClientError` otherwise, `closed` when its task is cancelled meanwhile: the client is over
    /// then.
    @discardableResult
    public func connect() async throws -> Bool {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                eventLoop.execute { [driver] in driver.value.connect(continuation) }
            }
        } onCancel: {
            eventLoop.execute { [driver] in
                driver.value.over(.closed)
                driver.value.closeChannel()
            }
        }
    }

    /// Publishes, and returns when the message is acknowledged (QoS 1 and 2) or handed to the connection (QoS 0). While
    /// there is no connection the message waits. Throws `MQTTClientError`, or `CancellationError` if the task is
    /// cancelled first; the message may then still be delivered.
    public func publish(_ message: MQTTMessage) async throws {
        let summary = try await publish(contentsOf: [message])
        if let failure = summary.firstFailure { throw failure }
    }

    /// Publishes many, in order and as many at once as the window allows, and returns when all are acknowledged or have
    /// failed. Costs no promise a message. Throws `CancellationError` only.
    public func publish(contentsOf messages: [MQTTMessage]) async throws -> PublishSummary {
        if messages.isEmpty { return PublishSummary() }
        return try await waiting { driver, ticket, continuation in
            driver.publish(messages, ticket: ticket, continuation)
        }
    }

    /// Subscribes, and returns the server's answer to each filter: a granted QoS or a failure. Accepted subscriptions are
    /// renewed by the client if the server loses the session. `identifier` (5.0) comes back with every message.
    @discardableResult
    public func subscribe(_ subscriptions: [Subscription], identifier: UInt32? = nil) async throws -> [ReasonCode] {
        try await waiting { driver, ticket, continuation in
            driver.operate(ticket, continuation) { session, actions throws(MQTTClientError) in
                try session.subscribe(subscriptions, identifier: identifier, ticket: ticket, &actions)
            }
        }
    }

    /// Unsubscribes, and returns the server's answer to each filter; 3.1.1 has none.
    @discardableResult
    public func unsubscribe(_ filters: [TopicFilter]) async throws -> [ReasonCode] {
        try await waiting { driver, ticket, continuation in
            driver.operate(ticket, continuation) { session, actions throws(MQTTClientError) in
                try session.unsubscribe(filters, ticket: ticket, &actions)
            }
        }
    }

    /// The work with a message is done; with manual acknowledgement only. `reason` tells a 5.0 server of a failure.
    public func acknowledge(_ message: ReceivedMessage, reason: ReasonCode = .success) {
        guard let acknowledgement = message.acknowledgement else { return }
        eventLoop.execute { [driver] in
            driver.value.advance { session, actions in
                session.acknowledge(acknowledgement, reason: reason, &actions)
            }
        }
    }

    /// Leaves with DISCONNECT, for good: what waits fails with `closed`, and `messages` ends.
    public func disconnect() async {
        await withCheckedContinuation { continuation in
            eventLoop.execute { [driver] in driver.value.disconnect(continuation) }
        }
    }

    /// What the client has done so far.
    public func counters() async -> MQTTClientCounters {
        await withCheckedContinuation { continuation in
            eventLoop.execute { [driver] in continuation.resume(returning: driver.value.counters) }
        }
    }

    /// Suspends until the driver answers, or the task is cancelled.
    private func waiting<Answer: Sendable>(
        _ start: @escaping @Sendable (ClientDriver, UInt64, CheckedContinuation<Answer, any Error>) -> Void
    ) async throws -> Answer {
        let ticket = tickets.add(1, ordering: .relaxed).oldValue
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                eventLoop.execute { [driver] in
                    // Cancelled before it began: `abandon` has found nothing to abandon.
                    if flag.isSet { return continuation.resume(throwing: CancellationError()) }
                    start(driver.value, ticket, continuation)
                }
            }
        } onCancel: {
            flag.set()
            eventLoop.execute { [driver] in driver.value.tickets.removeValue(forKey: ticket)?.abandon() }
        }
    }
}

/// Whether a task was cancelled, seen from the event loop.
private final class CancellationFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
}

/// Carries the wish of the reader of `messages` to the driver, which is made after the sequence.
private final class ReaderDemand: Sendable {
    private let eventLoop: any EventLoop
    private let driver = Mutex<NIOLoopBoundBox<ClientDriver>?>(nil)

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    var demand: IncomingMessages.Demand {
        IncomingMessages.Demand { [self] in
            guard let driver = driver.withLock({ $0 }) else { return }
            eventLoop.execute { driver.value.resumeReading() }
        }
    }

    func connect(to driver: NIOLoopBoundBox<ClientDriver>) { self.driver.withLock { $0 = driver } }
}
