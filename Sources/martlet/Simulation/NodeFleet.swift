internal import HubModel
internal import MQTTClient
internal import MQTTCodec
internal import NIOCore
internal import NIOPosix
internal import Nodes
internal import Synchronization

/// Simulated nodes as real MQTT clients: they connect over the socket, come back when the connection is lost, report,
/// and answer commands.
struct NodeFleet: Sendable {
    let simulator: NodesSimulator
    let broker: HostPort
    let clock: any WallClock
    /// What the nodes show when they connect; a node without a key shows nothing.
    var keys = NodeKeys.none
    let tally = FleetTally()

    /// A node says how it is every so many of its reports.
    private static let reportsPerStatus = 30

    /// Runs until the task is cancelled; then the nodes say goodbye.
    func run() async {
        await withDiscardingTaskGroup { group in
            for index in 0..<simulator.count {
                group.addTask { await runNode(index) }
            }
        }
    }

    private func runNode(_ index: Int) async {
        // Spread over the interval, so that a fleet does not speak in chorus.
        guard (try? await Task.sleep(for: .microseconds(simulator.phase(index)))) != nil else { return }
        guard let client = try? client(index) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await answerCommands(client, index) }
            group.addTask { await report(client, index) }
            await group.next()
            group.cancelAll()
        }
        await client.disconnect()
    }

    private func client(_ index: Int) throws -> MQTTClient {
        var configuration = MQTTClientConfiguration(
            host: broker.host, port: broker.port, version: .v5_0,
            clientIdentifier: try MQTTString(simulator.clientID(index)))
        let will = simulator.will(index)
        configuration.will = Will(topic: try TopicName(will.topic), payload: will.payload, qos: .atLeastOnce)
        configuration.keepAlive = 30
        if let credentials = keys.credentials(ofNode: simulator.id(index)) {
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

    private func answerCommands(_ client: MQTTClient, _ index: Int) async {
        for await received in client.messages {
            guard let answer = simulator.answer(to: received.message.payload, node: index, at: clock.now()) else {
                continue
            }
            await publish(answer, client)
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
        guard let filter = try? TopicFilter(simulator.commandTopic(index)),
            (try? await client.subscribe([Subscription(filter: filter, maximumQoS: .atLeastOnce)])) != nil
        else { return }
        var reports = 0
        var due = clock.now()
        while !Task.isCancelled {
            if reports % NodeFleet.reportsPerStatus == 0 {
                await publish(simulator.status(index, at: clock.now()), client)
            }
            await publish(simulator.telemetry(index, at: clock.now()), client)
            reports += 1
            due = due.advanced(byMicroseconds: simulator.interval)
            let wait = due.microseconds(since: clock.now())
            // A hub that was away: go on from now instead of making up for every report that was missed.
            if wait < -simulator.interval { due = clock.now() }
            if wait > 0 { try? await Task.sleep(for: .microseconds(wait)) }
        }
    }

    private func publish(_ message: NodesSimulator.Message, _ client: MQTTClient) async {
        guard let topic = try? TopicName(message.topic) else { return }
        do {
            try await client.publish(MQTTMessage(topic: topic, payload: message.payload, qos: .atLeastOnce))
            tally.acknowledged()
        } catch is CancellationError {
            return
        } catch {
            tally.failed()
        }
    }
}

/// What a fleet has done so far.
final class FleetTally: Sendable {
    struct Counts: Sendable {
        var connected = 0
        var acknowledged = 0
        var failed = 0
        /// Nodes that were not let in.
        var refused = 0
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func connected(by change: Int) {
        state.withLock { $0.connected = max(0, $0.connected + change) }
    }

    func acknowledged() {
        state.withLock { $0.acknowledged += 1 }
    }

    func failed() {
        state.withLock { $0.failed += 1 }
    }

    func refused() {
        state.withLock { $0.refused += 1 }
    }
}
