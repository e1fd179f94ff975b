public import NIOCore

/// One message of a WebSocket, whole: fragments are joined and checked before it is delivered.
public enum WebSocketMessage: Hashable, Sendable {
    /// Text; what arrives is valid UTF-8, and what is sent must be.
    case text(ByteBuffer)
    /// Bytes.
    case binary(ByteBuffer)

    /// The content.
    public var content: ByteBuffer {
        switch self {
        case .text(let content), .binary(let content): content
        }
    }
}

/// Why a WebSocket is closed (RFC 6455, section 7.4).
public struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt16

    /// A code by its number.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// 1000: the purpose is fulfilled.
    public static let normal = WebSocketCloseCode(rawValue: 1000)
    /// 1001: the server stops, or the page was left.
    public static let goingAway = WebSocketCloseCode(rawValue: 1001)
    /// 1002: a frame broke the protocol.
    public static let protocolError = WebSocketCloseCode(rawValue: 1002)
    /// 1003: a kind of data that is not accepted here.
    public static let unsupportedData = WebSocketCloseCode(rawValue: 1003)
    /// 1007: text that is not UTF-8.
    public static let invalidPayload = WebSocketCloseCode(rawValue: 1007)
    /// 1008: a rule of the application was broken.
    public static let policyViolation = WebSocketCloseCode(rawValue: 1008)
    /// 1009: a message over the limit.
    public static let messageTooBig = WebSocketCloseCode(rawValue: 1009)
    /// 1011: our own failure, or a peer that does not answer pings.
    public static let internalError = WebSocketCloseCode(rawValue: 1011)
    /// 1013: try again later.
    public static let tryAgainLater = WebSocketCloseCode(rawValue: 1013)

    /// Whether a peer may put this code on the wire: 1005, 1006 and 1015 never stand there (section 7.4.1).
    package var mayBeSent: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

/// A close frame's content.
public struct WebSocketClose: Hashable, Sendable {
    /// The code; nil when the frame is empty.
    public let code: WebSocketCloseCode?
    /// A sentence for a person; cut to 123 bytes on the wire.
    public let reason: String

    /// A reason to close.
    public init(_ code: WebSocketCloseCode?, _ reason: String = "") {
        self.code = code
        self.reason = reason
    }
}

/// What a WebSocket may use up, and how patient it is.
public struct WebSocketLimits: Sendable {
    /// The largest message that is accepted, in bytes; fragments count together. Over it: 1009.
    public var maximumMessageBytes: Int
    /// The largest number of fragments of one message. Over it: 1008.
    public var maximumFragments: Int
    /// Frames of any kind that the peer may send in a second, pings and pongs among them; 0: no limit. Over it: 1008.
    public var framesPerSecond: Int
    /// Frames that may come at once, after a time of rest.
    public var frameBurst: Int
    /// Bytes waiting for the peer's receive window, above which `send` waits.
    public var maximumQueuedBytes: Int
    /// Messages that `send(contentsOf:)` hands over at once before it looks at the queue again.
    public var maximumQueuedMessages: Int
    /// Silence after which the peer is asked for a sign of life.
    public var pingInterval: TimeAmount
    /// How long the peer has to answer that.
    public var pongTimeout: TimeAmount
    /// How long a closing handshake may take before the connection is dropped.
    public var closeTimeout: TimeAmount

    /// Limits; the defaults suit small messages to browsers.
    public init(
        maximumMessageBytes: Int = 16_384, maximumFragments: Int = 64, framesPerSecond: Int = 0, frameBurst: Int = 0,
        maximumQueuedBytes: Int = 262_144,
        maximumQueuedMessages: Int = 256, pingInterval: TimeAmount = .seconds(20),
        pongTimeout: TimeAmount = .seconds(10),
        closeTimeout: TimeAmount = .seconds(5)
    ) {
        self.maximumMessageBytes = maximumMessageBytes
        self.maximumFragments = maximumFragments
        self.framesPerSecond = framesPerSecond
        self.frameBurst = frameBurst
        self.maximumQueuedBytes = maximumQueuedBytes
        self.maximumQueuedMessages = maximumQueuedMessages
        self.pingInterval = pingInterval
        self.pongTimeout = pongTimeout
        self.closeTimeout = closeTimeout
    }
}

/// What goes wrong for those who use a WebSocket.
public enum WebSocketError: Error, Hashable, Sendable {
    /// The socket is closed or closing: nothing more can be sent.
    case closed
}
