internal import HubModel
internal import MQTTClient
internal import MQTTCodec
internal import SolutionKit

/// A simulated fleet as real clients of MQTT and HTTP: they connect over the socket, each with its key, come back when the connection is lost, and
/// do what their devices say.
struct Fleet<Simulated: SimulatedFleet>: Sendable {
    typealias Device = Simulated.Device
    typealias Count = Device.Count

    let simulated: Simulated
    let book = FleetBook<Count>()
    let hub: HubAddresses
    let clock: any WallClock
    let keys: DeviceKeys
    private let tokens: [String]

    /// A device's `nextDue` is looked at again after so many microseconds: a message may have brought it nearer.
    private static var longestWait: Int64 { 1_000_000 }

    /// A fleet; its programs' tokens are read at once.
    /// - Throws: `SettingError` for a token that cannot be read, and for clients over HTTP without the address of a hub.
    init(_ simulated: Simulated, hub: HubAddresses, clock: any WallClock, keys: DeviceKeys) throws {
        if hub.http == nil, (0..<simulated.count).contains(where: { simulated.client($0).session == nil }) {
            throw SettingError("\(simulated.noun) speak HTTP, but their options (speaksHTTP) do not say so")
        }
        self.simulated = simulated
        self.hub = hub
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
        switch plan.way {
        case .mqtt(let session): await run(plan, index, session, programs)
        case .http(let place): await run(plan, index, showing: place, Senders(itself: nil, programs: programs))
        }
    }

    /// Sleeps until an instant, or until it is time to look at it again.
    func wait(until instant: Timestamp) async {
        let wait = instant.microseconds(since: clock.now())
        guard wait > 0 else { return }
        try? await Task.sleep(for: .microseconds(min(wait, Fleet.longestWait)))
    }

    /// Does what a device says, but for its requests, which its turns hold.
    /// - Returns: whether all that was published is acknowledged.
    @discardableResult
    func perform(_ actions: [SimulatedAction<Count>], _ senders: Senders) async -> Bool {
        var messages: [SimulatedSender: [MQTTMessage]] = [:]
        var isStored = true
        book.note { tally in
            for action in actions {
                switch action {
                case .count(let count, let number): tally.note(count, by: number)
                case .publish(let message, let sender) where senders.has(sender):
                    guard let topic = try? TopicName(message.topic) else { continue }
                    messages[sender, default: []].append(
                        MQTTMessage(topic: topic, payload: message.payload, qos: .atLeastOnce))
                case .publish, .request:
                    tally.notePublished(acknowledged: 0, failed: 1)
                    isStored = false
                }
            }
        }
        // What devices say comes before what programs make of it.
        for (place, client) in senders.all {
            guard let publications = messages[place] else { continue }
            guard let summary = try? await client.publish(contentsOf: publications) else { return false }
            isStored = isStored && summary.failed == 0
            book.note { $0.notePublished(acknowledged: summary.succeeded, failed: summary.failed) }
        }
        return isStored
    }
}

/// On whose connections of MQTT a device's messages go out.
struct Senders: Sendable {
    /// Nil for a device over HTTP.
    let itself: MQTTClient?
    let programs: [MQTTClient]

    var all: [(SimulatedSender, MQTTClient)] {
        (itself.map { [(.itself, $0)] } ?? []) + programs.enumerated().map { (.program($0.offset), $0.element) }
    }

    func has(_ sender: SimulatedSender) -> Bool {
        switch sender {
        case .itself: itself != nil
        case .program(let place): programs.indices.contains(place)
        }
    }
}
