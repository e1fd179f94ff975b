public import MQTTCodec
public import NIOCore

/// How a client connects and what it keeps.
public struct MQTTClientConfiguration: Sendable {
    /// A name or an address.
    public var host: String
    /// TCP port, 1883 by custom.
    public var port: Int
    /// The version to speak.
    public var version: ProtocolVersion
    /// Empty asks the server to choose; the choice is kept for later connections (5.0).
    public var clientIdentifier: MQTTString
    /// Begin without a session that the server may still have. Holds for the first connection; later ones of a session
    /// that outlives its connection go on with it.
    public var cleanStart = true
    /// 5.0: seconds the session outlives the connection. 3.1.1: anything above 0 is for ever, and needs
    /// `cleanStart` false.
    public var sessionExpiry: UInt32 = 0
    /// Seconds; 0 switches keep alive off.
    public var keepAlive: UInt16 = 60
    /// Published by the server if the client vanishes.
    public var will: Will?
    /// Nil sends none.
    public var userName: MQTTString?
    /// Nil sends none. Never logged.
    public var password: [UInt8]?
    /// Other properties of CONNECT (5.0).
    public var connectProperties = Properties.none
    /// How many QoS 1 and 2 messages may be on their way at once, 1...60000; the server's receive maximum bounds it too.
    public var maximumInFlight = 64
    /// How many messages may wait for that window or for a connection; above it publishing throws `queueFull`.
    public var maximumQueued = 10_000
    /// 5.0: how many QoS 1 and 2 messages the server may have on their way to this client at once, 1...65535.
    public var receiveMaximum: UInt16 = 1_024
    /// The largest packet taken, in bytes.
    public var maximumPacketSize = 1_048_576
    /// 5.0: how many topic aliases the server may use.
    public var topicAliasMaximum: UInt16 = 16
    /// Who acknowledges QoS 1 and 2 messages that arrive.
    public var acknowledgement = AcknowledgementMode.automatic
    /// How many messages may wait for their reader; above it the client stops reading from the server.
    public var incomingBuffer = 256
    /// How long TCP and CONNACK may take together.
    public var connectTimeout = TimeAmount.seconds(10)
    /// Nil gives up when the connection is lost.
    public var reconnect: ReconnectPolicy? = ReconnectPolicy()
    /// Told what happens to the connection, on the event loop; it must return at once.
    public var onEvent: (@Sendable (MQTTClientEvent) -> Void)?

    /// A client of this server with everything else at its default.
    public init(host: String, port: Int = 1883, version: ProtocolVersion, clientIdentifier: MQTTString) {
        self.host = host
        self.port = port
        self.version = version
        self.clientIdentifier = clientIdentifier
    }
}

/// Who acknowledges QoS 1 and 2 messages that arrive.
public enum AcknowledgementMode: Sendable, Hashable {
    /// The client, as soon as it has taken the message.
    case automatic
    /// The reader, with `MQTTClient.acknowledge`, when its work with the message is done. Acknowledgements leave in the
    /// order in which the messages came ([MQTT-4.6.0-2]): one that is never given holds back all later ones.
    case manual
}

/// When to connect again: each wait is drawn between half and all of a delay that doubles up to a maximum, so that many
/// clients of one server do not come back in step.
public struct ReconnectPolicy: Sendable, Hashable {
    /// The delay before the first attempt.
    public var initial: TimeAmount
    /// The longest delay.
    public var maximum: TimeAmount

    /// A policy; `maximum` is at least `initial`.
    public init(initial: TimeAmount = .milliseconds(250), maximum: TimeAmount = .seconds(30)) {
        self.initial = initial
        self.maximum = max(initial, maximum)
    }
}

/// What happens to the connection of a client.
public enum MQTTClientEvent: Sendable, Hashable {
    /// The server accepted; whether it still had the session.
    case connected(sessionPresent: Bool)
    /// The connection is gone. With `retryIn` nil for good.
    case disconnected(MQTTClientError, retryIn: TimeAmount?)
    /// A subscription that the server had accepted before was refused after a reconnect.
    case resubscribeRefused(TopicFilter, ReasonCode)
}

/// What a client has done since it was made.
public struct MQTTClientCounters: Sendable, Hashable {
    /// Messages handed to `publish`.
    public var published = 0
    /// Of them, QoS 1 and 2 acknowledged with success, and QoS 0 handed to the connection.
    public var completed = 0
    /// Of them, refused or given up.
    public var failed = 0
    /// Messages that arrived and were given to the reader.
    public var received = 0
    /// Connections accepted by the server.
    public var connections = 0
}
