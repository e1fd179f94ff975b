internal import HubModel
internal import MQTTClient
internal import MQTTCodec
internal import NIOPosix
internal import SolutionKit
internal import Synchronization

/// Clients over MQTT, and the programs of people that publish for devices.
extension Fleet {
    /// Connects a device and does what it says, until the task is cancelled or the hub does not let it in.
    func run(_ plan: SimulatedClient, _ index: Int, _ session: SimulatedSession, _ programs: [MQTTClient]) async {
        guard let client = try? client(plan, session) else { return }
        let run = ClientRun(client: client, senders: Senders(itself: client, programs: programs))
        await connect(run, plan, session, index)
        await client.disconnect()
    }

    private func connect(_ run: ClientRun, _ plan: SimulatedClient, _ session: SimulatedSession, _ index: Int) async {
        do {
            try await run.client.connect()
        } catch MQTTClientError.refused {
            // Coming back would not help: it is not one of the hub's devices, or its key is another.
            return book.note { $0.noteRefused() }
        } catch {
            return
        }
        let credentials = keys.credentials(of: plan.names).map { SimulatedCredentials(name: $0.userName, key: $0.key) }
        let device = DeviceBox(simulated.device(index, at: clock.now(), showing: credentials))
        let filters = session.subscriptions.compactMap { try? TopicFilter($0) }
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
            await perform(device.take(.message(message), at: clock.now()), run.senders)
        }
    }

    private func drive(_ device: DeviceBox<Device>, _ run: ClientRun) async {
        while !Task.isCancelled {
            if device.nextDue > clock.now() {
                await wait(until: device.nextDue)
            } else {
                let isStored = await perform(device.take(.due, at: clock.now()), run.senders)
                await perform(device.take(.settled(isStored: isStored), at: clock.now()), run.senders)
            }
        }
    }

    /// The client of a program, not yet connected.
    func client(of program: SimulatedProgram, token: String) throws -> MQTTClient {
        var configuration = try configuration(program.identifier)
        configuration.userName = try MQTTString(program.userName)
        configuration.password = Array(token.utf8)
        return MQTTClient(configuration: configuration, eventLoop: MultiThreadedEventLoopGroup.singleton.next())
    }

    private func client(_ plan: SimulatedClient, _ session: SimulatedSession) throws -> MQTTClient {
        var configuration = try configuration(session.identifier)
        configuration.incomingBuffer = 1_024
        if let will = session.will {
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
            host: hub.mqtt.host, port: hub.mqtt.port, version: .v5_0, clientIdentifier: try MQTTString(identifier))
        configuration.keepAlive = 30
        return configuration
    }
}

/// A client that runs, and on whose connections its device publishes.
private struct ClientRun: Sendable {
    let client: MQTTClient
    let senders: Senders
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
