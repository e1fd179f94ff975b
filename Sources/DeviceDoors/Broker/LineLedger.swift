internal import HubModel
public import Ingest
public import MQTTBroker
internal import MQTTCodec
internal import Registry
internal import SolutionKit
internal import Synchronization
public import Trust

/// The broker's ledger is the line: what a client published goes to the solution that takes its topic, and what the
/// broker must not forget goes into the same transaction.
public final class LineLedger: BrokerLedger {
    private struct Memory {
        var receipts = ReceiptTimes()
        var senders: MessageSenders
        var programs: ProgramAudit
    }

    private let line: IngestLine
    private let admission: DeviceAdmission?
    private let memory: Mutex<Memory>

    /// A ledger over a line.
    /// - Parameter admission: keeps what devices send that wait to be approved; nil for an open hub, where none waits.
    public init(line: IngestLine, admission: DeviceAdmission? = nil) {
        self.line = line
        self.admission = admission
        memory = Mutex(
            Memory(senders: MessageSenders(admission: admission), programs: ProgramAudit(admission: admission)))
    }

    /// Hands the entries to the line; when its queue is full or closed they have failed, and the clients send again.
    public func commit(_ entries: [BrokerLedgerEntry], completion: @escaping @Sendable ([CommitOutcome]) -> Void) {
        let items = memory.withLock { memory in entries.map { item($0, &memory) } }
        let aside = entries.indices.filter { entries[$0].isSetAside }
        let submission = Submission(items: items) { [admission] outcomes in
            for index in aside { LineLedger.count(entries[index], outcomes[index], admission) }
            completion(outcomes.map(LineLedger.outcome))
        }
        if !line.offer(submission) {
            completion(entries.map { _ in .failed })
        }
    }

    private func item(_ entry: BrokerLedgerEntry, _ memory: inout Memory) -> LineItem {
        switch entry {
        case .publication(let publication):
            let receivedAt = memory.receipts.next(publication.message.receivedAt)
            guard !publication.isSetAside else { return aside(publication, receivedAt: receivedAt) }
            let sender = memory.senders.sender(publication.client)
            let noting = memory.programs.note(publication, from: sender)
            return item(publication, from: sender, noting: noting, receivedAt: receivedAt)
        case .serverPublication(let publication):
            return item(publication)
        case .session(let change): return item(change)
        case .delivery(let event): return .delivery(DeliveryReport(event))
        }
    }

    /// A message of the hub's own. Whoever wants to hear of it learns with the same commit which kept sessions owe it from now on.
    private func item(_ publication: ServerPublication) -> LineItem {
        let storing: LineWork = { line in
            try SessionTables(transaction: line.transaction()).store(
                publication.message, targets: publication.targets, client: nil, exactlyOnce: nil)
        }
        guard let token = publication.message.token, !publication.targets.isEmpty else {
            return .traffic(topic: nil, storing: storing)
        }
        let sessions = publication.targets.map(\.client.description)
        return .delivery(.queued(token: token, sessions: sessions), storing: storing)
    }

    private func item(
        _ publication: InboundPublication, from sender: MessageOrigin.Sender, noting: LineWork?, receivedAt: Timestamp
    ) -> LineItem {
        let message = publication.message
        let topic = message.topic.levelTexts
        var storing = noting
        if publication.exactlyOnceIdentifier != nil || message.retain || !publication.targets.isEmpty
            || publication.isWill
        {
            storing = { line in
                try noting?(&line)
                let tables = SessionTables(transaction: try line.transaction())
                if publication.isWill { try tables.dropWill(of: publication.client.session) }
                try tables.store(
                    message, targets: publication.targets, client: publication.client.session,
                    exactlyOnce: publication.exactlyOnceIdentifier)
            }
        }
        guard line.takes(topic) else { return .traffic(topic: topic, storing: storing, sender: sender) }
        return .message(
            DeviceMessage(
                topic: topic, payload: message.payload,
                origin: MessageOrigin(
                    clientID: publication.client.sessionText,
                    address: LineLedger.host(publication.client.remoteAddress), sender: sender),
                receivedAt: receivedAt, isRetained: message.retain,
                isWill: publication.isWill, isRepeat: publication.isRepeat),
            storing: storing)
    }

