internal import HubModel
internal import MQTTClient
internal import MQTTCodec
internal import NIOCore
internal import NIOPosix
internal import SolutionKit
internal import Synchronization

/// A simulated fleet as real MQTT clients: they connect over the socket, each with its key, come back when the connection is lost, and do
/// what their devices say.
struct Fleet<Simulated: SimulatedFleet>: Sendable {
    typealias Device = Simulated.Device
    typealias Count = Device.Count

    let simulated: Simulated
    let book = FleetBook<Count>()
    private let broker: HostPort
    private let clock: any WallClock
    private let keys: DeviceKeys
    private let tokens: [String]

    /// A device's `nextDue` is looked at again after so many microseconds: a message may have brought it nearer.
    private static var longestWait: Int64 { 1_000_000 }

    /// A fleet; its programs' tokens are read at once.
    /// - Throws: `SettingError` for a token that cannot be read.
    init(_ simulated: Simulated, broker: HostPort, clock: any WallClock, keys: DeviceKeys) throws {
        self.simulated = simulated
        self.broker = broker
        self.clock = clock
        self.keys = keys
        tokens = try simulated.programs.map { try TokenFile.read($0.tokenFile, option: $0.option) }
    }

    /// Runs until the task is cancelled; then the devices say goodbye.
    func run() async {
        var programs: [MQTTClient] = []
        for (place, program) in simulated.programs.enumerated() {
            guard let client = try? client(of: program, token: tokens[place]) else { return }
            do {
                try await client.connect()
            } catch MQTTClientError.refused {
                return book.note { $0.noteRefused(program: place) }
            } catch {
                return
            }
            programs.append(client)
        }
        await withDiscardingTaskGroup { [programs] group in
            for index in 0..<simulated.count {
                group.addTask { await runClient(index, programs) }
            }
        }
        for client in programs { await client.disconnect() }
    }

    private func runClient(_ index: Int, _ programs: [MQTTClient]) async {
        let plan = simulated.client(index)
        if plan.delay > 0 {
            guard (try? await Task.sleep(for: .microseconds(plan.delay))) != nil else { return }
        }
        guard let client = try? client(plan) else { return }
        let run = ClientRun(client: client, programs: programs)
        await connect(run, plan, index)
        await client.disconnect()
    }

    private func connect(_ run: ClientRun, _ plan: SimulatedClient, _ index: Int) async {
        do {
            try await run.client.connect()
        } catch MQTTClientError.refused {
            // Coming back would not help: it is not one of the hub's devices, or its key is another.
            return book.note { $0.noteRefused() }
        } catch {
            return
        }
        let device = DeviceBox(simulated.device(index, at: clock.now()))
        let filters = plan.subscriptions.compactMap { try? TopicFilter($0) }
        guard
            (try? await run.client.subscribe(filters.map { Subscription(filter: $0, maximumQoS: .atLeastOnce) })) != nil
        else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listen(device, run) }
            group.addTask { await drive(device, run) }
            await group.next()
            group.cancelAll()
        }
    }

    private func listen(_ device: DeviceBox<Device>, _ run: ClientRun) async {
        for await received in run.client.messages {
            let message = SimulatedMessage(
                topic: received.message.topic.text.description, payload: received.message.payload)
            await perform(device.take(.message(message), at: clock.now()), run)
        }
    }

    private func drive(_ device: DeviceBox<Device>, _ run: ClientRun) async {
        while !Task.isCancelled {
            let wait = device.nextDue.microseconds(since: clock.now())
            if wait > 0 {
                try? await Task.sleep(for: .microseconds(min(wait, Fleet.longestWait)))
            } else {
                let isStored = await perform(device.take(.due, at: clock.now()), run)
                await perform(device.take(.settled(isStored: isStored), at: clock.now()), run)
            }
        }
    }

    /// - Returns: whether all that was published is acknowledged.
    @discardableResult
    private func perform(_ actions: [SimulatedAction<Count>], _ run: ClientRun) async -> Bool {
        var messages: [SimulatedSender: [MQTTMessage]] = [:]
        book.note { tally in
            for action in actions {
                switch action {
                case .count(let count, let number): tally.note(count, by: number)
                case .publish(let message, let sender):
                    guard let topic = try? TopicName(message.topic) else { continue }
                    messages[sender, default: []].append(
                        MQTTMessage(topic: topic, payload: message.payload, qos: .atLeastOnce))
                }
            }
        }
        // What devices say comes before what programs make of it.
        var isStored = true
        for (place, client) in run.senders {
            guard let publications = messages[place] else { continue }
            guard let summary = try? await client.publish(contentsOf: publications) else { return false }
            isStored = isStored && summary.failed == 0
            book.note { $0.notePublished(acknowledged: summary.succeeded, failed: summary.failed) }
        }
        return isStored
    }

    private func client(of program: SimulatedProgram, token: String) throws -> MQTTClient {
        var configuration = try configuration(program.identifier)
        configuration.userName = try MQTTString(program.userName)
        configuration.password = Array(token.utf8)
        return MQTTClient(configuration: configuration, eventLoop: MultiThreadedEventLoopGroup.singleton.next())
    }

    private func client(_ plan: SimulatedClient) throws -> MQTTClient {
        var configuration = try configuration(plan.identifier)
        configuration.incomingBuffer = 1_024
        if let will = plan.will {
            configuration.will = Will(topic: try TopicName(will.topic), payload: will.payload, qos: .atLeastOnce)
        }
        if let credentials = keys.credentials(of: plan.names) {
            configuration.userName = try MQTTString(credentials.userName)
            configuration.password = Array(credentials.key.utf8)
        }
        let book = book
        configuration.onEvent = { event in
            switch event {
            case .connected: book.note { $0.noteConnected() }
            case .disconnected: book.note { $0.noteDisconnected() }
            case .resubscribeRefused: break
            }
        }
        return MQTTClient(configuration: configuration, eventLoop: MultiThreadedEventLoopGroup.singleton.next())
    }

    private func configuration(_ identifier: String) throws -> MQTTClientConfiguration {
        var configuration = MQTTClientConfiguration(
            host: broker.host, port: broker.port, version: .v5_0, clientIdentifier: try MQTTString(identifier))
        configuration.keepAlive = 30
        return configuration
    }
}

/// A client that runs, and the programs beside it.
private struct ClientRun: Sendable {
    let client: MQTTClient
    let programs: [MQTTClient]

    var senders: [(SimulatedSender, MQTTClient)] {
        [(.itself, client)] + programs.enumerated().map { (.program($0.offset), $0.element) }
    }
}

/// A device, which its clock and its messages take turns with.
private final class DeviceBox<Device: SimulatedDevice>: Sendable {
    private let state: Mutex<Device>

    init(_ device: Device) {
        state = Mutex(device)
    }

    var nextDue: Timestamp { state.withLock { $0.nextDue } }

    func take(_ event: SimulatedEvent, at now: Timestamp) -> [SimulatedAction<Device.Count>] {
        state.withLock { $0.take(event, at: now) }
    }
}
