internal import MQTTCodec

/// What happens when the ledger answers an entry.
enum PendingCommit {
    /// Nothing: the entry was only to be kept.
    case nothing
    /// Deliver it, then acknowledge it.
    case publication(PendingPublication)
    /// Send CONNACK.
    case opening(ConnectionHandle, SessionHandle)
    /// Make the subscriptions count, then send SUBACK.
    case subscribe(PendingSubscribe)
    /// Send UNSUBACK.
    case unsubscribe(ConnectionHandle, SessionHandle, Unsubscribe, [ReasonCode])
    /// Send PUBCOMP.
    case release(SessionHandle, PacketIdentifier)
    /// Send PUBREL.
    case received(SessionHandle, PacketIdentifier)
    /// No entry of its own: when all before it are answered, send retained messages to a new subscriber.
    case retained(ConnectionHandle, [RetainedDelivery])
    /// No entry of its own: when all before it are answered, forget what is retained there.
    case forgetting([TopicFilter])
    /// No entry of its own: a refusal found out at once, which is told behind the acknowledgements of what came before
    /// ([MQTT-4.6.0-2]).
    case refusal(ReasonCode, PublicationAnswer)

    /// Whether the ledger is asked about it.
    var hasEntry: Bool {
        switch self {
        case .retained, .refusal, .forgetting: false
        case .nothing, .publication, .opening, .subscribe, .unsubscribe, .release, .received: true
        }
    }

    /// What it counts for in the limit of uncommitted bytes.
    var cost: Int {
        if case .publication(let publication) = self { return publication.message.cost }
        return 0
    }
}

/// A message that is being stored.
struct PendingPublication {
    let message: Message
    /// Who waits for the acknowledgement; nil for wills, the server's own messages and QoS 0.
    let answer: PublicationAnswer?
    let deliveries: [Delivery]
    /// Whether it becomes the retained message of its topic; not so for one that is only sent to a new subscriber.
    var changesRetained = true
    /// The will that it is; boxed, because few are.
    var will: Boxed<OwedWill>?
}

/// Where the acknowledgement of a message goes.
struct PublicationAnswer {
    let connection: ConnectionHandle
    let session: SessionHandle
    /// Nil at QoS 0, where the connection is only told if the message could not be stored.
    let identifier: PacketIdentifier?
    let qos: QoS
    /// Whether the client says that it may have sent the message before (DUP).
    var isRepeat = false
}

/// A SUBSCRIBE that is being stored.
struct PendingSubscribe {
    let connection: ConnectionHandle
    let session: SessionHandle
    let packetIdentifier: PacketIdentifier
    /// The answer to each filter, in order.
    let reasons: [ReasonCode]
    let granted: [StoredSubscription]
    /// What was reserved for those of them that the session did not have.
    let reserved: FiltersOnTheirWay
}

/// A message for one session.
struct Delivery {
    let session: SessionHandle
    let qos: QoS
    let retain: Bool
    /// The place in the session's queue; nil at QoS 0.
    let reservation: ReservedPlace?
    let subscriptionIdentifiers: [UInt32]
    /// Whether it comes by a shared subscription, whose other members may have it instead.
    var isShared = false
}
