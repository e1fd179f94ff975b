internal import HubModel
internal import SQL
internal import SolutionKit

/// The life of commands: queued, sent, delivered, and how they end.
extension NodesHandler {
    /// Commands of one node that are on their way at the same time; small boards have small buffers.
    private static let inFlightLimit = 4

    /// A person asks a node of these sites to do something.
    /// - Throws: `Refusal` with `not_found` for a node that was never heard of there, `limit_reached`.
    func ask(
        _ name: NodeName, _ request: CommandRequest, at sites: SiteScope, in line: inout LineContext
    ) throws -> Command {
        try prepare(in: &line)
        guard let entry = roster[name.short], sites.contains(entry.node.site) else {
            throw Refusal(.notFound, "there is no node \(name.device)")
        }
        let command = try commands.enqueue(
            device: entry.node.name.device, name: request.name, parameters: request.parameters,
            timeToLiveSeconds: request.timeToLiveSeconds, timeoutSeconds: request.timeoutSeconds, at: line.now,
            in: try line.transaction())
        show(command, in: &line)
        try dispatch(name.short, in: &line)
        return command
    }

    /// After a start all connections are new: what was sent and not acknowledged goes back to the queue.
    func resumeCommands(in line: inout LineContext) throws {
        let open = try commands.overdue(kind: .node, at: Timestamp(microseconds: .max), in: try line.transaction())
        for command in open {
            if let name = NodeName(command.device.text) { waiting.insert(name.short) }
            if command.state == .sent { try advance(command.id, to: .queued, in: &line) }
        }
    }

    /// Publishes what waits for a node, oldest first, if somebody listens for it.
    func dispatch(_ short: String, in line: inout LineContext) throws {
        guard let entry = roster[short] else {
            waiting.remove(short)
            return
        }
        guard let spelling = presence.spelling(for: entry.node) else {
            // Whoever subscribes brings it back.
            waiting.remove(short)
            return
        }
        let open = try commands.open(device: entry.node.name.device, in: try line.transaction())
        var onTheWay = open.count { $0.state == .sent || flights.contains($0.id) }
        var isLeft = false
        for command in open where command.state == .queued && !flights.contains(command.id) {
            guard onTheWay < NodesHandler.inFlightLimit else {
                isLeft = true
                break
            }
            // What is over is ended by the tick.
            guard command.expiresAt > line.now else { continue }
            onTheWay += 1
            let seconds = (command.expiresAt.microseconds(since: line.now) + 999_999) / 1_000_000
            flights.begin(command.id, of: short, at: line.now)
            line.ifUndone {
                _ = self.flights.end(command.id)
                self.waiting.insert(short)
            }
            line.publish(
                OutgoingMessage(
                    topic: "iot/node/\(spelling)/command", payload: command.message, qualityOfService: 1,
                    expirySeconds: UInt32(clamping: seconds), token: command.id))
        }
        if !isLeft { waiting.remove(short) }
    }

    /// Nobody listens for the node any more.
    func takeBack(from entry: Roster.Entry, in line: inout LineContext) throws {
        flights.end(of: entry.node.name.short)
        for command in try commands.open(device: entry.node.name.device, in: try line.transaction()) {
            waiting.insert(entry.node.name.short)
            if command.state == .sent { try advance(command.id, to: .queued, in: &line) }
        }
    }

    /// The broker passed a command on, or found nobody.
    func passedOn(_ token: String, to subscribers: Int, in line: inout LineContext) throws {
        guard let short = flights.end(token) else { return }
        if subscribers > 0 {
            try advance(token, to: .sent, in: &line)
        } else {
            waiting.insert(short)
        }
    }

    /// A client acknowledged a command; only the node's own counts.
    func acknowledged(_ token: String, by clientID: String, in line: inout LineContext) throws {
        for short in roster.nodes(of: clientID).union(presence.nodes(of: clientID)) {
            guard let entry = roster[short],
                let command = try commands.command(token, device: entry.node.name.device, in: try line.transaction())
            else { continue }
            // Its own report may come after this one, or never (a session that was resumed).
            if command.state == .queued { try advance(token, to: .sent, in: &line) }
            _ = flights.end(token)
            try advance(token, to: .delivered, in: &line)
            try dispatch(short, in: &line)
            return
        }
    }

    /// The node says how a command ended. Answers to commands that nobody here gave are none of our business.
    func answered(_ answer: CommandAnswer, by entry: Roster.Entry, in line: inout LineContext) throws {
        let device = entry.node.name.device
        let transaction = try line.transaction()
        let command: Command?
        switch answer.addressee {
        case .identifier(let id): command = try commands.command(id, device: device, in: transaction)
        case .name(let name):
            command = try commands.open(device: device, in: transaction).first {
                $0.name == name && ($0.state != .queued || flights.contains($0.id))
            }
        }
        guard let command else { return }
        _ = flights.end(command.id)
        try advance(
            command.id, to: answer.outcome == .done ? .done : .failed, result: answer.result, error: answer.error,
            in: &line)
        try dispatch(entry.node.name.short, in: &line)
    }

    /// Ends the commands that time has overtaken.
    func endOverdueCommands(in line: inout LineContext) throws {
        for command in try commands.overdue(kind: .node, at: line.now, in: try line.transaction()) {
            let isUnanswered = command.answerDueAt.map { $0 <= line.now } ?? false
            let end: CommandState =
                command.state == .delivered || (command.state == .sent && isUnanswered) ? .timedOut : .expired
            _ = flights.end(command.id)
            try advance(command.id, to: end, in: &line)
            if let name = NodeName(command.device.text) { waiting.insert(name.short) }
        }
    }

    /// Takes a step, if the command's present state allows it, and shows it.
    private func advance(
        _ id: String, to state: CommandState, result: String? = nil, error: String? = nil, in line: inout LineContext
    ) throws {
        let command = try commands.advance(
            id, to: state, result: result, error: error, at: line.now, in: try line.transaction())
        if let command { show(command, in: &line) }
    }

    private func show(_ command: Command, in line: inout LineContext) {
        // A command of a device that is no node any more concerns nobody.
        guard let site = NodeName(command.device.text).flatMap({ roster[$0.short]?.node.site }) else { return }
        var writer = JSONWriter()
        writer.write(command)
        line.show(
            LiveEvent(
                topic: "nodes/\(command.device)/commands", data: .json(writer.bytes), needs: .viewNodes, at: site))
    }
}
