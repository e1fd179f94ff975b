package import HubModel

/// Who has an open command and will see to its delivery. There is exactly one at any time: only what lies in the hub's own queue is
/// published, so that a command is one delivery, however often connections are lost or the hub is started anew.
package enum CommandHolder: Hashable, Sendable {
    /// The hub's own queue: it is published when a client of the device's own listens, or given to the device when it asks.
    case queue
    /// The broker, which has not said yet what became of it.
    case broker
    /// A connection of the device's own client, whose session ends with it or does not keep the command (QoS 0).
    case connection(of: String)
    /// A kept session of the device's own client. It repeats the command by itself, with DUP, until the client acknowledges it
    /// (MQTT 5.0, section 4.4).
    case session(of: String, isConnected: Bool)
    /// An answer that the device asked for carried it, over HTTP. Whether it arrived, only the device can say.
    case poll
    /// The device: it, or its client, has acknowledged it.
    case device

    /// What happens to commands. Clients are given by name (`ClientName`), and are the device's own.
    package enum Event: Hashable, Sendable {
        /// The hub hands it to the broker.
        case published
        /// A kept session has it in its queue.
        case queued(in: String)
        /// The broker has passed it on to a connected client; nil: nobody of the device's own was there.
        case passedOn(to: String?)
        /// The broker has not said anything for too long.
        case unreported
        case connected(String)
        case disconnected(String)
        case sessionEnded(String)
        /// A client refused it or could not take it, or its time was over before it was sent.
        case dropped(by: String)
        /// It is in the answer to a device that asked.
        case given
        /// The device, or its own client, acknowledged it.
        case acknowledged
        /// The device is here under another client identifier; nobody may ever come for that session.
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
        case .connection, .session(_, isConnected: true), .poll: .sent
        case .device: .delivered
        }
    }

    /// The client that it is with, or that its session is of.
    package var client: String? {
        switch self {
        case .connection(let client), .session(let client, _): client
        case .queue, .broker, .poll, .device: nil
        }
    }

    /// Whether it has left the hub's queue and the device does not have it yet.
    var isOnTheWay: Bool {
        switch self {
        case .broker, .connection, .session, .poll: true
        case .queue, .device: false
        }
    }

    /// What the tables keep of it (`Command.holder`); nil where it is known without, or ends with this process.
    var kept: String? {
        switch self {
        case .session(let session, _): session
        case .poll: CommandHolder.pollName
        case .queue, .broker, .connection, .device: nil
        }
    }

    /// Stands for `poll` in the tables. No client has this name (`ClientName`): before the mark there is an owner, and in identifiers it is
    /// refused.
    static let pollName = "\u{1F}poll"

    private func next(_ event: Event) -> CommandHolder? {
        switch (self, event) {
        case (.device, _): nil
        case (_, .acknowledged): .device
        case (.queue, .published): .broker
        case (.queue, .given): .poll
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
