import Compression
import HTTPTypes
import HubModel
import HummingbirdCore
import NIOCore

/// Reads a request's body once, within its limit and its time.
struct RequestBodyReader {
    /// Bodies that no route asked for are read up to here, so that their connection can go on.
    static let idleBytes = 65_536

    private let channel: any Channel
    private let timeout: TimeAmount
    /// How long the body says it is; nil: it comes in chunks.
    private let declared: Int?
    /// The `Content-Encoding`, in small letters; nil: none.
    private let coding: String?
    private var awaitsWord: Bool
    private var parts: RequestBody.AsyncIterator
    private var content: [UInt8]?
    private var isAtEnd: Bool
    /// Whether the body broke off, or its framing is malformed: nothing more can be read from its connection.
    private(set) var isTorn = false

    init(_ request: Request, _ channel: any Channel, timeout: TimeAmount) {
        self.channel = channel
        self.timeout = timeout
        // The parser has checked it: only digits arrive here. What does not fit is too long in any case.
        let length = request.headers[.contentLength].map { Int($0) ?? .max } ?? 0
        self.declared = request.headers[.transferEncoding] == nil ? length : nil
        let coding = request.headers[.contentEncoding]?.lowercased()
        self.coding = coding == "identity" ? nil : coding
        self.awaitsWord = request.headers[.expect]?.lowercased() == "100-continue"
        // One iterator for all of the body: what a refusal leaves over is dropped by the same.
        self.parts = request.body.makeAsyncIterator()
        self.isAtEnd = declared == 0
    }

    /// Whether what was not read is so much that the connection had better end; so it had if the client waits for a word
    /// before it sends, because then nobody knows whether it will.
    var isTooMuchToDrop: Bool {
        !isAtEnd && (awaitsWord || (declared ?? .max) > RequestBodyReader.idleBytes)
    }

    /// The body, decompressed; read when it is asked for the first time. What is declared too long is refused before any of
    /// it is read.
    /// - Parameter limit: the most bytes, on the wire as well as decompressed.
    /// - Throws: `too_large`; `malformed_request` for one that does not come whole, or is not the gzip that it says it is;
    ///   `unsupported_media_type` for another encoding than gzip.
    mutating func read(upTo limit: Int, _ writer: borrowing ResponseWriter) async throws -> [UInt8] {
        if let content { return content }
        guard !isAtEnd else { return [] }
        let tooLarge = Refusal(.tooLarge, "A body may have \(limit) bytes here.")
        guard (declared ?? 0) <= limit else { throw tooLarge }
        guard coding == nil || RequestBodyReader.isGzip(coding) else {
            throw Refusal(.unsupportedMediaType, "Send the body as it is, or with Content-Encoding: gzip.")
        }
        let deadline = channel.closing(in: timeout)
        defer { deadline.cancel() }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(declared ?? 0)
        if awaitsWord {
            awaitsWord = false
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        while let part = try await next() {
            guard bytes.count + part.readableBytes <= limit else { throw tooLarge }
            bytes.append(contentsOf: part.readableBytesView)
        }
        guard bytes.count >= declared ?? 0 else { throw torn() }
        isAtEnd = true
        if coding != nil, !bytes.isEmpty { bytes = try RequestBodyReader.decompressed(bytes, limit: limit, tooLarge) }
        content = bytes
        return bytes
    }

    /// The next part. Whatever goes wrong on the way is the client's: its connection broke, or what it sent is no HTTP.
    private mutating func next() async throws -> ByteBuffer? {
        do {
            return try await parts.next()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw torn()
        }
    }

    private mutating func torn() -> Refusal {
        isTorn = true
        return Refusal(.malformedRequest, "The body of the request broke off, or is not framed as HTTP/1.1 has it.")
    }

    private static func isGzip(_ coding: String?) -> Bool { coding == "gzip" || coding == "x-gzip" }

    private static func decompressed(_ bytes: [UInt8], limit: Int, _ tooLarge: Refusal) throws(Refusal) -> [UInt8] {
        do throws(GzipFailure) {
            return try Gzip.decompressed(bytes, limit: limit)
        } catch {
            switch error {
            case .tooLarge: throw tooLarge
            case .malformed:
                throw Refusal(.malformedRequest, "The body is not gzip, as its Content-Encoding says, or breaks off.")
            }
        }
    }

    /// Reads and drops what is left, within the time that a body has and up to `limit` bytes.
    mutating func drop(upTo limit: Int = RequestBodyReader.idleBytes) async throws {
        guard !isAtEnd, !isTorn else { return }
        let deadline = channel.closing(in: timeout)
        defer { deadline.cancel() }
        var dropped = 0
        while dropped <= limit {
            guard let part = try await next() else {
                isAtEnd = true
                return
            }
            dropped += part.readableBytes
        }
    }
}

extension Channel {
    /// Closes the channel after a time, unless that is cancelled.
    func closing(in time: TimeAmount) -> Scheduled<Void> {
        eventLoop.scheduleTask(in: time) { self.close(promise: nil) }
    }
}
