internal import HubModel

/// The commands that are with the broker or with a connection: what no table knows, because it ends with this process.
struct Handovers {
    private struct Handover {
        let holder: CommandHolder
        let since: Timestamp
    }

    private var handovers: [String: Handover] = [:]
    /// The commands that are with each client's connection.
    private var byClient: [String: Set<String>] = [:]
    private var ofThisBatch: [String] = []
    /// Whether the batch of those has been finished; its commit may still fail, until the next one begins.
    private var isFinished = false

    /// How long the broker has for its report, in microseconds.
    private static let patience: Int64 = 10_000_000

    /// Where a command is; nil for one that the tables know about.
    subscript(command: String) -> CommandHolder? { handovers[command]?.holder }

    /// Notes where a command is from now on.
    mutating func set(_ holder: CommandHolder, of command: String, at instant: Timestamp) {
        remove(command)
        switch holder {
        case .broker:
            if isFinished { ofThisBatch.removeAll(keepingCapacity: true) }
            isFinished = false
            ofThisBatch.append(command)
            handovers[command] = Handover(holder: holder, since: instant)
        case .connection(let client):
            handovers[command] = Handover(holder: holder, since: instant)
            byClient[client, default: []].insert(command)
        case .queue, .session, .poll, .device: break
        }
    }

    mutating func remove(_ command: String) {
        guard let handover = handovers.removeValue(forKey: command), let client = handover.holder.client else { return }
        byClient[client]?.remove(command)
        if byClient[client]?.isEmpty == true { byClient[client] = nil }
    }

    /// The commands that are with a client's connection.
    func commands(with client: String) -> [String] { byClient[client]?.sorted() ?? [] }

    /// The commands of which the broker should have reported by now.
    func overdue(at now: Timestamp) -> [String] {
        handovers.filter { command, handover in
            handover.holder == .broker && now.microseconds(since: handover.since) > Handovers.patience
        }.keys.sorted()
    }

    /// The batch is about to be committed.
    mutating func batchFinished() {
        if isFinished { ofThisBatch.removeAll(keepingCapacity: true) }
        isFinished = true
    }

    /// The batch is about to be committed, and the tables will be read again after it: what it published counts as having left. Should the
    /// commit fail, the broker's silence brings it back.
    mutating func batchLeaves() {
        ofThisBatch.removeAll(keepingCapacity: true)
    }

    /// The batch was rolled back: what it published never left.
    mutating func batchFailed() {
        for command in ofThisBatch { remove(command) }
        ofThisBatch.removeAll(keepingCapacity: true)
    }
}
