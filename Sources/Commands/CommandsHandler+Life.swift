internal import HubModel
internal import SQL
internal import SolutionKit

/// The life of commands: asked for, published, answered, and how they end. Where each is on its way: `CommandsHandler+Delivery`.
extension CommandsHandler {
    func ask(
        _ device: DeviceID, _ request: CommandRequest, by caller: Caller, at sites: SiteScope,
        in line: inout LineContext
    ) throws -> Command {
        guard let known = find(device) else {
            throw Refusal(.notFound, "\(device) was not heard of yet: it takes commands after its first report.")
        }
        guard sites.contains(known.target.site) else { throw Refusal(.notFound, "There is no device \(device).") }
        try known.form.check(request)
        let maySee = caller.grants.scope(of: known.form.see).contains(known.target.site)
        return try requests.once(request, to: device, by: caller, showingAnswer: maySee, in: &line) { line in
            try ask(known, request, by: caller, in: &line)
        }
    }

    private func ask(
        _ known: Known, _ request: CommandRequest, by caller: Caller, in line: inout LineContext
    ) throws -> Command {
        let device = known.device
        let command = try book.enqueue(
            device: device, name: request.name, parameters: request.parameters,
            timeToLiveSeconds: request.timeToLiveSeconds, timeoutSeconds: request.timeoutSeconds, at: line.now,
            in: try line.transaction())
        // Never its parameters: they may hold what only the device should know.
        let entry = AuditEntry(
            caller, .sendCommand, target: "device:\(device)",
            facts: [("command", command.name), ("command_id", command.id)])
        try audit.record(entry, at: line.now, in: try line.transaction())
        show(command, in: &line)
        try dispatch(device, in: &line)
        return command
    }

    /// Publishes what waits in the queue for a device, oldest first, if a client of its own listens for it; otherwise wakes those who ask
    /// for it.
    func dispatch(_ device: DeviceID, in line: inout LineContext) throws {
        // A client that subscribes, or a device that speaks, brings it back.
        guard let known = find(device), let topic = known.form.topic,
            let listener = try listener(for: known, in: &line)
        else {
            waiting.remove(device)
            line.afterCommit { [polls] in polls.signal(device) }
            return
        }
        var open = try book.open(device: device, in: try line.transaction())
        for index in open.indices {
            guard case .session(let client, isConnected: false) = holder(of: open[index]),
                ClientName.owner(of: client) == ClientName.owner(of: listener.client), client != listener.client
            else { continue }
            open[index] = try take(.abandoned(client), for: open[index], in: &line)
        }
        var onTheWay = open.count { holder(of: $0).isOnTheWay }
        var isLeft = false
        for command in open where holder(of: command) == .queue {
            guard onTheWay < known.form.inFlight else {
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
                self.waiting.insert(device)
            }
            line.publish(
                OutgoingMessage(
                    topic: topic.text(listener.spelling), payload: known.form.encoding.encode(command),
                    qualityOfService: 1, expirySeconds: UInt32(clamping: seconds), token: command.id))
        }
        if !isLeft { waiting.remove(device) }
    }

    /// Answers to commands that nobody here gave are none of our business, and one that comes too late is too late whether or not the tick
    /// has said so.
    func answered(
        _ answer: CommandAnswer, by device: DeviceID, at instant: Timestamp, in line: inout LineContext
    ) throws {
        let transaction = try line.transaction()
        for command in try book.open(device: device, in: transaction) {
            _ = try end(command, ifDueBy: instant, in: &line)
        }
        let command: Command?
        switch answer.addressee {
        case .identifier(let id): command = try book.command(id, device: device, in: transaction)
        case .name(let name):
            command = try book.open(device: device, in: transaction).first {
                $0.name == name && holder(of: $0) != .queue
            }
        }
        guard let command else { return }
        handovers.remove(command.id)
        try advance(
            command.id, to: answer.outcome == .done ? .done : .failed, result: answer.result, error: answer.error,
            in: &line)
        try dispatch(device, in: &line)
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
        waiting.insert(command.device)
        return command
    }

    /// Takes a step, if the command's present state allows it, and shows it.
    /// - Parameter instant: when that was; nil: now.
    func advance(
        _ id: String, to state: CommandState, result: String? = nil, error: String? = nil, at instant: Timestamp? = nil,
        in line: inout LineContext
    ) throws {
        let command = try book.advance(
            id, to: state, result: result, error: error, at: instant ?? line.now, in: try line.transaction())
        if let command { show(command, in: &line) }
    }

    private func show(_ command: Command, in line: inout LineContext) {
        // A command of a device that is not there any more concerns nobody.
        guard let known = find(command.device), let topic = known.form.liveTopic else { return }
        var writer = JSONWriter()
        writer.write(command, naming: known.form.ownMembers)
        line.show(
            LiveEvent(
                topic: topic.text(command.device), data: .json(writer.bytes), needs: known.form.see,
                at: known.target.site))
    }
}
