internal import HubModel
internal import MQTTClient
internal import MQTTCodec
internal import NIOCore
internal import NIOPosix
internal import Parking
internal import Synchronization

/// Simulated car parks as real MQTT clients: one controller for each lot speaks for all its spots, comes back when the connection is lost,
/// and listens to what its LEDs shall show.
struct LotFleet: Sendable {
    let simulator: ParkingSimulator
    let time: SimulatedTime
    let broker: HostPort
    let clock: any WallClock
    /// How often a sensor says how it is when nothing happens, in seconds of the clock on the wall.
    var heartbeatSeconds = 60.0
    /// What the controllers show when they connect.
    var keys = NodeKeys.none
    let tally = LotTally()

    /// Reports that are due within so many microseconds are published together.
    private static let together: Int64 = 20_000
    /// As many as are published together at most.
    private static let portion = 500
    /// Reports that are later than this are not made up for, in microseconds: the hub was away, and what counts is how it is now.
    private static let patience: Int64 = 10_000_000

    /// Runs until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for lot in 0..<simulator.lots {
                group.addTask { await runLot(lot) }
            }
        }
    }

    private func runLot(_ index: Int) async {
        guard let client = try? client(index) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watchLEDs(client) }
            group.addTask { await report(client, index) }
            await group.next()
            group.cancelAll()
        }
        await client.disconnect()
    }

    private func client(_ index: Int) throws -> MQTTClient {
        let name = simulator.controllerID(index)
        var configuration = MQTTClientConfiguration(
            host: broker.host, port: broker.port, version: .v5_0, clientIdentifier: try MQTTString(name))
        configuration.keepAlive = 30
        configuration.incomingBuffer = 1_024
        if let credentials = keys.credentials(ofDevice: name) {
            configuration.userName = try MQTTString(credentials.userName)
            configuration.password = Array(credentials.key.utf8)
        }
        let tally = tally
        configuration.onEvent = { event in
            switch event {
            case .connected: tally.connected(by: 1)
            case .disconnected: tally.connected(by: -1)
            case .resubscribeRefused: break
            }
        }
        return MQTTClient(configuration: configuration, eventLoop: MultiThreadedEventLoopGroup.singleton.next())
    }

    private func watchLEDs(_ client: MQTTClient) async {
        for await received in client.messages {
            tally.commanded(LEDColor(received.message.payload))
        }
    }

    private func report(_ client: MQTTClient, _ index: Int) async {
        do {
            try await client.connect()
        } catch MQTTClientError.refused {
            // Coming back would not help: it is not one of the hub's devices, or its key is another.
            return tally.refused()
        } catch {
            return
        }
        guard let filter = try? TopicFilter(simulator.ledTopic(index)),
            (try? await client.subscribe([Subscription(filter: filter, maximumQoS: .atLeastOnce)])) != nil
        else { return }
        await drive(client, index)
    }

    private func drive(_ client: MQTTClient, _ index: Int) async {
        var lot = simulator.lot(index, from: time.start, heartbeat: time.span(ofSeconds: heartbeatSeconds))
        while !Task.isCancelled {
            let wait = time.due(lot.nextInstant).microseconds(since: clock.now())
            if wait > 0 {
                guard (try? await Task.sleep(for: .microseconds(wait))) != nil else { return }
            }
            await publish(batch(&lot, index), client)
        }
    }

    /// What is due now.
    private func batch(_ lot: inout SimulatedLot, _ index: Int) -> [MQTTMessage] {
        let now = clock.now()
        let limit = now.advanced(byMicroseconds: LotFleet.together)
        var messages: [MQTTMessage] = []
        var (changes, lost, left) = (0, 0, 0)
        while messages.count < LotFleet.portion, time.due(lot.nextInstant) <= limit {
            let due = time.due(lot.nextInstant)
            guard let report = lot.next() else {
                lost += 1
                continue
            }
            if now.microseconds(since: due) > LotFleet.patience {
                left += 1
                continue
            }
            // Nothing is observed after now: what is a few milliseconds early says when it was published.
            let made = simulator.message(report, ofLot: index, stampedAt: min(due, now))
            guard let topic = try? TopicName(made.topic) else { continue }
            if report.isChange { changes += 1 }
            messages.append(MQTTMessage(topic: topic, payload: made.payload, qos: .atLeastOnce))
        }
        tally.made(changes: changes, lost: lost, left: left)
        return messages
    }

    private func publish(_ messages: [MQTTMessage], _ client: MQTTClient) async {
        guard !messages.isEmpty, let summary = try? await client.publish(contentsOf: messages) else { return }
        tally.published(acknowledged: summary.succeeded, failed: summary.failed)
    }
}

extension LEDColor {
    /// What a command to an LED says; nil for what is no colour.
    fileprivate init?(_ payload: [UInt8]) {
        var reader = JSONReader(payload)
        var color: String?
        do throws(Refusal) {
            try reader.object { (key, reader) throws(Refusal) in
                if key == "color" { color = try reader.string() } else { try reader.skip() }
            }
        } catch {
            return nil
        }
        guard let color, let known = LEDColor(rawValue: color) else { return nil }
        self = known
    }
}

/// What simulated car parks have done so far.
final class LotTally: Sendable {
    struct Counts: Sendable {
        var connected = 0
        /// Controllers that were not let in.
        var refused = 0
        /// Reports because a car came or went.
        var changes = 0
        /// Reports that got lost on purpose.
        var lost = 0
        /// Reports that were not sent, because they were too late.
        var left = 0
        var acknowledged = 0
        var failed = 0
        /// Commands to LEDs that arrived, by colour.
        var commands: [LEDColor: Int] = [:]
        /// Commands that named no colour.
        var otherCommands = 0

        var allCommands: Int { commands.values.reduce(otherCommands, +) }
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func connected(by change: Int) {
        state.withLock { $0.connected = max(0, $0.connected + change) }
    }

    func refused() {
        state.withLock { $0.refused += 1 }
    }

    func made(changes: Int, lost: Int, left: Int) {
        state.withLock {
            $0.changes += changes
            $0.lost += lost
            $0.left += left
        }
    }

    func published(acknowledged: Int, failed: Int) {
        state.withLock {
            $0.acknowledged += acknowledged
            $0.failed += failed
        }
    }

    func commanded(_ color: LEDColor?) {
        state.withLock { counts in
            if let color { counts.commands[color, default: 0] += 1 } else { counts.otherCommands += 1 }
        }
    }
}
