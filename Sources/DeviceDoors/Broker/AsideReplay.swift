internal import HubModel
public import Ingest
internal import MQTTBroker
internal import MQTTCodec
internal import Registry
internal import SQL
internal import SolutionKit
public import Trust

/// Hands what an approved device sent while it waited to the line: each message exactly once, with the time at which it was received. The
/// row goes in the transaction that takes the message in, so neither a crash nor another replica makes two of one.
public struct AsideReplay: Sendable {
    /// Messages of one submission.
    private static let chunk = 100

    private typealias Kept = (id: Int64, device: DeviceID, message: AsideMessage)

    private let line: IngestLine
    private let admission: DeviceAdmission

    /// A replay into a line.
    public init(line: IngestLine, admission: DeviceAdmission) {
        self.line = line
        self.admission = admission
    }

    /// Hands over all that has become free.
    /// - Returns: how many messages were taken in.
    /// - Throws: `Refusal` with `overloaded` when the line takes no more at the moment, and what the database throws; call it again then,
    ///   nothing is lost.
    @discardableResult
    public func run() async throws -> Int {
        var taken = 0
        while true {
            let kept = try await admission.released(limit: AsideReplay.chunk)
            guard !kept.isEmpty else { return taken }
            taken += try await hand(over: kept)
        }
    }

    private func hand(over kept: [(id: Int64, device: DeviceID, message: AsideMessage)]) async throws -> Int {
        var rights: [DeviceID: ClientRights] = [:]
        for device in Set(kept.map(\.device)) {
            rights[device] = try await admission.grants(ofActive: device).map { ClientRights($0) }
        }
        let wanted = kept.filter { isWanted($0.message, rights[$0.device]) }
        let wantedIDs = Set(wanted.map(\.id))
        var unwanted = kept.filter { !wantedIDs.contains($0.id) }
        var taken = 0
        if !wanted.isEmpty {
            let outcomes = try await submit(wanted.map(item))
            for (row, outcome) in zip(wanted, outcomes) {
                switch outcome {
                case .committed: taken += 1
                case .refused: unwanted.append(row)
                case .failed, .unstored: throw Refusal(.internalFailure, "A message kept aside could not be stored.")
                }
            }
        }
        guard !unwanted.isEmpty else { return taken }
        // A row that somebody else has taken in meanwhile is not there any more: nothing is dropped then.
        let dropped = unwanted
        let join = admission.joinRegistry
        let gone = try await line.perform { line in
            try dropped.filter { try join.take($0.id, in: line.transaction()) }.map(\.device)
        }
        for device in gone { admission.noteDropped(of: device) }
        return taken
    }

    private func isWanted(_ message: AsideMessage, _ rights: ClientRights?) -> Bool {
        guard let rights, let topic = try? TopicName(message.topic) else { return false }
        return rights.mayPublish(to: topic) && line.takes(topic.levelTexts)
    }

    private func item(_ kept: Kept) -> LineItem {
        let (id, message, join) = (kept.id, kept.message, admission.joinRegistry)
        let session = message.clientID.flatMap { try? MQTTString($0) }.map {
            ConnectedClient.session(owner: ConnectionOwner.device(kept.device), identifier: $0).description
        }
        return .message(
            DeviceMessage(
                topic: message.topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init),
                payload: message.payload,
                origin: MessageOrigin(
                    clientID: session, address: message.address, sender: .device(kept.device)),
                receivedAt: message.receivedAt, isRetained: message.isRetained, isWill: message.isWill),
            storing: { line in
                guard try join.take(id, in: line.transaction()) else {
                    throw Refusal(.conflict, "The message was taken in already.")
                }
            })
    }

    private func submit(_ items: [LineItem]) async throws -> [LineOutcome] {
        try await withCheckedThrowingContinuation { continuation in
            if !line.offer(Submission(items: items, completion: { continuation.resume(returning: $0) })) {
                continuation.resume(throwing: Refusal(.overloaded, "Too much waits in the line."))
            }
        }
    }
}