    /// A message of a device that waits to be approved: kept aside, and no solution hears of it.
    private func aside(_ publication: InboundPublication, receivedAt: Timestamp) -> LineItem {
        let (admission, client, message) = (admission, publication.client, publication.message)
        return .work { line in
            guard let admission, let device = client.owner.flatMap(ConnectionOwner.pendingDevice) else {
                throw Refusal(.forbidden, "Nobody keeps what this client sends.")
            }
            try admission.keep(
                AsideMessage(
                    topic: message.topic.description, payload: message.payload, isRetained: message.retain,
                    isWill: publication.isWill, receivedAt: receivedAt, clientID: client.identifierText,
                    address: LineLedger.host(client.remoteAddress)),
                of: device, levels: message.topic.levelTexts, in: &line)
            guard let identifier = publication.exactlyOnceIdentifier else { return }
            try SessionTables(transaction: line.transaction()).store(
                message, targets: [], client: client.session, exactlyOnce: identifier)
        }
    }

    private static func count(_ entry: BrokerLedgerEntry, _ outcome: LineOutcome, _ admission: DeviceAdmission?) {
        guard case .publication(let publication) = entry,
            let device = publication.client.owner.flatMap(ConnectionOwner.pendingDevice)
        else { return }
        switch outcome {
        case .committed: admission?.noteSetAside()
        case .refused: admission?.noteDropped(of: device)
        // The client sends it again.
        case .failed, .unstored: break
        }
    }

    private func item(_ change: SessionChange) -> LineItem {
        switch change {
        case .connected, .disconnected, .subscribed, .unsubscribed, .ended:
            .presence { line in
                let tables = SessionTables(transaction: try line.transaction())
                try tables.apply(change)
                return try LineLedger.presence(change, tables)
            }
        case .inboundReleased, .outboundQueued, .outboundReceived, .outboundCompleted, .outboundDropped,
            .willDropped, .absent:
            .work { line in try SessionTables(transaction: line.transaction()).apply(change) }
        }
    }

    /// What a change says of who is there. A resumed session brings its subscriptions with it.
    private static func presence(_ change: SessionChange, _ tables: SessionTables) throws -> [PresenceChange] {
        switch change {
        case .connected(let opening):
            let client = opening.client.sessionText
            let filters = opening.isResumed ? try tables.filters(of: opening.client.session) : []
            let isOver: [PresenceChange] = opening.isResumed ? [] : [.sessionEnded(clientID: client)]
            return isOver + [.connected(clientID: client, address: host(opening.client.remoteAddress))]
                + filters.map { .subscribed(clientID: client, filter: $0) }
        case .disconnected(let closing):
            let client = closing.client.sessionText
            let isOver: [PresenceChange] = closing.expiryInterval == 0 ? [.sessionEnded(clientID: client)] : []
            return [.disconnected(clientID: client, isClean: closing.cause.isClean)] + isOver
        case .ended(let client, _): return [.sessionEnded(clientID: client.description)]
        case .subscribed(let client, let subscriptions):
            return subscriptions.map {
                .subscribed(clientID: client.description, filter: $0.subscription.filter.unshared.description)
            }
        case .unsubscribed(let client, let filters):
            return filters.map { .unsubscribed(clientID: client.description, filter: $0.unshared.description) }
        case .inboundReleased, .outboundQueued, .outboundReceived, .outboundCompleted, .outboundDropped,
            .willDropped, .absent:
            return []
        }
    }

    private static func outcome(_ outcome: LineOutcome) -> CommitOutcome {
        switch outcome {
        case .committed: .committed
        case .refused(let refusal): .refused(refusal.reasonCode)
        case .failed, .unstored: .failed
        }
    }

    /// The address without its port: `127.0.0.1:5000` and `[::1]:5000`.
    static func host(_ address: String) -> String {
        guard let colon = address.lastIndex(of: ":") else { return address }
        let host = address[..<colon]
        return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
    }
}

extension BrokerLedgerEntry {
    fileprivate var isSetAside: Bool {
        if case .publication(let publication) = self { return publication.isSetAside }
        return false
    }
}

extension DeliveryReport {
    fileprivate init(_ event: DeliveryEvent) {
        switch event {
        case .routed(let token, let online, _):
            self = .passedOn(token: token, clients: online.map(\.description))
        case .acknowledged(let token, let client):
            self = .acknowledged(token: token, clientID: client.description)
        case .dropped(let token, let client): self = .dropped(token: token, clientID: client.description)
        case .notStored(let token): self = .passedOn(token: token, clients: [])
        }
    }
}

extension TopicName {
    /// The levels as texts.
    var levelTexts: [String] {
        bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

extension DisconnectCause {
    /// Whether the client said goodbye of its own will.
    fileprivate var isClean: Bool {
        if case .clientDisconnected(let reason) = self { return reason == .normalDisconnection }
        return false
    }
}
