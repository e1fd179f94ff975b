package import NIOCore
package import NIOWebSocket

/// The server's side of one WebSocket, from the upgrade to the end: open, closing, closed. Frames, times and wishes go
/// in; what is to be done comes out. It knows no socket and no timer.
package struct WebSocketStateMachine {
    /// What the shell has to do.
    package enum Action: Equatable {
        case nothing
        /// Hand the message to the application.
        case deliver(WebSocketMessage)
        /// Send a ping with this content.
        case ping(ByteBuffer)
        /// Send a pong with this content.
        case pong(ByteBuffer)
        /// Send this close frame, then wait for the peer's.
        case close(WebSocketClose)
        /// Send this close frame, which answers the peer's, then drop the connection: a server does so first (section
        /// 7.1.1).
        case answerAndDrop(WebSocketClose)
        /// Send this close frame, end our side of the connection and wait until the peer ends its own: it is still
        /// sending, and a connection cut now might take the close frame with it.
        case closeAndFinish(WebSocketClose)
        /// The same, but the close frame is out already.
        case finish
        /// Drop the connection.
        case drop
    }

    private enum State {
        case open(nextPing: NIODeadline, pongDue: NIODeadline?)
        /// We have sent a close frame; the peer has not.
        case closing(deadline: NIODeadline)
        /// Nothing more is said; only the end of the transport is awaited.
        case finishing(deadline: NIODeadline)
        case closed
    }

    private let limits: WebSocketLimits
    private var assembler: MessageAssembler
    private var state: State
    private var frames: FrameAllowance

    /// An open socket.
    package init(limits: WebSocketLimits, now: NIODeadline) {
        self.limits = limits
        self.assembler = MessageAssembler(
            maximumBytes: limits.maximumMessageBytes, maximumFragments: limits.maximumFragments)
        self.state = .open(nextPing: now + limits.pingInterval, pongDue: nil)
        self.frames = FrameAllowance(perSecond: limits.framesPerSecond, burst: limits.frameBurst, now: now)
    }

    /// Whether messages may be sent.
    package var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// When `timeout` must be called next; nil: never.
    package var nextDeadline: NIODeadline? {
        switch state {
        case .open(let nextPing, let pongDue): pongDue ?? nextPing
        case .closing(let deadline), .finishing(let deadline): deadline
        case .closed: nil
        }
    }

    /// Takes a frame from the peer, as it came: still masked.
    package mutating func receive(_ frame: WebSocketFrame, now: NIODeadline) -> Action {
        switch state {
        case .finishing, .closed:
            return .nothing
        case .closing:
            // Data that was under way when we closed is of no use any more; only the peer's close frame counts.
            guard frame.opcode == .connectionClose else { return .nothing }
            state = .closed
            return .drop
        case .open:
            state = .open(nextPing: now + limits.pingInterval, pongDue: nil)
            guard frames.take(now: now) else {
                return fail(WebSocketClose(.policyViolation, "too many messages"), now: now)
            }
            do throws(WebSocketViolation) {
                return try receiveOpen(frame, now: now)
            } catch {
                return fail(error.close, now: now)
            }
        }
    }

    /// The frame decoder gave up.
    package mutating func undecodable(_ error: NIOWebSocketError, now: NIODeadline) -> Action {
        switch error {
        case .invalidFrameLength: fail(WebSocketClose(.messageTooBig, "a frame over the limit"), now: now)
        case .fragmentedControlFrame: fail(WebSocketClose(.protocolError, "a control frame in fragments"), now: now)
        case .multiByteControlFrameLength:
            fail(WebSocketClose(.protocolError, "a control frame over 125 bytes"), now: now)
        }
    }

    /// The application, or the server's end, wants to close.
    package mutating func close(_ close: WebSocketClose, now: NIODeadline) -> Action {
        guard case .open = state else { return .nothing }
        state = .closing(deadline: now + limits.closeTimeout)
        return .close(close)
    }

    /// The peer has ended its side of the connection.
    package mutating func peerEnded() -> Action {
        if case .closed = state { return .nothing }
        state = .closed
        return .drop
    }

    /// The connection is gone.
    package mutating func transportClosed() {
        state = .closed
    }

    /// Time has passed.
    package mutating func timeout(now: NIODeadline) -> Action {
        switch state {
        case .open(_, .some(let pongDue)):
            guard now >= pongDue else { return .nothing }
            return fail(WebSocketClose(.internalError, "no answer to a ping"), now: now)
        case .open(let nextPing, nil):
            guard now >= nextPing else { return .nothing }
            state = .open(nextPing: nextPing, pongDue: now + limits.pongTimeout)
            return .ping(ByteBuffer())
        case .closing(let deadline), .finishing(let deadline):
            guard now >= deadline else { return .nothing }
            state = .closed
            return .drop
        case .closed:
            return .nothing
        }
    }

    private mutating func receiveOpen(_ frame: WebSocketFrame, now: NIODeadline) throws(WebSocketViolation) -> Action {
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            throw WebSocketViolation(.protocolError, "a reserved bit is set")
        }
        // Section 5.1: a client masks every frame; a server closes on one that is not.
        guard frame.maskKey != nil else { throw WebSocketViolation(.protocolError, "a frame is not masked") }
        let content = frame.unmaskedData
        switch frame.opcode {
        case .text, .binary, .continuation:
            guard let message = try assembler.take(content, opcode: frame.opcode, isFinal: frame.fin) else {
                return .nothing
            }
            return .deliver(message)
        case .ping:
            return .pong(content)
        case .pong:
            return .nothing
        case .connectionClose:
            let answer = try answer(toClose: content)
            state = .finishing(deadline: now + limits.closeTimeout)
            return .answerAndDrop(answer)
        default:
            throw WebSocketViolation(.protocolError, "an unknown kind of frame")
        }
    }

    /// Checks a close frame's content (section 5.5.1) and gives the answer: the same code.
    private func answer(toClose content: ByteBuffer) throws(WebSocketViolation) -> WebSocketClose {
        var content = content
        guard content.readableBytes > 0 else { return WebSocketClose(nil) }
        guard let number = content.readInteger(as: UInt16.self) else {
            throw WebSocketViolation(.protocolError, "a close frame of one byte")
        }
        let code = WebSocketCloseCode(rawValue: number)
        guard code.mayBeSent else { throw WebSocketViolation(.protocolError, "a close code that may not be sent") }
        guard String(validating: content.readableBytesView, as: UTF8.self) != nil else {
            throw WebSocketViolation(.invalidPayload, "a close reason must be UTF-8")
        }
        return WebSocketClose(code)
    }

    private mutating func fail(_ close: WebSocketClose, now: NIODeadline) -> Action {
        switch state {
        case .open:
            state = .finishing(deadline: now + limits.closeTimeout)
            return .closeAndFinish(close)
        case .closing(let deadline):
            // The close frame is out already; a peer that now sends garbage will not answer it.
            state = .finishing(deadline: deadline)
            return .finish
        case .finishing, .closed:
            return .nothing
        }
    }
}
