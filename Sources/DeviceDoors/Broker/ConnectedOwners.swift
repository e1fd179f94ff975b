public import MQTTBroker
internal import MQTTCodec
internal import Synchronization

/// Knows whose connections are open, by listening in on what the broker tells its ledger.
public final class ConnectedOwners: BrokerLedger {
    private struct State {
        var ownerOf: [MQTTString: String] = [:]
        var connections: [String: Int] = [:]

        mutating func set(_ owner: String?, of client: MQTTString) {
            if let before = ownerOf.removeValue(forKey: client) {
                let left = (connections[before] ?? 1) - 1
                connections[before] = left > 0 ? left : nil
            }
            guard let owner else { return }
            ownerOf[client] = owner
            connections[owner, default: 0] += 1
        }
    }

    private let ledger: any BrokerLedger
    private let state = Mutex(State())

    /// Listens in front of a ledger.
    public init(_ ledger: any BrokerLedger) {
        self.ledger = ledger
    }

    /// Whether an owner has a connection.
    public func isConnected(_ owner: String) -> Bool {
        state.withLock { $0.connections[owner] != nil }
    }

    /// Passes the entries on.
    public func commit(_ entries: [BrokerLedgerEntry], completion: @escaping @Sendable ([CommitOutcome]) -> Void) {
        for case .session(let change) in entries {
            switch change {
            case .connected(let opening):
                state.withLock { $0.set(opening.client.owner, of: opening.client.session) }
            case .disconnected(let closing): state.withLock { $0.set(nil, of: closing.client.session) }
            default: break
            }
        }
        ledger.commit(entries, completion: completion)
    }
}
