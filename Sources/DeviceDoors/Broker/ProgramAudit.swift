internal import HubModel
internal import Ingest
internal import MQTTBroker
internal import Registry
internal import SolutionKit
internal import Trust

/// Tells the audit what people's programs publish to devices, as it is told of the commands that they give over HTTP. What devices
/// themselves say is no concern of it.
struct ProgramAudit {
    /// Entries of one token in a minute; the next one says how many more there were.
    private static let perMinute = 60

    private let rights: DeviceRights?
    private var allowance = AuditAllowance(perMinute: perMinute)

    /// - Parameter admission: who let the clients in; nil in an open hub, where nobody is known.
    init(admission: DeviceAdmission?) {
        rights = admission?.deviceRights
    }

    /// What goes into the transaction of a publication; nil when the audit need not hear of it.
    mutating func note(_ publication: InboundPublication, from sender: MessageOrigin.Sender) -> LineWork? {
        guard case .person(let caller) = sender, case .token(_, _, let token) = caller.identity, let rights,
            rights.commands(publication.message.topic.levelTexts)
        else { return nil }
        let message = publication.message
        let instant = Timestamp(microseconds: message.receivedAt)
        guard let leftOut = allowance.take(token, at: instant) else { return nil }
        // Never the content: it may hold what only the device should know.
        var facts: [(name: String, value: String)] = [("over", "mqtt"), ("bytes", String(message.payload.count))]
        if message.retain { facts.append(("retained", "true")) }
        if publication.isWill { facts.append(("will", "true")) }
        facts += AuditAllowance.facts(leftOut: leftOut)
        let entry = AuditEntry(caller, .sendCommand, target: "topic:\(message.topic)", facts: facts)
        return { line in try AuditRegistry().record(entry, at: line.now, in: line.transaction()) }
    }
}
