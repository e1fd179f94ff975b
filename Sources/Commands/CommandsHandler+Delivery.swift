internal import HubModel
internal import SQL
internal import SolutionKit

/// Where commands are on their way (`CommandHolder`), out of what the broker says of them and of the clients that come and go.
extension CommandsHandler {
    /// After a start all connections are new: what was with one goes back to the queue. What a kept session owes stays with it, and what
    /// an answer carried is not given again by itself.
    func resume(_ open: [Command], in line: inout LineContext) throws {
        for command in open {
            waiting.insert(command.device)
            _ = try take(.restarted, for: command, in: &line)
        }
    }

    /// Where a command is.
    func holder(of command: Command) -> CommandHolder {
        if command.state == .delivered { return .device }
        if let kept = command.holder {
            return kept == CommandHolder.pollName
                ? .poll : .session(of: kept, isConnected: command.state == .sent)
        }
        // What was sent by an earlier process is with a connection that is gone.
        return handovers[command.id] ?? (command.state == .sent ? .connection(of: "") : .queue)
    }

    /// Something happened to an open command: keeps where it is now, and shows its state if that is another one. What time has ended
    /// before that has ended, whether or not the tick has said so.
    /// - Returns: the command as it is now.
    func take(_ event: CommandHolder.Event, for command: Command, in line: inout LineContext) throws -> Command {
        guard !command.state.isFinal else { return command }
        // When a connection was lost that a hub had which is gone, nobody knows.
        if event != .restarted, let ended = try end(command, ifDueBy: line.now, in: &line) { return ended }
        var command = command
        var holder = holder(of: command)
        guard holder.take(event) else { return command }
        if holder.kept != command.holder {
            try book.hold(command.id, by: holder.kept, in: try line.transaction())
            command.holder = holder.kept
            if case .session(let session, _) = holder { holders.insert(session) }
        }
        handovers.set(holder, of: command.id, at: line.now)
        if holder == .queue { waiting.insert(command.device) }
        guard holder.state != command.state else { return command }
        // Its own report may come after the acknowledgement, or never.
        if command.state == .queued, holder == .device { try advance(command.id, to: .sent, in: &line) }
        // A device that never answers has done what it has.
        let isDone = holder == .device && find(command.device)?.form.answers == false
        command.state = isDone ? .done : holder.state
        try advance(command.id, to: command.state, in: &line)
        return command
    }

    /// A client came or went, or its session is over: what it has of commands.
    func take(_ event: CommandHolder.Event, of clientID: String, in line: inout LineContext) throws {
        for id in handovers.commands(with: clientID) {
            guard let command = try book.command(id, in: try line.transaction()) else { continue }
            _ = try take(event, for: command, in: &line)
        }
        // Nearly all clients hold nothing: no statement for them.
        guard holders.contains(clientID) else { return }
        let held = try book.held(by: clientID, in: try line.transaction())
        for command in held { _ = try take(event, for: command, in: &line) }
        guard held.isEmpty else { return }
        holders.remove(clientID)
        line.ifUndone { self.holders.insert(clientID) }
    }

    /// Takes the broker's report on a command.
    func delivery(_ report: DeliveryReport, in line: inout LineContext) throws {
        let token =
            switch report {
            case .queued(let token, _), .passedOn(let token, _), .dropped(let token, _), .acknowledged(let token, _):
                token
            }
        guard let command = try book.command(token, in: try line.transaction()), let known = find(command.device) else {
            return
        }
        switch report {
        case .queued(_, let sessions):
            // Others may have a copy; it is no delivery of theirs.
            guard let own = try own(among: sessions, known, in: &line) else { return }
            _ = try take(.queued(in: own), for: command, in: &line)
        case .passedOn(_, let clients):
            // One that is gone again has lost it with its connection.
            let own = try own(among: clients.filter(presence.isConnected), known, in: &line)
            _ = try take(.passedOn(to: own), for: command, in: &line)
        case .dropped(_, let clientID): _ = try take(.dropped(by: clientID), for: command, in: &line)
        case .acknowledged(_, let clientID):
            let isHolder = holder(of: command).client == clientID
            guard try isHolder || isOwn(clientID, known, in: &line) else { return }
            _ = try take(.acknowledged, for: command, in: &line)
            try dispatch(command.device, in: &line)
        }
    }

    /// The client of a device's own that listens for its commands, and how it spells the device.
    func listener(for known: Known, in line: inout LineContext) throws -> (client: String, spelling: String)? {
        for client in presence.candidates(for: known.device, known.target) {
            guard let spelling = presence.spelling(for: known.device, known.target, of: client),
                try isOwn(client, known, in: &line)
            else { continue }
            return (client, spelling)
        }
        return nil
    }

    private func own(among clients: [String], _ known: Known, in line: inout LineContext) throws -> String? {
        if let speaker = known.target.speaker, clients.contains(speaker), try isOwn(speaker, known, in: &line) {
            return speaker
        }
        return try clients.first { try isOwn($0, known, in: &line) }
    }

    /// Whether a client is the device's own, whose acknowledgement means delivery: by the credentials that it has shown, those of the device
    /// or of its controller. In an open hub nobody shows any; there it is the client that last spoke for the device or, where that does not
    /// listen, one that names the device: scripts speak with one client and listen with another.
    private func isOwn(_ clientID: String, _ known: Known, in line: inout LineContext) throws -> Bool {
        let (device, target) = (known.device, known.target)
        switch ClientName.owner(of: clientID) {
        case .nobody:
            if clientID == target.speaker { return true }
            let speakerListens = target.speaker.map { presence.spelling(for: device, target, of: $0) != nil } ?? false
            return !speakerListens && presence.names(device, clientID)
        case .other: return false
        case .device(let owner):
            if owner == device || owner == target.controller { return true }
            return try devices.maySpeak(owner, for: device, in: try line.transaction())
        }
    }
}
