import NIOCore
import NIOWebSocket

/// Joins the fragments of a message (RFC 6455, section 5.4) and checks text for UTF-8 (section 8.1).
struct MessageAssembler {
    private enum Kind {
        case text, binary
    }

    private struct Unfinished {
        let kind: Kind
        var content: ByteBuffer
        var fragments: Int
    }

    private let maximumBytes: Int
    private let maximumFragments: Int
    private var unfinished: Unfinished?

    init(maximumBytes: Int, maximumFragments: Int) {
        self.maximumBytes = maximumBytes
        self.maximumFragments = maximumFragments
    }

    /// Takes a data frame's unmasked content.
    /// - Returns: the message if this frame completes one; nil if more must follow.
    /// - Throws: the close that the frame deserves.
    mutating func take(
        _ content: ByteBuffer, opcode: WebSocketOpcode, isFinal: Bool
    ) throws(WebSocketViolation) -> WebSocketMessage? {
        var message: Unfinished
        switch (opcode, unfinished) {
        case (.text, nil): message = Unfinished(kind: .text, content: content, fragments: 1)
        case (.binary, nil): message = Unfinished(kind: .binary, content: content, fragments: 1)
        case (.continuation, .some(let begun)):
            message = begun
            message.fragments += 1
            message.content.writeImmutableBuffer(content)
        case (.continuation, nil):
            throw WebSocketViolation(.protocolError, "a continuation without a beginning")
        default:
            throw WebSocketViolation(.protocolError, "a new message within an unfinished one")
        }
        guard message.content.readableBytes <= maximumBytes else {
            throw WebSocketViolation(.messageTooBig, "a message may have \(maximumBytes) bytes")
        }
        guard isFinal else {
            guard message.fragments < maximumFragments else {
                throw WebSocketViolation(.policyViolation, "a message may have \(maximumFragments) fragments")
            }
            unfinished = message
            return nil
        }
        unfinished = nil
        switch message.kind {
        case .binary: return .binary(message.content)
        case .text:
            guard String(validating: message.content.readableBytesView, as: UTF8.self) != nil else {
                throw WebSocketViolation(.invalidPayload, "text must be UTF-8")
            }
            return .text(message.content)
        }
    }
}

/// A peer's breach of the protocol, as the close frame that answers it.
struct WebSocketViolation: Error {
    let close: WebSocketClose

    init(_ code: WebSocketCloseCode, _ reason: String) {
        self.close = WebSocketClose(code, reason)
    }
}
