internal import HubModel
public import Ingest
public import MQTTBroker
internal import MQTTCodec
internal import SolutionKit
internal import Synchronization

/// The broker's ledger is the line: what a client published goes to the solution that takes its topic, and what the
/// broker must not forget goes into the same transaction.
public final class LineLedger: BrokerLedger {
    private let line: IngestLine
    private let receipts = Mutex(ReceiptTimes())

    /// A ledger over a line.
    public init(line: IngestLine) {
        self.line = line
    }

    /// Hands the entries to the line; when its queue is full or closed they have failed, and the clients send again.
    public func commit(_ entries: [LedgerEntry], completion: @escaping @Sendable ([CommitOutcome]) -> Void) {
        let items = receipts.withLock { receipts in entries.map { item($0, &receipts) } }
        let submission = Submission(items: items) { outcomes in
            completion(outcomes.map(LineLedger.outcome))
        }
        if !line.offer(submission) {
            completion(entries.map { _ in .failed })
        }
    }

    private func item(_ entry: LedgerEntry, _ receipts: inout ReceiptTimes) -> LineItem {
        switch entry {
        case .publication(let publication): item(publication, receivedAt: receipts.next(publication.message.receivedAt))
        case .serverPublication(let publication):
            .traffic(
                topic: nil,
                storing: { line in
                    try SessionTables(transaction: line.transaction()).store(
                        publication.message, targets: publication.targets, client: nil, exactlyOnce: nil)
                })
        case .session(let change): item(change)
        }
    }

    private func item(_ publication: InboundPublication, receivedAt: Timestamp) -> LineItem {
        let message = publication.message
        let topic = message.topic.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        var storing: LineWork?
        if publication.exactlyOnceIdentifier != nil || message.retain || !publication.targets.isEmpty {
            storing = { line in
                try SessionTables(transaction: line.transaction()).store(
                    message, targets: publication.targets, client: publication.client.identifier,
                    exactlyOnce: publication.exactlyOnceIdentifier)
            }
        }
        guard line.takes(topic) else { return .traffic(topic: topic, storing: storing) }
        return .message(
            DeviceMessage(
                topic: topic, payload: message.payload,
                origin: MessageOrigin(
                    clientID: publication.client.identifierText,
                    address: LineLedger.host(publication.client.remoteAddress)),
                receivedAt: receivedAt, isRetained: message.retain,
                isWill: publication.isWill),
            storing: storing)
    }

    private func item(_ change: SessionChange) -> LineItem {
        switch change {
        case .connected, .disconnected, .subscribed, .unsubscribed:
            .presence { line in
                let tables = SessionTables(transaction: try line.transaction())
                try tables.apply(change)
                return try LineLedger.presence(change, tables)
            }
        case .ended, .inboundReleased, .outboundQueued, .outboundReceived, .outboundCompleted, .outboundDropped:
            .work { line in try SessionTables(transaction: line.transaction()).apply(change) }
        }
    }

    /// What a change says of who is there. A resumed session brings its subscriptions with it.
    private static func presence(_ change: SessionChange, _ tables: SessionTables) throws -> [PresenceChange] {
        switch change {
        case .connected(let opening):
            let client = opening.client.identifierText
            let filters = opening.isResumed ? try tables.filters(of: opening.client.identifier) : []
            return [.connected(clientID: client, address: host(opening.client.remoteAddress))]
                + filters.map { .subscribed(clientID: client, filter: $0) }
        case .disconnected(let closing):
            return [.disconnected(clientID: closing.client.identifierText, isClean: closing.cause.isClean)]
        case .subscribed(let client, let subscriptions):
            return subscriptions.map {
                .subscribed(clientID: client.description, filter: $0.subscription.filter.unshared.description)
            }
        case .unsubscribed(let client, let filters):
            return filters.map { .unsubscribed(clientID: client.description, filter: $0.unshared.description) }
        case .ended, .inboundReleased, .outboundQueued, .outboundReceived, .outboundCompleted, .outboundDropped:
            return []
        }
    }

    private static func outcome(_ outcome: LineOutcome) -> CommitOutcome {
        switch outcome {
        case .committed: .committed
        case .refused(let refusal): .refused(refusal.code.reasonCode)
        case .failed: .failed
        }
    }

    /// The address without its port: `127.0.0.1:5000` and `[::1]:5000`.
    static func host(_ address: String) -> String {
        guard let colon = address.lastIndex(of: ":") else { return address }
        let host = address[..<colon]
        return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
    }
}

extension DisconnectCause {
    /// Whether the client said goodbye of its own will.
    fileprivate var isClean: Bool {
        if case .clientDisconnected(let reason) = self { return reason == .normalDisconnection }
        return false
    }
}
