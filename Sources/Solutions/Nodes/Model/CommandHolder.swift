package import HubModel

/// Who has an open command and will see to its delivery. There is exactly one at any time: only what lies in the hub's own queue is
/// published, so that a command is one delivery, however often connections are lost or the hub is started anew.
package enum CommandHolder: Hashable, Sendable {
    /// The hub's own queue: it is published when the node's client listens.
    case queue
    /// The broker, which has not said yet what became of it.
    case broker
    /// A connection of the node's own client, whose session ends with it or does not keep the command (QoS 0).
    case connection(of: String)
    /// A kept session of the node's own client. It repeats the command by itself, with DUP, until the client acknowledges it
    /// (MQTT 5.0, section 4.4).
    case session(of: String, isConnected: Bool)
    /// The node: its client has acknowledged it.
    case device

    /// What happens to commands. Clients are given by name (`ClientName`), and are the node's own.
    package enum Event: Hashable, Sendable {
        /// The hub hands it to the broker.
        case published
        /// A kept session has it in its queue.
        case queued(in: String)
        /// The broker has passed it on to a connected client; nil: nobody of the node's own was there.
        case passedOn(to: String?)
        /// The broker has not said anything for too long.
        case unreported
        case connected(String)
        case disconnected(String)
        case sessionEnded(String)
        /// A client refused it or could not take it, or its time was over before it was sent.
        case dropped(by: String)
        /// The node's own client acknowledged it.
        case acknowledged
        /// The node is here under another client identifier; nobody may ever come for that session.
        case abandoned(String)
        /// The hub was started anew: connections are gone, kept sessions are not.
        case restarted
    }

    /// Takes an event; says whether anything changed by it.
    package mutating func take(_ event: Event) -> Bool {
        guard let next = next(event), next != self else { return false }
        self = next
        return true
    }

    /// The state that people see.
    package var state: CommandState {
        switch self {
        case .queue, .broker, .session(_, isConnected: false): .queued
        case .connection, .session(_, isConnected: true): .sent
        case .device: .delivered
        }
    }

    /// The client that it is with, or that its session is of.
    package var client: String? {
        switch self {
        case .connection(let client), .session(let client, _): client
        case .queue, .broker, .device: nil
        }
    }

    private func next(_ event: Event) -> CommandHolder? {
        switch (self, event) {
        case (.device, _): nil
        case (_, .acknowledged): .device
        case (.queue, .published): .broker
        // A report that came after all patience is true all the same.
        case (.queue, .queued(let session)), (.broker, .queued(let session)): .session(of: session, isConnected: true)
        case (.broker, .passedOn(let client)): client.map { .connection(of: $0) } ?? .queue
        case (.broker, .unreported), (.broker, .restarted), (.connection, .restarted): .queue
        case (.connection(let mine), .connected(let client)), (.connection(let mine), .disconnected(let client)),
            (.connection(let mine), .sessionEnded(let client)):
            mine == client ? .queue : nil
        case (.session(let mine, _), .connected(let client)):
            mine == client ? .session(of: mine, isConnected: true) : nil
        case (.session(let mine, _), .disconnected(let client)):
            mine == client ? .session(of: mine, isConnected: false) : nil
        case (.session(let mine, _), .sessionEnded(let client)): mine == client ? .queue : nil
        // Who has just refused it is not asked again on the same connection.
        case (.session(let mine, let isConnected), .dropped(let client)):
            mine == client ? (isConnected ? .connection(of: mine) : .queue) : nil
        case (.session(let mine, isConnected: false), .abandoned(let client)): mine == client ? .queue : nil
        case (.session(let mine, _), .restarted): .session(of: mine, isConnected: false)
        default: nil
        }
    }
}
