internal import HubModel
internal import MQTTClient
internal import MQTTCodec
internal import NIOCore
internal import NIOPosix
internal import Parking
internal import SolutionKit
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
    /// What drivers pay for each started hour, in minor units; nil: nobody pays.
    var hourMinor: Int64?
    /// The personal access token of the program that takes payments: sensors may not. Without one the controllers publish them, which only
    /// a hub with --open takes.
    var token: String?
    let tally = LotTally()

    /// Reports that are due within so many microseconds are published together.
    private static let together: Int64 = 20_000
    /// As many as are published together at most.
    private static let portion = 500
    /// Reports that are later than this are not made up for, in microseconds: the hub was away, and what counts is how it is now.
    private static let patience: Int64 = 10_000_000

    /// Runs until the task is cancelled.
    func run() async {
        var payer: MQTTClient?
        if hourMinor != nil, let token {
            guard let client = try? self.payer(token) else { return }
            do {
                try await client.connect()
            } catch MQTTClientError.refused {
                return tally.payerRefused()
            } catch {
                return
            }
            payer = client
        }
        await withDiscardingTaskGroup { [payer] group in
            for lot in 0..<simulator.lots {
                group.addTask { await runLot(lot, payer) }
            }
        }
        await payer?.disconnect()
    }

    private func payer(_ token: String) throws -> MQTTClient {
        var configuration = MQTTClientConfiguration(
            host: broker.host, port: broker.port, version: .v5_0,
            clientIdentifier: try MQTTString("\(simulator.lotPrefix)-payments"))
        configuration.keepAlive = 30
        configuration.userName = try MQTTString("payments")
        configuration.password = Array(token.utf8)
        return MQTTClient(configuration: configuration, eventLoop: MultiThreadedEventLoopGroup.singleton.next())
    }

    private func runLot(_ index: Int, _ payer: MQTTClient?) async {
        guard let client = try? client(index) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watchLEDs(client) }
            group.addTask { await report(client, index, payer) }
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

    private func report(_ client: MQTTClient, _ index: Int, _ payer: MQTTClient?) async {
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
        await drive(client, index, payer)
    }

    private func drive(_ client: MQTTClient, _ index: Int, _ payer: MQTTClient?) async {
        var lot = simulator.lot(
            index, from: time.start, heartbeat: time.span(ofSeconds: heartbeatSeconds), paying: hourMinor != nil)
        while !Task.isCancelled {
            let wait = time.due(min(lot.nextInstant, lot.nextPayment)).microseconds(since: clock.now())
            if wait > 0 {
                guard (try? await Task.sleep(for: .microseconds(wait))) != nil else { return }
            }
            let (reports, payments) = batch(&lot, index)
            guard let payer else {
                await publish(reports + payments, client)
                continue
            }
            await publish(reports, client)
            await publish(payments, payer)
        }
    }

    /// What is due now: what sensors say, and what drivers pay. Who has just left has paid before; the time stamps say so.
    private func batch(_ lot: inout SimulatedLot, _ index: Int) -> (reports: [MQTTMessage], payments: [MQTTMessage]) {
        let now = clock.now()
        let limit = now.advanced(byMicroseconds: LotFleet.together)
        var (reports, payments): ([MQTTMessage], [MQTTMessage]) = ([], [])
        var (changes, lost, left) = (0, 0, 0)
        while reports.count + payments.count < LotFleet.portion {
            let due = time.due(min(lot.nextInstant, lot.nextPayment))
            guard due <= limit else { break }
            let isLeftOut = now.microseconds(since: due) > LotFleet.patience
            // Nothing is observed after now: what is a few milliseconds early says when it was published.
            let stamp = min(due, now)
            if let payment = lot.payment(before: lot.nextInstant) {
                if !isLeftOut { payments += message(payment, index, stamp) }
                continue
            }
            guard let report = lot.next() else {
                lost += 1
                continue
            }
            if isLeftOut {
                left += 1
                continue
            }
            let made = simulator.message(report, ofLot: index, stampedAt: stamp)
            guard let topic = try? TopicName(made.topic) else { continue }
            if report.isChange { changes += 1 }
            reports.append(MQTTMessage(topic: topic, payload: made.payload, qos: .atLeastOnce))
        }
        tally.made(changes: changes, lost: lost, left: left, payments: payments.count)
        return (reports, payments)
    }

    /// A payment for as long as the hub sees the car: its clock does not run faster.
    private func message(_ payment: SimulatedLot.Payment, _ index: Int, _ stamp: Timestamp) -> [MQTTMessage] {
        guard let hourMinor else { return [] }
        let stay = time.due(payment.leavesAt).microseconds(since: time.due(payment.arrivedAt))
        let hours = max(1, (stay + 3_599_999_999) / 3_600_000_000)
        let made = simulator.message(payment, ofLot: index, minor: hours * hourMinor, stampedAt: stamp)
        guard let topic = try? TopicName(made.topic) else { return [] }
        return [MQTTMessage(topic: topic, payload: made.payload, qos: .atLeastOnce)]
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
        /// Whether the program that takes payments was not let in.
        var isPayerRefused = false
        /// Payments that drivers made.
        var payments = 0
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

    func payerRefused() {
        state.withLock { $0.isPayerRefused = true }
    }

    func made(changes: Int, lost: Int, left: Int, payments: Int) {
        state.withLock {
            $0.payments += payments
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
