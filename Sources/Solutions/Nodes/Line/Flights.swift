internal import HubModel

/// Commands that were handed to the broker and of which it has not yet said whether it passed them on.
///
/// Only an optimisation: without it (after a restart) a command may be published twice, which the protocol allows.
struct Flights {
    private struct Flight {
        let node: String
        let since: Timestamp
    }

    private var flights: [String: Flight] = [:]
    private var ofThisBatch: [String] = []
    /// Whether the batch of those has been finished; its commit may still fail, until the next one begins.
    private var isFinished = false

    /// How long the broker has for its report.
    private static let patience: Int64 = 10_000_000

    mutating func begin(_ command: String, of node: String, at instant: Timestamp) {
        if isFinished { ofThisBatch.removeAll(keepingCapacity: true) }
        isFinished = false
        flights[command] = Flight(node: node, since: instant)
        ofThisBatch.append(command)
    }

    func contains(_ command: String) -> Bool { flights[command] != nil }

    /// Ends a flight; gives the node's short name.
    mutating func end(_ command: String) -> String? { flights.removeValue(forKey: command)?.node }

    mutating func end(of node: String) {
        for (command, flight) in flights where flight.node == node { flights[command] = nil }
    }

    func count(of node: String) -> Int {
        flights.values.count { $0.node == node }
    }

    /// Gives up flights of which no report came; gives the nodes' short names.
    mutating func giveUp(at now: Timestamp) -> [String] {
        let lost = flights.filter { now.microseconds(since: $0.value.since) > Flights.patience }
        for command in lost.keys { flights[command] = nil }
        return lost.values.map(\.node)
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
        for command in ofThisBatch { flights[command] = nil }
        ofThisBatch.removeAll(keepingCapacity: true)
    }
}
