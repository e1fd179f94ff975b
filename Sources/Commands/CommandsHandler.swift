internal import HubModel
internal import SQL
internal import SolutionKit

/// The commands inside the line. What it knows of devices, it asks the handlers of the solutions.
final class CommandsHandler: CommandHandler {
    /// A device that takes commands.
    struct Known {
        let device: DeviceID
        let target: CommandTarget
        let form: CommandForm
    }

    let devices: any DeviceBook
    let book: any CommandBook
    let audit: any AuditBook
    let requests: CommandRequests
    let polls: LongPoll<DeviceID>
    private let takers: [CommandTaker]
    private let forms: [CommandForm]
    var presence: Presence
    var handovers = Handovers()
    /// The clients whose kept sessions may hold commands (`CommandHolder.session`).
    var holders: Set<String> = []
    /// Devices that may have commands to be published; the tick looks after them.
    var waiting: Set<DeviceID> = []
    private var start = Start.pending

    /// Whether the commands of the time before this program's start were looked after.
    private enum Start {
        /// `inThisBatch`: its commit may still fail.
        case pending, inThisBatch, done
    }

    init(_ services: LineServices, _ takers: [CommandTaker], _ polls: LongPoll<DeviceID>) {
        devices = services.devices
        book = services.commands
        audit = services.audit
        requests = CommandRequests(book: services.commands)
        self.takers = takers
        self.polls = polls
        forms = takers.flatMap(\.forms)
        presence = Presence(forms)
    }

    /// A device that a solution knows and that takes commands.
    func find(_ device: DeviceID) -> Known? {
        for taker in takers {
            guard let target = taker.handler.commandTarget(device),
                let form = taker.forms.first(where: { $0.kind == target.kind })
            else { continue }
            return Known(device: device, target: target, form: form)
        }
        return nil
    }

    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        throw Refusal(.unknownTopic, "Commands have no topics of their own.")
    }

    func presence(_ change: PresenceChange, in line: inout LineContext) throws {
        switch change {
        case .connected(let clientID, _):
            // Its old connection may have ended without a word (take-over).
            if presence.isConnected(clientID) { try lost(clientID, in: &line) }
            presence.connected(clientID)
            try take(.connected(clientID), of: clientID, in: &line)
        case .disconnected(let clientID, _): try lost(clientID, in: &line)
        case .sessionEnded(let clientID): try take(.sessionEnded(clientID), of: clientID, in: &line)
        case .subscribed(let clientID, let filter): try subscribed(clientID, to: filter, in: &line)
        case .unsubscribed(let clientID, let filter): presence.unsubscribed(clientID, from: filter)
        }
    }

    func isConnected(_ client: String) -> Bool { presence.isConnected(client) }

    func heard(_ device: DeviceID) { waiting.insert(device) }

    private func lost(_ clientID: String, in line: inout LineContext) throws {
        presence.disconnected(clientID)
        try take(.disconnected(clientID), of: clientID, in: &line)
    }

    /// A client subscribed: commands that waited for it go out.
    private func subscribed(_ clientID: String, to filter: String, in line: inout LineContext) throws {
        let covered = presence.subscribed(clientID, to: filter)
        guard !covered.isEmpty else { return }
        var found = Set(covered.compactMap(presence.named))
        if covered.contains(where: { $0.devices == .all }) {
            for taker in takers { found.formUnion(taker.handler.commandDevices(spokenForBy: clientID)) }
            if case .device(let device) = ClientName.owner(of: clientID) { found.insert(device) }
        }
        for device in found.sorted(by: { $0.text < $1.text }) { try dispatch(device, in: &line) }
    }

    func tick(in line: inout LineContext) throws {
        for form in forms {
            for command in try book.overdue(kind: form.kind, at: line.now, in: try line.transaction()) {
                _ = try end(command, ifDueBy: line.now, in: &line)
            }
        }
        for id in handovers.overdue(at: line.now) {
            guard let command = try book.command(id, in: try line.transaction()) else { continue }
            _ = try take(.unreported, for: command, in: &line)
        }
        for device in waiting { try dispatch(device, in: &line) }
    }

    func finishBatch(in line: inout LineContext) throws {
        handovers.batchFinished()
        if line.forgetsAfterCommit { handovers.batchLeaves() }
    }

    func batchCommitted() {
        if start == .inThisBatch { start = .done }
    }

    func forget() {
        handovers.batchFailed()
        if start == .inThisBatch { start = .pending }
    }

    /// Reads which sessions hold commands, and once looks after the commands of the time before this program's start.
    func load(in line: inout LineContext) throws {
        holders = try book.holders(in: try line.transaction())
        guard start == .pending else { return }
        start = .inThisBatch
        line.ifUndone { self.start = .pending }
        for form in forms {
            let open = try book.overdue(
                kind: form.kind, at: Timestamp(microseconds: .max), in: try line.transaction())
            try resume(open, in: &line)
        }
    }
}
