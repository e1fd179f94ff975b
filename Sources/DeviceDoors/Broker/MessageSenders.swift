internal import HubModel
internal import MQTTBroker
internal import SolutionKit
internal import Trust

/// Says who is behind a client. Messages come in runs of one client, so the last answer is kept.
struct MessageSenders {
    private var last: (client: ConnectedClient, sender: MessageOrigin.Sender)?

    private let admission: DeviceAdmission?

    /// - Parameter admission: who let the clients in; nil in an open hub.
    init(admission: DeviceAdmission?) {
        self.admission = admission
    }

    /// Who sends over this client's connection.
    mutating func sender(_ client: ConnectedClient) -> MessageOrigin.Sender {
        if let last, last.client === client { return last.sender }
        let sender = find(client)
        last = (client, sender)
        return sender
    }

    private func find(_ client: ConnectedClient) -> MessageOrigin.Sender {
        // Only an open hub lets clients in that are nobody's.
        guard let owner = client.owner else { return .anybody }
        if owner == ConnectionOwner.keyless { return .keyless }
        if let device = ConnectionOwner.activeDevice(owner) { return .device(device) }
        // A will may be sent when its program is not remembered any more; it has no rights then.
        return .person(admission?.program(owner) ?? Caller(.anonymous))
    }
}
