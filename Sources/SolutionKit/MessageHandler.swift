public import HubModel

/// The part of a solution that lives inside the line: it is called by the one writer, never twice at once, within the
/// transaction of the present batch. It may keep knowledge in memory as long as the tables can give it back
/// (`load`, `forget`).
public protocol MessageHandler: AnyObject, SendableMetatype {
    /// Reads from the tables what the handler keeps in memory. The line calls it before it asks the handler for anything that needs it, for
    /// the first time and again after each `forget`; work that only comes due (`advance`) waits for it. It is a step of its own: what is
    /// refused afterwards does not undo it. When it throws, what needed the memory fails, and the next that needs it tries again; appending
    /// readings is not for it.
    func load(in line: inout LineContext) throws

    /// Takes one message of a topic that the manifest names.
    ///
    /// A refusal that is thrown undoes what this message did, and nothing else. Every handler must be idempotent for
    /// a message that is delivered again.
    /// - Throws: `Refusal` for the sender's mistake; anything else is our failure, and the message is not acknowledged.
    func handle(_ message: DeviceMessage, in line: inout LineContext) throws

    /// Learns that a client came, went or changed its subscriptions.
    func presence(_ change: PresenceChange, in line: inout LineContext) throws

    /// Does the next piece of what has come due by now, such as a state that has held long enough. Called in every batch again and again
    /// while it says that there was one, so that much that comes due at once holds up no message; a piece that throws is undone alone, and
    /// must not be the next one again: the rest is asked for in the next batch.
    /// - Returns: whether there was a piece.
    func advance(in line: inout LineContext) throws -> Bool

    /// Called about once a second, for what is looked up in tables by the clock.
    func tick(in line: inout LineContext) throws

    /// Called once before the batch is committed: the place to write what many messages of the batch share.
    func finishBatch(in line: inout LineContext) throws

    /// The device that a topic names, for messages of which nothing else says whose they are: in an open hub. Nil when it names none.
    func device(namedBy topic: [String]) -> DeviceID?

    /// The batch was committed: what it did is there to stay. Comes before `forget`, where both come.
    func batchCommitted()

    /// The batch was rolled back, or somebody else changed the tables (`LineContext.forgetAfterCommit`): drop what is only in memory; `load`
    /// comes before it is needed again.
    func forget()
}

extension MessageHandler {
    /// Nothing is kept in memory.
    public func load(in line: inout LineContext) throws {}

    /// Who is connected does not matter to it.
    public func presence(_ change: PresenceChange, in line: inout LineContext) throws {}

    /// The clock alone changes nothing.
    public func tick(in line: inout LineContext) throws {}

    /// Messages share nothing that would have to be written.
    public func finishBatch(in line: inout LineContext) throws {}

    /// There is nothing to forget.
    public func forget() {}

    /// Nothing depends on it.
    public func batchCommitted() {}

    /// Nothing comes due.
    public func advance(in line: inout LineContext) throws -> Bool { false }

    /// Topics name no device.
    public func device(namedBy topic: [String]) -> DeviceID? { nil }
}

/// A message from a device.
public struct DeviceMessage: Sendable {
    /// The topic's levels, such as `["valves", "north", "state"]`.
    public let topic: [String]
    /// What it says.
    public let payload: [UInt8]
    /// Over which way and from whom it came.
    public let origin: MessageOrigin
    /// When the hub received it.
    public let receivedAt: Timestamp
    /// Whether the broker kept it as a retained message of the topic.
    public let isRetained: Bool
    /// Whether it is a last will, which the broker sends because the client is gone.
    public let isWill: Bool
    /// Whether its sender says that it may have sent it before, and repeats it because no acknowledgement came.
    public let isRepeat: Bool

    /// A message.
    public init(
        topic: [String], payload: [UInt8], origin: MessageOrigin, receivedAt: Timestamp, isRetained: Bool = false,
        isWill: Bool = false, isRepeat: Bool = false
    ) {
        self.topic = topic
        self.payload = payload
        self.origin = origin
        self.receivedAt = receivedAt
        self.isRetained = isRetained
        self.isWill = isWill
        self.isRepeat = isRepeat
    }
}

