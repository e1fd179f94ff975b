internal import HubModel
internal import SQL
internal import SolutionKit

/// What nodes say: who may say it, what it says, then what changes by it.
extension NodesHandler {
    func telemetry(_ message: DeviceMessage, in line: inout LineContext) throws {
        let known = find(message.topic[2])
        let name = try known?.node.name ?? NodeName.read(message.topic[2])
        try authorize(message.origin.sender, for: name, known, in: &line)
        let payload = try TelemetryPayload(message.payload)
        try NodesHandler.check(payload.nodeID, is: name)
        let entry = try known ?? admit(name, message, in: &line)
        let values = try take(payload.fields, of: entry, message, in: &line)

        let counts = counts(message, isGoodbye: false, for: entry.node, in: line)
        // Not undone with the message: what was seen of the clock was seen, also when the store refuses the reading.
        let wasInDoubt = entry.node.telemetryClock.isInDoubt
        let (observed, isLate) = NodesHandler.judge(
            &entry.node.telemetryClock, payload.claimed, message, counts: counts)
        if !values.isEmpty {
            let reading = Reading(
                device: name.device, measurement: "telemetry", observed: observed, receivedAt: message.receivedAt,
                isLate: isLate, fields: values)
            line.append(reading)
            if !isLate {
                line.show(
                    LiveEvent(
                        topic: entry.telemetryTopic, data: .reading(reading, idName: "node_id"), needs: .viewNodes,
                        at: entry.node.site))
            }
        }
        if !isLate {
            entry.node.rssi = payload.rssi ?? entry.node.rssi
            entry.node.uptimeSeconds = payload.uptimeSeconds ?? entry.node.uptimeSeconds
        }
        guard counts else { return }
        try noteContact(with: entry, message, isGone: message.isWill, isNew: known == nil, in: &line)
        if entry.node.telemetryClock.isInDoubt != wasInDoubt { try save(entry, in: &line) }
    }

    /// A message's values as the node's fields have them. What differs is refused for its field alone.
    private func take(
        _ values: [ReadingField], of entry: NodeEntry, _ message: DeviceMessage, in line: inout LineContext
    ) throws -> [ReadingField] {
        let verdict = try entry.node.take(values, at: message.receivedAt)
        guard let fields = verdict.fields else { return verdict.values }
        let before = entry.node.fields
        line.ifUndone { entry.node.fields = before }
        entry.node.fields = fields
        // A field's first refusal is shown at once; how often it goes on is written with the node.
        let urgent =
            verdict.settled + verdict.refusing.filter { !before.indices.contains($0) || before[$0].refusal == nil }
        if !urgent.isEmpty {
            try NodeTable.write(fields: urgent, of: entry.node, in: try line.transaction())
        }
        if !verdict.refusing.isEmpty {
            line.refuse(values: verdict.refusing.count)
            entry.refusing.formUnion(verdict.refusing)
        }
        return verdict.values
    }

    func status(_ message: DeviceMessage, in line: inout LineContext) throws {
        let known = find(message.topic[2])
        let name = try known?.node.name ?? NodeName.read(message.topic[2])
        try authorize(message.origin.sender, for: name, known, in: &line)
        // An empty payload takes a retained status back (MQTT 5.0, section 3.3.1.3); the node says nothing by it.
        if message.payload.isEmpty { return }
        let payload = try StatusPayload(message.payload, of: name)
        try NodesHandler.check(payload.nodeID, is: name)
        let entry = try known ?? admit(name, message, in: &line)

        let counts = counts(message, isGoodbye: payload.word == "offline", for: entry.node, in: line)
        let health = payload.healthFields
        let wasInDoubt = entry.node.statusClock.isInDoubt
        // An answer to a command alone says nothing of the node that could be out of order.
        var clock = entry.node.statusClock
        let (observed, isLate) = NodesHandler.judge(&clock, payload.claimed, message, counts: counts)
        if !health.isEmpty { entry.node.statusClock = clock }
        if !health.isEmpty {
            line.append(
                Reading(
                    device: name.device, measurement: "status", observed: observed, receivedAt: message.receivedAt,
                    isLate: isLate, fields: health))
        }
        if !health.isEmpty, !isLate {
            entry.node.rssi = payload.rssi?.wholeNumber ?? entry.node.rssi
            entry.node.uptimeSeconds = payload.uptime?.wholeNumber ?? entry.node.uptimeSeconds
            entry.node.heapBytes = payload.heap?.wholeNumber ?? entry.node.heapBytes
            if let firmware = payload.firmware, firmware != entry.node.firmware {
                entry.node.firmware = firmware
                entry.upkeep.registering.hurry()
            }
        }
        let saysGoodbye = payload.word == "offline" && !isLate
        if counts {
            try noteContact(
                with: entry, message, isGone: message.isWill || saysGoodbye, isNew: known == nil,
                isNews: !health.isEmpty && !isLate, in: &line)
        }
        if entry.node.statusClock.isInDoubt != wasInDoubt { try save(entry, in: &line) }
        if let answer = payload.answer {
            try line.commands.answered(answer, by: name.device, at: message.receivedAt, in: &line)
        }
    }

