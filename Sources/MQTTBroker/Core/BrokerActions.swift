internal import MQTTCodec

/// What the core wants done. One buffer is filled by all events of a turn of the event loop and then performed.
///
/// Bytes of all packets stand in one array and `items` says who gets which of them: a message for a thousand
/// subscribers stands there once.
package struct BrokerActions {
    /// What to do on the connections, in this order.
    package var items: [BrokerAction] = []
    /// The bytes that `items` point into.
    package var bytes: [UInt8] = []
    /// To be handed to the ledger in one call.
    package var entries: [BrokerLedgerEntry] = []
    /// To be asked of the authenticator.
    package var authentications: [(connection: ConnectionHandle, attempt: ConnectAttempt)] = []
    /// To be asked of the authenticator: how these clients, whose wills are due, stand now.
    package var standings: [(session: SessionHandle, client: ConnectedClient)] = []
    /// To be told to the server, in the same call of the ledger as the entries.
    package var deliveries: [DeliveryEvent] = []
    var encoded = EncodedPublishes()

    package init() {}

    package var isEmpty: Bool {
        items.isEmpty && entries.isEmpty && authentications.isEmpty && standings.isEmpty
            && deliveries.isEmpty
    }

    /// Ready for the next turn. Keeps the memory, unless the turn was an unusual one.
    package mutating func removeAll() {
        items.removeAll(keepingCapacity: items.capacity < 65_536)
        bytes.removeAll(keepingCapacity: bytes.capacity < 4_194_304)
        entries = []
        authentications = []
        standings = []
        deliveries = []
        encoded.removeAll()
    }

    /// Appends a packet; the number of bytes, 0 if the packet does not exist in that version. Nil, with nothing appended,
    /// if there are more than `most`.
    mutating func send(
        _ packet: Packet, to connection: ConnectionHandle, version: ProtocolVersion, most: Int
    ) -> Int? {
        let offset = bytes.count
        do {
            try packet.encode(into: &bytes, version: version)
        } catch {
            return 0
        }
        let count = bytes.count - offset
        guard count <= most else {
            bytes.removeLast(count)
            return nil
        }
        items.append(.send(SendAction(connection: connection, offset: offset, count: count)))
        return count
    }
}

/// One thing to do on a connection.
package enum BrokerAction {
    /// Send bytes.
    case send(SendAction)
    /// Send what is left, then close our side; the peer may still be sending.
    case close(ConnectionHandle)
    /// Close now.
    case abort(ConnectionHandle)
    /// Read no more for now.
    case pauseReading(ConnectionHandle)
    /// Read on: the packet that had to be answered first is, or the client takes what we send again.
    case resumeReading(ConnectionHandle)
}

/// Some of the bytes of `BrokerActions`, for one connection.
package struct SendAction {
    package let connection: ConnectionHandle
    package let offset: Int
    package let count: Int
    /// For a PUBLISH: the first byte and the packet identifier of this connection, which differ between subscribers
    /// that share the other bytes.
    package var patch: PublishPatch?
}

/// What is put in place while the shared bytes of a PUBLISH are copied.
package struct PublishPatch {
    /// The first byte of the fixed header.
    package let firstByte: UInt8
    /// Where the packet identifier stands; 0 if there is none (QoS 0).
    package let identifierAt: Int
    package let identifier: UInt16
}