/// Where a message came from.
public struct MessageOrigin: Sendable {
    /// The MQTT client, by a name that is no other's (`ClientName`); nil over HTTP.
    public let clientID: String?
    /// The address of the peer, without its port, if it is known.
    public let address: String?
    /// Whose credentials the message came with.
    public let sender: Sender

    /// Who may have sent a message.
    public enum Sender: Hashable, Sendable {
        /// Nobody knows: the hub is open (`--open`), and what the message says of itself counts.
        case anybody
        /// A device that showed nothing, let in by its network. It may speak for devices that have no key of their own: ask
        /// `DeviceBook.site`, which knows those that have.
        case keyless
        /// A device that has shown who it is. It may speak for itself, and for the devices it is the controller of: ask
        /// `DeviceBook.maySpeak`.
        case device(DeviceID)
        /// A person's program, which has the right to publish in the place of devices.
        /// What more it may do than that, its grants say.
        case person(Caller)
    }

    /// An origin.
    public init(clientID: String?, address: String?, sender: Sender) {
        self.clientID = clientID
        self.address = address
        self.sender = sender
    }
}

/// The name by which a client of the broker is told from all others: its client identifier, and before it whose it is, for two owners may use
/// the same identifier. In an open hub nobody owns anything, and it is the identifier alone.
public enum ClientName {
    /// Stands before the identifier; no identifier has it, for the broker refuses control characters.
    private static let mark: Character = "\u{1F}"

    /// Whose a client is, by its name. The hub itself makes the name out of the credentials that the client has shown.
    public static func owner(of name: String) -> ClientOwner {
        guard let end = name.firstIndex(of: mark) else { return .nobody }
        let owner = name[..<end]
        guard owner.hasPrefix(devicePrefix), let device = DeviceID(String(owner.dropFirst(devicePrefix.count))) else {
            return .other
        }
        return .device(device)
    }

    /// Stands before a device's name in the owner of its clients.
    public static let devicePrefix = "device:"

    /// The client identifier, for people to read.
    public static func identifier(_ name: String) -> String {
        name.firstIndex(of: mark).map { String(name[name.index(after: $0)...]) } ?? name
    }
}

/// Whose a client of the broker is.
public enum ClientOwner: Hashable, Sendable {
    /// Nobody's: the hub is open (`--open`), and nobody has to show anything.
    case nobody
    /// A device's, which has shown who it is.
    case device(DeviceID)
    /// A person's program, or that of a device that showed nothing.
    case other
}

/// A client of the broker, given by its name (`ClientName`), came, went or changed its subscriptions.
public enum PresenceChange: Sendable {
    /// A client connected, from an address without its port.
    case connected(clientID: String, address: String?)
    /// A client is gone; `isClean` if it said goodbye.
    case disconnected(clientID: String, isClean: Bool)
    /// A connected client subscribed, or resumed a session with this subscription.
    case subscribed(clientID: String, filter: String)
    /// A client gave up a subscription.
    case unsubscribed(clientID: String, filter: String)
    /// A client's session is over, with all that waited in it: it was not kept, it expired, or the client began anew.
    case sessionEnded(clientID: String)
}

/// How far a publication with a token has come.
public enum DeliveryReport: Sendable {
    /// The queues of these kept sessions have it, stored by the same transaction: each repeats it to its client until it is
    /// acknowledged, over lost connections and restarts, or until `dropped` or `PresenceChange.sessionEnded`.
    case queued(token: String, sessions: [String])
    /// The broker passed it on to these connected clients; without any, nobody was there, and it is gone.
    case passedOn(token: String, clients: [String])
    /// A client will not get it: it expired, was too large or refused.
    case dropped(token: String, clientID: String)
    /// A client acknowledged it (MQTT PUBACK or PUBREC).
    case acknowledged(token: String, clientID: String)
}
