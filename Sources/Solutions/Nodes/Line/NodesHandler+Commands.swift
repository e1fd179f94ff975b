internal import HubModel
internal import SQL
internal import SolutionKit

/// The life of commands: asked for, published, answered, and how they end. Where each is on its way: `NodesHandler+Delivery`.
extension NodesHandler {
    /// Commands of one node that are on their way at the same time; small boards have small buffers.
    private static let inFlightLimit = 4

    /// A person asks a node of these sites to do something.
    /// - Throws: `Refusal` with `not_found` for a node that was never heard of there, `limit_reached`.
    func ask(
        _ name: NodeName, _ request: CommandRequest, at sites: SiteScope, in line: inout LineContext
    ) throws -> Command {
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

    /// Publishes what waits in the queue for a node, oldest first, if a client of its own listens for it.
    func dispatch(_ short: String, in line: inout LineContext) throws {
        // Whoever subscribes, or speaks, brings it back.
        guard let entry = roster[short], let listener = try listener(for: entry, in: &line) else {
            waiting.remove(short)
            return
        }
        var open = try commands.open(device: entry.node.name.device, in: try line.transaction())
        for index in open.indices {
            guard case .session(let client, isConnected: false) = holder(of: open[index]),
                ClientName.owner(of: client) == ClientName.owner(of: listener.client), client != listener.client
            else { continue }
            open[index] = try take(.abandoned(client), for: open[index], in: &line)
        }
        var onTheWay = open.count { command in
            switch holder(of: command) {
            case .broker, .connection, .session: true
            case .queue, .device: false
            }
        }
        var isLeft = false
        for command in open where holder(of: command) == .queue {
            guard onTheWay < NodesHandler.inFlightLimit else {
                isLeft = true
                break
            }
            // What is over is ended by the tick.
            guard command.expiresAt > line.now else { continue }
            onTheWay += 1
            let seconds = (command.expiresAt.microseconds(since: line.now) + 999_999) / 1_000_000
            _ = try take(.published, for: command, in: &line)
            line.ifUndone {
                self.handovers.remove(command.id)
                self.waiting.insert(short)
            }
            line.publish(
                OutgoingMessage(
                    topic: "iot/node/\(listener.spelling)/command", payload: command.message, qualityOfService: 1,
                    expirySeconds: UInt32(clamping: seconds), token: command.id))
        }
        if !isLeft { waiting.remove(short) }
    }

    /// The node says how a command ended. Answers to commands that nobody here gave are none of our business, and one that comes too late
    /// is too late whether or not the tick has said so.
    func answered(
        _ answer: CommandAnswer, at instant: Timestamp, by entry: Roster.Entry, in line: inout LineContext
    ) throws {
        let device = entry.node.name.device
        let transaction = try line.transaction()
        for command in try commands.open(device: device, in: transaction) {
            _ = try end(command, ifDueBy: instant, in: &line)
        }
        let command: Command?
        switch answer.addressee {
        case .identifier(let id): command = try commands.command(id, device: device, in: transaction)
        case .name(let name):
            command = try commands.open(device: device, in: transaction).first {
                $0.name == name && holder(of: $0) != .queue
            }
        }
        guard let command else { return }
        handovers.remove(command.id)
        try advance(
            command.id, to: answer.outcome == .done ? .done : .failed, result: answer.result, error: answer.error,
            in: &line)
        try dispatch(entry.node.name.short, in: &line)
    }

    /// Ends the commands that time has overtaken.
    func endOverdueCommands(in line: inout LineContext) throws {
        for command in try commands.overdue(kind: .node, at: line.now, in: try line.transaction()) {
            _ = try end(command, ifDueBy: line.now, in: &line)
        }
    }

    /// Ends a command that time has overtaken, as of the moment at which it did.
    /// - Returns: the command as it is now; nil when its time is not over.
    func end(_ command: Command, ifDueBy instant: Timestamp, in line: inout LineContext) throws -> Command? {
        guard let due = command.dueAt, due <= instant else { return nil }
        var command = command
        let isUnanswered = command.answerDueAt.map { $0 <= due } ?? false
        command.state =
            command.state == .delivered || (command.state == .sent && isUnanswered) ? .timedOut : .expired
        handovers.remove(command.id)
        try advance(command.id, to: command.state, at: max(due, command.updatedAt), in: &line)
        if let name = NodeName(command.device.text) { waiting.insert(name.short) }
        return command
    }

    /// Takes a step, if the command's present state allows it, and shows it.
    /// - Parameter instant: when that was; nil: now.
    func advance(
        _ id: String, to state: CommandState, result: String? = nil, error: String? = nil, at instant: Timestamp? = nil,
        in line: inout LineContext
    ) throws {
        let command = try commands.advance(
            id, to: state, result: result, error: error, at: instant ?? line.now, in: try line.transaction())
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
