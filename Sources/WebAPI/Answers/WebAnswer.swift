import HTTPTypes
import HubModel
import HummingbirdCore
import NIOCore
import SolutionKit

/// An answer on its way to the client.
package struct WebAnswer {
    var status: Int
    var headers: HTTPFields
    var body: Body
    /// Under which name the request is counted: a route's template, never a path.
    let route: String
    /// Whether the connection ends with this answer, because the request's body was not read.
    var endsConnection = false
    /// Whether its body was made for this one request; the pages' files are there once for all.
    private(set) var isMade = false
    /// What it may ask a browser for, if it is a page, or the word that a page which the browser has still holds.
    private var features: Set<BrowserFeature> = []

    /// What is sent.
    enum Body {
        case bytes(ByteBuffer)
        /// A part of a file, which may be all of it.
        case file(OpenFile, Range<Int64>)
        case stream(@Sendable (BodyWriter) async throws -> Void)
    }

    init(status: Int, headers: HTTPFields, body: ByteBuffer, route: String) {
        self.status = status
        self.headers = headers
        self.body = .bytes(body)
        self.route = route
    }

    /// What a route answers.
    /// - Parameter wanted: which part of it the client wants, and whether it has it already.
    /// - Throws: `range_not_satisfiable`; `CocoaError` when a file cannot be opened.
    init(_ response: RouteResponse, route: String, wanted: WantedPart) async throws {
        self.init(response, route: route)
        switch response.content {
        case .bytes:
            guard status == 200,
                wanted.outcome(entityTag: headers[.eTag], modified: headers[.lastModified], length: nil) == .notModified
            else { return }
            becomeNotModified()
        case .stream(let make): body = .stream(make)
        case .file(let file): try await take(file, wanted)
        }
    }

    /// An answer whose bytes are in memory.
    init(_ response: RouteResponse, route: String) {
        var headers = HTTPFields()
        if !response.contentType.isEmpty { headers[.contentType] = response.contentType }
        // Values of now are of no use later, unless the route says otherwise.
        headers[.cacheControl] = "no-store"
        for header in response.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            // Cookies are the one field whose values cannot be joined (RFC 9110, section 5.3).
            if name == .setCookie {
                headers.append(HTTPField(name: name, value: header.value))
            } else {
                headers[name] = header.value
            }
        }
        self.init(status: response.status, headers: headers, body: ByteBuffer(bytes: response.body), route: route)
        isMade = true
    }

    private mutating func take(_ file: ResponseFile, _ wanted: WantedPart) async throws {
        let open = try await OpenFile.open(file)
        if let tag = file.entityTag { headers[.eTag] = tag }
        if let modified = file.modifiedAt.map(HTTPDate.text) { headers[.lastModified] = modified }
        headers[.acceptRanges] = "bytes"
        switch wanted.outcome(entityTag: headers[.eTag], modified: headers[.lastModified], length: open.length) {
        case .whole: body = .file(open, 0..<open.length)
        case .notModified: becomeNotModified()
        case .part(let range):
            status = 206
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(open.length)"
            body = .file(open, range)
        case .unsatisfiable:
            throw Refusal(.rangeNotSatisfiable, "The file has \(open.length) bytes.")
        }
    }

    private mutating func becomeNotModified() {
        status = 304
        headers[.contentType] = nil
        body = .bytes(ByteBuffer())
    }

    /// How many bytes are sent; nil: nobody knows yet.
    var length: Int? {
        switch body {
        case .bytes(let bytes): bytes.readableBytes
        case .file(_, let range): range.count
        case .stream: nil
        }
    }

    /// Whether nothing is sent but the head.
    var isEmpty: Bool { length == 0 }

    /// A file of the pages, or 304 if the client has it already (RFC 9110, section 13.1.2).
    /// - Parameter accepted: the request's `Accept-Encoding`.
    init(_ file: StaticFile, status: Int = 200, ifNoneMatch: String?, accepted: String?) {
        var headers = HTTPFields()
        var body = file.content
        var entityTag = file.entityTag
        if let gzipped = file.gzipped {
            headers[.vary] = "Accept-Encoding"
            if WebAnswer.acceptsGzip(accepted) {
                headers[.contentEncoding] = "gzip"
                body = gzipped
                // Other bytes have another strong tag (RFC 9110, section 8.8.3.3).
                entityTag = "\(entityTag.dropLast())-gzip\""
            }
        }
        headers[.eTag] = entityTag
        headers[.cacheControl] = "no-cache"
        // Without it a service worker may answer only for the folder of its script (W3C Service Workers, Update).
        if let scope = file.workerScope, let name = HTTPField.Name("Service-Worker-Allowed") { headers[name] = scope }
        guard status == 200, let ifNoneMatch, WantedPart.matches(ifNoneMatch, entityTag) else {
            headers[.contentType] = file.contentType
            self.init(status: status, headers: headers, body: body, route: "pages")
            features = file.features
            return
        }
        headers[.contentEncoding] = nil
        self.init(status: 304, headers: headers, body: ByteBuffer(), route: "pages")
        features = file.features
    }

    /// Whether `Accept-Encoding` names gzip, or all there is, and does not weigh it with nothing (RFC 9110, section 12.5.3).
    package static func acceptsGzip(_ header: String?) -> Bool {
        var all = false
        for (name, weight) in WeightedNames.read(header ?? "") {
            // A word for gzip itself counts before the star.
            if name == "gzip" || name == "x-gzip" { return weight > 0 }
            if name == "*" { all = weight > 0 }
        }
        return all
    }

    /// Adds what every answer carries.
    mutating func complete(date: String, host: String?, isSecure: Bool) {
        headers[.date] = date
        for (name, value) in features.isEmpty ? WebAnswer.usual : WebAnswer.usual(features) { headers[name] = value }
        // A route that gives what others have sent has a stricter one.
        if headers[.contentSecurityPolicy] == nil {
            headers[.contentSecurityPolicy] = WebAnswer.contentSecurityPolicy(host: host)
        }
        // A browser that learnt this of localhost would also refuse plain HTTP on its other ports.
        if isSecure, !ClientCheck.isLoopback(host: host ?? "") {
            headers[.strictTransportSecurity] = "max-age=31536000"
        }
        // 204 and 304 have no content by definition (RFC 9110, section 8.6).
        if status != 204, status != 304, let length { headers[.contentLength] = String(length) }
        if endsConnection { headers[.connection] = "close" }
    }

    private static let usual = usual([])

    /// Nothing is guessed, no address leaks, no device of the reader's is used but what the page's solution declares, and no page of
    /// another site shares a window or embeds what is here.
    private static func usual(_ features: Set<BrowserFeature>) -> [(HTTPField.Name, String)] {
        let policy = BrowserFeature.allCases.map { "\($0.rawValue)=\(features.contains($0) ? "(self)" : "()")" }
        return [
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
            ("Permissions-Policy", policy.joined(separator: ", ")),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
    }

    /// Scripts and styles from files of the hub only; and nobody may frame its pages. Safari before 15.4 does not count the
    /// own WebSocket as `'self'`, so it is named.
    private static func contentSecurityPolicy(host: String?) -> String {
        let sockets = host.flatMap { isPlain($0) ? " ws://\($0) wss://\($0)" : nil } ?? ""
        return "default-src 'self'; img-src 'self' data:; connect-src 'self'\(sockets); object-src 'none'; "
            + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    }

    /// Whether a host can stand in a policy as it is: letters, digits and what addresses are made of.
    private static func isPlain(_ host: String) -> Bool {
        !host.isEmpty && host.utf8.count <= 255
            && host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
                    UInt8(ascii: "["), UInt8(ascii: "]"):
                    true
                default: false
                }
            }
    }
}
