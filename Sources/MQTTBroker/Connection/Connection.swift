internal import MQTTCodec
package import Transport

/// What the broker knows of one network connection. What every message touches stands first and is small; the rest is
/// behind one reference.
struct Connection {
    enum Phase {
        /// Nothing has come yet.
        case awaitingConnect
        /// CONNECT came; the authenticator is asked.
        case authenticating(Connect)
        /// Let in; the ledger is told. CONNACK follows.
        case opening(Connack)
        /// CONNACK is out.
        case online
        /// Over for us; the socket is not gone yet.
        case closing
    }

    private struct Rest {
        var phase = Phase.awaitingConnect
        var peer: ConnectionPeer
        var authenticationNumber: UInt64 = 0
        let nonce: ConnectionNonce
        var will: Will?
        var isBridge = false
        var aliases: [UInt16: TopicName] = [:]
        var outboundAliases = OutboundAliases.none
        var walks: [RetainedDelivery] = []
    }

    private var rest: Boxed<Rest>
    private(set) var isOnline = false
    private(set) var isClosing = false
    /// Whether the shell was told to stop reading because of `unsent`.
    var isReadingPaused = false
    /// Whether the shell was told to stop reading because of a rate of messages.
    var isThrottled = false
    /// Whether it counts as a client that is let in.
    var isAdmitted = false
    /// What is left of the connection's own rate of messages.
    var bucket = TokenBucket.unlimited
    /// Whose rate of messages it uses as well; nil before it is let in.
    var quota: OwnerHandle?
    /// What the client was granted last; see `BrokerAuthorizer.publishing`.
    var granted: GrantedTopic?
    /// Whether subscriptions of the session it resumed were not granted again.
    var hasLostSubscriptions = false
    /// Whether it is in the list of those looked at in the next turn.
    var isWaiting = false
    private(set) var hasWalks = false
    private(set) var usesAliases = false
    var version = ProtocolVersion.v3_1_1
    var client: ConnectedClient?
    var session: SessionHandle?
    /// Seconds between signs of life, as the client or the server wanted it; 0 for none.
    var keepAlive: UInt16 = 0
    /// When something came last, in milliseconds of uptime; for a connection that is closing, when it began to.
    var lastActivity: Int64
    /// The step of the timer wheel that will look at this connection.
    var reminder: Int64?
    /// How many QoS 1 and 2 messages may be on the way to the client (3.1.2.11.3 and our own limit).
    var window = 0
    /// Bytes of the largest packet the client takes.
    var maximumPacketSize = Int.max
    /// QoS 1 and 2 messages from the client that are not acknowledged (4.9).
    var inboundInFlight = 0
    /// Bytes given to the shell that the network has not taken.
    var unsent = 0

    init(peer: ConnectionPeer, nonce: ConnectionNonce, now: Moment) {
        rest = Boxed(Rest(peer: peer, nonce: nonce))
        lastActivity = now.uptime
    }

    /// Milliseconds without a sign of life after which the connection ends ([MQTT-3.1.2-22]); 0 for never.
    var silenceAllowed: Int64 { Int64(keepAlive) * 1500 }

    var phase: Phase {
        get { rest.value.phase }
        set {
            rest.value.phase = newValue
            switch newValue {
            case .awaitingConnect, .authenticating, .opening: (isOnline, isClosing) = (false, false)
            case .online: (isOnline, isClosing) = (true, false)
            case .closing: (isOnline, isClosing) = (false, true)
            }
        }
    }

    var isAuthenticating: Bool {
        if case .authenticating = phase { return true }
        return false
    }

    /// What is known of the other end.
    var peer: ConnectionPeer {
        get { rest.value.peer }
        set { rest.value.peer = newValue }
    }

    /// The how manieth authentication of this broker decides on the client; 0 while none does.
    var authenticationNumber: UInt64 {
        get { rest.value.authenticationNumber }
        set { rest.value.authenticationNumber = newValue }
    }

    /// Random bits of this connection, for the identifier of a client that has none.
    var nonce: ConnectionNonce { rest.value.nonce }

    var will: Will? {
        get { rest.value.will }
        set { rest.value.will = newValue }
    }

    /// Whether the client said that it is a bridge (`Connect.isBridge`).
    var isBridge: Bool {
        get { rest.value.isBridge }
        set { rest.value.isBridge = newValue }
    }

    /// Topics the client gave numbers to (3.3.2.3.4).
    var aliases: [UInt16: TopicName] {
        get { rest.value.aliases }
        set { rest.value.aliases = newValue }
    }

    /// Numbers we gave to topics.
    var outboundAliases: OutboundAliases {
        get { rest.value.outboundAliases }
        set {
            rest.value.outboundAliases = newValue
            usesAliases = newValue.isUsed
        }
    }

    /// Retained messages still to be sent for new subscriptions.
    var walks: [RetainedDelivery] {
        get { rest.value.walks }
        set {
            rest.value.walks = newValue
            hasWalks = !newValue.isEmpty
        }
    }
}

/// What is known of the other end of a connection before it says anything.
package struct ConnectionPeer {
    /// Address and port, for people.
    package var text: String
    /// What it counts under in limits by address; nil if it counts under none.
    package var address: IPAddress?
    /// The certificate it showed.
    package var certificate: PeerCertificate?
    /// Whether its bytes are encrypted on their way.
    package var isSecure: Bool

    package init(
        text: String, address: IPAddress? = nil, certificate: PeerCertificate? = nil, isSecure: Bool = false
    ) {
        self.text = text
        self.address = address
        self.certificate = certificate
        self.isSecure = isSecure
    }
}

/// 128 random bits that the shell draws for each connection: nobody can guess the identifier a client was given.
package struct ConnectionNonce: Sendable, Hashable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// The walk through the retained messages for one new subscription.
struct RetainedDelivery {
    var walk: RetainedWalk
    let maximumQoS: QoS
    let subscriptionIdentifiers: [UInt32]
}
