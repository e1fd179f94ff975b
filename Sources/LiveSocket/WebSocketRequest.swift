import NIOCore
import NIOHTTP1

/// The request that asks for a WebSocket.
public struct WebSocketRequest: Sendable {
    /// The path, as it stands in the request: still percent-encoded, without the query.
    public let path: String
    /// What follows the question mark; empty when nothing does.
    public let query: String
    /// The header fields in order.
    public let headers: [(name: String, value: String)]
    /// The peer's address without its port, if it is known.
    public let address: String?
    /// Which connection it came on: the identity of its channel; nil: on none.
    public let connection: ObjectIdentifier?

    /// A request.
    public init(
        path: String, query: String, headers: [(name: String, value: String)], address: String?,
        connection: ObjectIdentifier? = nil
    ) {
        self.path = path
        self.query = query
        self.headers = headers
        self.address = address
        self.connection = connection
    }

    /// A header field's value; nil when it is missing, or given more than once.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        let found = headers.filter { $0.name.lowercased() == wanted }
        return found.count == 1 ? found[0].value : nil
    }

    /// Whether a header field, a comma-separated list, names `token` (compared without case).
    func header(_ name: String, lists token: String) -> Bool {
        let wanted = name.lowercased()
        return headers.contains { field in
            field.name.lowercased() == wanted
                && field.value.split(separator: ",").contains { $0.trimmedBlanks.lowercased() == token }
        }
    }

    /// Whether the request comes from a page of this server, or from no page at all.
    ///
    /// Browsers name the page's origin; other programs send none. A page of another origin must not read along.
    public var isSameOriginOrNone: Bool {
        guard headers.contains(where: { $0.name.lowercased() == "origin" }) else { return true }
        guard let origin = header("origin"), let host = header("host"), let scheme = origin.firstRange(of: "://")
        else { return false }
        return origin[scheme.upperBound...].lowercased() == host.lowercased()
    }
}

/// Whether a request for a WebSocket is granted.
public enum WebSocketAdmission: Sendable {
    /// It is; this talks to the peer then.
    case accept(WebSocketTalk)
    /// It is not, with this HTTP status, a sentence for a person, and further header fields.
    case refuse(status: Int, reason: String, headers: [(name: String, value: String)] = [])

    /// It is not, because the page that asks is another server's.
    public static var otherOrigin: WebSocketAdmission {
        .refuse(status: 403, reason: "This WebSocket is only for pages of this server.")
    }
}

extension WebSocketRequest {
    init(_ head: HTTPRequestHead, channel: any Channel) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            path: parts.first.map(String.init) ?? "", query: parts.count > 1 ? String(parts[1]) : "",
            headers: head.headers.map { (name: $0.name, value: $0.value) }, address: channel.remoteAddress?.ipAddress,
            connection: ObjectIdentifier(channel))
    }
}

/// Judges a request for a WebSocket by RFC 6455, section 4.2.1; then the endpoint's own rule decides.
struct UpgradeJudge: Sendable {
    let path: String
    let admit: @Sendable (WebSocketRequest) async -> WebSocketAdmission

    /// What is wrong with the request by itself; nil: nothing.
    func objection(to head: HTTPRequestHead, _ request: WebSocketRequest) -> (status: Int, sentence: String)? {
        guard request.path == path else { return (404, "There is no WebSocket here.") }
        guard head.method == .GET else { return (405, "A WebSocket begins with GET.") }
        guard head.version.major == 1, head.version.minor >= 1 else { return (426, "A WebSocket needs HTTP/1.1.") }
        guard request.header("upgrade", lists: "websocket"), request.header("connection", lists: "upgrade") else {
            return (426, "This address speaks WebSocket.")
        }
        guard request.header("sec-websocket-version") == "13" else {
            return (426, "Only version 13 of the WebSocket protocol is spoken here.")
        }
        // 16 bytes in base64 are 22 digits and two signs of padding.
        guard let key = request.header("sec-websocket-key"), key.utf8.count == 24, key.hasSuffix("==") else {
            return (400, "The header Sec-WebSocket-Key is missing or malformed.")
        }
        return nil
    }
}

extension StringProtocol {
    /// Without spaces and tabs at its ends.
    var trimmedBlanks: SubSequence {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}
