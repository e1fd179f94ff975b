package import NIOCore

/// Looks at a connection's first bytes for the one question that decides its pipeline: is this a request for the
/// WebSocket?
///
/// It judges nothing else: whatever looks otherwise goes to the HTTP server, which has a full parser.
package struct RequestPeek {
    /// What the bytes say so far.
    package enum Verdict: Equatable, Sendable {
        case undecided, http, webSocket
    }

    private let path: String
    private let maximumBytes: Int
    private var scanned = 0

    /// A look out for `path`, in a request head of at most `maximumBytes`.
    package init(path: String, maximumBytes: Int) {
        self.path = path
        self.maximumBytes = maximumBytes
    }

    /// Looks at all bytes that have arrived until now.
    package mutating func look(at bytes: ByteBufferView) -> Verdict {
        guard let end = headEnd(bytes) else { return bytes.count > maximumBytes ? .http : .undecided }
        let head = String(decoding: bytes.prefix(end), as: UTF8.self)
        let lines = head.split(whereSeparator: \.isNewline)
        guard let requestLine = lines.first else { return .http }
        let words = requestLine.split(separator: " ")
        guard words.count == 3, words[1].split(separator: "?", maxSplits: 1).first.map(String.init) == path else {
            return .http
        }
        let asksForWebSocket = lines.dropFirst().contains { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2 && parts[0].lowercased() == "upgrade" && parts[1].lowercased().contains("websocket")
        }
        return asksForWebSocket ? .webSocket : .http
    }

    /// Where the empty line begins that ends the head; bare line feeds count, so that nobody waits for what never
    /// comes.
    private mutating func headEnd(_ bytes: ByteBufferView) -> Int? {
        let lineFeed = UInt8(ascii: "\n")
        let base = bytes.startIndex
        defer { scanned = max(0, bytes.count - 3) }
        var index = scanned
        while index < bytes.count {
            if bytes[base + index] == lineFeed {
                if index + 1 < bytes.count, bytes[base + index + 1] == lineFeed { return index }
                if index + 2 < bytes.count, bytes[base + index + 1] == UInt8(ascii: "\r"),
                    bytes[base + index + 2] == lineFeed
                {
                    return index
                }
            }
            index += 1
        }
        return nil
    }
}
