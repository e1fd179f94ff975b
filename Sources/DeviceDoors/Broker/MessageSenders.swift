internal import HubModel
internal import MQTTBroker
internal import SolutionKit
internal import Trust

/// Says who is behind a client. Messages come in runs of one client, so the last answer is kept.
struct MessageSenders {
    private var last: (client: ConnectedClient, sender: MessageOrigin.Sender)?

    /// Who sends over this client's connection.
    mutating func sender(_ client: ConnectedClient) -> MessageOrigin.Sender {
        if let last, last.client === client { return last.sender }
        let sender = MessageSenders.find(client)
        last = (client, sender)
        return sender
    }

    private static func find(_ client: ConnectedClient) -> MessageOrigin.Sender {
        // Only an open hub lets clients in that are nobody's.
        guard let owner = client.owner else { return .anybody }
        return ConnectionOwner.activeDevice(owner).map { .device($0) } ?? .person(name: client.userName ?? "")
    }
}