    /// When something was observed, and whether that is history. What does not count, such as the will of a client that speaks for the
    /// node no longer, is history, and says nothing of the node's clock.
    private static func judge(
        _ clock: inout DeviceClock, _ claimed: Timestamp?, _ message: DeviceMessage, counts: Bool
    ) -> (observed: ObservationTime, isLate: Bool) {
        guard counts else { return (ObservationTime(claimed: claimed, receivedAt: message.receivedAt), true) }
        return clock.take(claimed, receivedAt: message.receivedAt, isRepeat: message.isRepeat)
    }

    private static func check(_ spelling: String?, is name: NodeName) throws(Refusal) {
        guard let spelling, !name.isSpelled(spelling) else { return }
        throw Refusal(.identifierMismatch, "node_id names another node than the topic.")
    }

    /// Whether the sender may speak for a node; `entry` is nil for one that was never heard of.
    private func authorize(
        _ sender: MessageOrigin.Sender, for name: NodeName, _ entry: NodeEntry?, in line: inout LineContext
    ) throws {
        if let entry { return try speakers.check(sender, for: entry, in: &line) }
        try speakers.checkFirst(
            sender, for: name.device, orElse: Refusal(.forbidden, "There is no device \(name.device)."), in: &line)
    }

    /// First contact: the node gets its rows. In a closed hub the device has one already.
    private func admit(_ name: NodeName, _ message: DeviceMessage, in line: inout LineContext) throws -> NodeEntry {
        let transaction = try line.transaction()
        _ = try devices.admit(
            name.device, kind: .node, from: message.origin.address, at: message.receivedAt, in: transaction)
        guard let site = try devices.site(of: name.device, in: transaction) else {
            throw Refusal(.forbidden, "\(name.device) is not admitted.")
        }
        // A name that comes back goes on with its history.
        let node =
            try NodeTable.one(name, evenRemoved: true, of: devices, in: transaction)
            ?? Node(name, site: site, wireID: message.topic[2], at: message.receivedAt)
        let entry = NodeEntry(node)
        if case .device(let speaker) = message.origin.sender, speaker != name.device { entry.upkeep.speaker = speaker }
        try NodeTable.insert(entry.node, in: transaction)
        roster.insert(entry)
        line.ifUndone { self.roster.remove(entry) }
        return entry
    }

    /// Whether a message says something of the node as it is now. A will speaks for the connection that set it alone, and so does a
    /// goodbye: when another client speaks for the node meanwhile, neither says anything of the node.
    private func counts(
        _ message: DeviceMessage, isGoodbye: Bool, for node: Node, in line: borrowing LineContext
    ) -> Bool {
        guard message.isWill || isGoodbye, let clientID = message.origin.clientID, let speaker = node.clientID,
            clientID != speaker
        else { return true }
        return !message.isWill && !line.commands.isConnected(speaker)
    }

    /// What every message says beside its content: that the node is there (or gone), and who speaks for it from where.
    private func noteContact(
        with entry: NodeEntry, _ message: DeviceMessage, isGone: Bool, isNew: Bool, isNews: Bool = false,
        in line: inout LineContext
    ) throws {
        var isUrgent = isNew
        let before = entry.node.liveness
        let isChanged =
            isGone
            ? entry.node.liveness.left(at: message.receivedAt) : entry.node.liveness.heard(at: message.receivedAt)
        if isChanged {
            isUrgent = true
            line.ifUndone {
                entry.node.liveness = before
                self.roster.schedule(entry)
            }
        }
        roster.schedule(entry)
        if entry.node.wireID != message.topic[2] { entry.node.wireID = message.topic[2] }
        // A will is sent by the broker, after the client is gone.
        if !message.isWill, let clientID = message.origin.clientID, clientID != entry.node.clientID {
            roster.setClient(clientID, of: entry, in: &line)
            // Whose will counts is not to be forgotten by a crash.
            isUrgent = true
            // It may have a filter for all nodes, which now counts for this one.
            line.commands.heard(entry.node.name.device)
        }
        if let address = message.origin.address, address != entry.node.address, address.utf8.count <= 64 {
            entry.node.address = address
            entry.upkeep.registering.hurry()
        }
        if isUrgent { try save(entry, in: &line) } else { roster.markDirty(entry) }
        if isNew || isChanged { noteState(of: entry, in: &line) }
        if isNew || isChanged || isNews { try showState(of: entry, in: &line) }
    }
}
