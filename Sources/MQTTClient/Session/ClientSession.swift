import DequeModule
import MQTTCodec

/// The protocol of a client as a value: what is on its way, what is owed, what is subscribed. It outlives connections;
/// packets and wishes go in, actions come out; it knows no socket and no clock (MQTT 5.0, 4).
package struct ClientSession {
    package enum Phase: Sendable, Equatable {
        /// No connection.
        case offline
        /// CONNECT is sent.
        case greeting
        /// CONNACK has come.
        case online
        /// Disconnected for good.
        case over
    }

    package internal(set) var phase = Phase.offline
    let settings: ClientSettings
    var clientIdentifier: MQTTString
    var wasOnline = false
    var server = ServerLimits()

    // Sending.
    var inFlight: [PacketIdentifier: Flight] = [:]
    /// How many of `inFlight` were sent on this connection: what the server's receive maximum counts.
    var unacknowledged = 0
    var lastIdentifier = PacketIdentifier(.max) ?? .first
    var nextOrder: UInt64 = 0
    var resends = Deque<PacketIdentifier>()
    var waiting = Deque<Waiting>()
    var waitingUnacknowledged = Deque<Waiting>()

    // Subscribing.
    var operations: [PacketIdentifier: Operation] = [:]
    var waitingOperations = Deque<Operation>()
    var subscriptions: [Standing] = []

    // Receiving.
    var aliases: [UInt16: TopicName] = [:]
    /// QoS 2 messages that are acknowledged by PUBREC and not yet released.
    var unreleased: Set<PacketIdentifier> = []
    var owed = Deque<Owed>()
    var firstOwedSerial: UInt64 = 0

    package init(_ settings: ClientSettings) {
        self.settings = settings
        clientIdentifier = settings.clientIdentifier
    }

    /// How many messages wait for a window or a connection.
    package var queued: Int { waiting.count + waitingUnacknowledged.count }
    /// How many QoS 1 and 2 messages are on their way.
    package var onTheirWay: Int { inFlight.count }

    /// A message that is sent and not acknowledged.
    struct Flight {
        enum Stage { case puback, pubrec, pubcomp }
        var publish: Publish
        var stage: Stage
        let order: UInt64
        let ticket: UInt64
        /// On this connection.
        var isSent: Bool
    }

    struct Waiting {
        let publish: Publish
        let ticket: UInt64
    }

    struct Operation {
        enum Kind {
            case subscribe([Subscription], identifier: UInt32?)
            case unsubscribe([TopicFilter])
        }
        let kind: Kind
        /// Nil for a subscription that is renewed after a reconnect.
        let ticket: UInt64?
    }

    /// A subscription that the server accepted.
    struct Standing {
        var subscription: Subscription
        var identifier: UInt32?
    }

    /// An acknowledgement that waits for its turn.
    struct Owed {
        enum State: Equatable { case open, given(ReasonCode), dropped }
        let identifier: PacketIdentifier
        let qos: QoS
        var state: State
    }
}

/// The part of the configuration that the protocol needs.
package struct ClientSettings: Sendable {
    let version: ProtocolVersion
    let clientIdentifier: MQTTString
    let cleanStart: Bool
    let sessionExpiry: UInt32
    let keepAlive: UInt16
    let will: Will?
    let userName: MQTTString?
    let password: [UInt8]?
    let connectProperties: Properties
    let maximumInFlight: Int
    let maximumQueued: Int
    let receiveMaximum: UInt16
    let maximumPacketSize: Int
    let topicAliasMaximum: UInt16
    let acknowledgement: AcknowledgementMode

    /// Values outside their ranges are moved to the nearest end.
    package init(_ configuration: MQTTClientConfiguration) {
        version = configuration.version
        clientIdentifier = configuration.clientIdentifier
        cleanStart = configuration.cleanStart
        sessionExpiry = configuration.sessionExpiry
        keepAlive = configuration.keepAlive
        will = configuration.will
        userName = configuration.userName
        password = configuration.password
        connectProperties = configuration.connectProperties
        maximumInFlight = min(max(1, configuration.maximumInFlight), 60_000)
        maximumQueued = max(0, configuration.maximumQueued)
        receiveMaximum = max(1, configuration.receiveMaximum)
        maximumPacketSize = max(64, configuration.maximumPacketSize)
        topicAliasMaximum = configuration.topicAliasMaximum
        acknowledgement = configuration.acknowledgement
    }
}

/// What the server said in CONNACK that it takes; the defaults of MQTT 5.0, 3.2.2.3.
struct ServerLimits {
    var receiveMaximum = Int(UInt16.max)
    var maximumQoS = QoS.exactlyOnce
    var retainAvailable = true
    var maximumPacketSize: Int?
}
