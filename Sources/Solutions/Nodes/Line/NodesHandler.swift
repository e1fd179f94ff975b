internal import HubModel
internal import SQL
internal import SolutionKit

/// The nodes inside the line. It keeps all nodes in memory, so that telemetry costs no statement: what changes with every
/// message (last seen) is written at the end of a batch, at most once a second for each node.
final class NodesHandler: TakesCommands {
    let devices: any DeviceBook
    let commands: any CommandBook
    /// Who may speak for which node.
    let speakers: SpeakerRights
    /// What the tables say, once `load` has read it.
    var roster = Roster<NodeEntry>()
    private var spellings = NodeSpellings()
    /// For nodes that speak HTTP; those over MQTT have the line's.
    private var refusals = RefusalAllowance()

    /// The largest payload that is read, in bytes.
    static let maximumPayloadBytes = 65_536
    /// Nodes written at the end of one batch: a fleet of 100,000 must not hold up the messages with its last-seen times.
    private static let savesPerBatch = 100

    init(_ services: LineServices) {
        devices = services.devices
        commands = services.commands
        speakers = SpeakerRights(
            services.devices, keyless: .refused("A node shows its key."), members: .registered)
    }

    /// A node by any spelling of its name.
    func find(_ spelling: String) -> NodeEntry? { spellings.find(spelling, in: roster) }

    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        guard message.topic.count == 4 else { throw Refusal(.unknownTopic, "Nodes have no such topic.") }
        guard message.payload.count <= NodesHandler.maximumPayloadBytes else {
            throw Refusal(.tooLarge, "A node's message has at most \(NodesHandler.maximumPayloadBytes) bytes.")
        }
        switch message.topic[3] {
        case "telemetry": try telemetry(message, in: &line)
        case "status": try status(message, in: &line)
        default: throw Refusal(.unknownTopic, "Nodes have no such topic.")
        }
    }

    func presence(_ change: PresenceChange, in line: inout LineContext) throws {
        if case .disconnected(let clientID, isClean: true) = change { try saidGoodbye(clientID, in: &line) }
    }

    func tick(in line: inout LineContext) throws {
        while let entry = roster.nextDue(at: line.now) {
            let before = entry.node.liveness
            line.ifUndone {
                entry.node.liveness = before
                self.roster.schedule(entry)
            }
            _ = entry.node.liveness.passed(to: line.now)
            try save(entry, in: &line)
            noteState(of: entry, in: &line)
            try showState(of: entry, in: &line)
        }
    }

    func finishBatch(in line: inout LineContext) throws {
        for entry in roster.takeDirty(atMost: NodesHandler.savesPerBatch, in: line) { try save(entry, in: &line) }
    }

    func device(namedBy topic: [String]) -> DeviceID? {
        guard topic.count > 2, topic[0] == "iot", topic[1] == "node" else { return nil }
        return NodeName(topic[2])?.device
    }

    /// Keeps the refusal of a message that came over HTTP, whose own work is undone.
    func note(_ refusal: Refusal, of message: DeviceMessage, in line: inout LineContext) throws {
        let device: DeviceID? =
            if case .device(let device) = message.origin.sender { device } else { device(namedBy: message.topic) }
        guard let device, let leftOut = refusals.take(device, at: message.receivedAt) else { return }
        try devices.note(
            RefusedMessage(
                device: device, at: message.receivedAt, refusal: refusal, topic: message.topic,
                payload: message.payload, leftOut: leftOut), in: line.transaction())
    }

    func commandTarget(_ device: DeviceID) -> CommandTarget? {
        guard let name = NodeName(device.text), let entry = roster[name.device] else { return nil }
        return CommandTarget(
            kind: .node, site: entry.node.site, spelling: entry.node.wireID, speaker: entry.node.clientID,
            controller: entry.upkeep.speaker)
    }

    func commandDevices(spokenForBy client: String) -> [DeviceID] {
        roster.entries(of: client).map(\.device)
    }

    func forget() {
        roster = Roster()
        spellings = NodeSpellings()
    }

    func load(in line: inout LineContext) throws {
        forget()
        let nodes = try NodeTable.all(of: devices, in: try line.transaction())
        for node in nodes { roster.insert(NodeEntry(node)) }
        for entry in roster.all { noteState(of: entry, in: &line) }
    }
}
