import Compression
import HTTPTypes
import HubModel
import HummingbirdCore
import NIOCore
import Synchronization

/// Reads a request's body, whole or piece by piece, within its limit and at its pace (`BodyPace`).
///
/// Sendable by hand: what is mutable here is touched only between `begin` and `end`, and these let one task in at a time: a second one is
/// refused. The task of the connection looks at it without them before the route's handler is called and after `close`, which lets
/// nobody in any more.
final class RequestBodyReader: @unchecked Sendable {
    /// Bodies that no route asked for are read up to here, so that their connection can go on.
    static let idleBytes = 65_536

    private enum Turn: UInt8, AtomicRepresentable {
        case idle, reading, closed
    }

    private let channel: any Channel
    private let deadlines: BodyDeadlines
    private var pace: BodyPace
    /// How long the body says it is; nil: it comes in chunks.
    private let declared: Int?
    /// The `Content-Encoding`, in small letters; nil: none.
    private let coding: String?
    private var awaitsWord: Bool
    private var parts: RequestBody.AsyncIterator
    private var content: [UInt8]?
    private var isAtEnd: Bool
    /// What was given piece by piece so far.
    private var streamed = 0
    /// Whether the body broke off, or its framing is malformed: nothing more can be read from its connection.
    private(set) var isTorn = false
    private let turn = Atomic(Turn.idle)

    init(_ request: Request, _ channel: any Channel, _ deadlines: BodyDeadlines) {
        self.channel = channel
        self.deadlines = deadlines
        self.pace = deadlines.pace
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

    /// Whether the request came without a body.
    var isAbsent: Bool { declared == 0 }

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
    func read(upTo limit: Int, _ writer: borrowing ResponseWriter) async throws -> [UInt8] {
        if let content { return content }
        guard !isAtEnd else { return [] }
        let tooLarge = RequestBodyReader.tooLarge(limit)
        guard (declared ?? 0) <= limit else { throw tooLarge }
        guard coding == nil || RequestBodyReader.isGzip(coding) else {
            throw Refusal(.unsupportedMediaType, "Send the body as it is, or with Content-Encoding: gzip.")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(declared ?? 0)
        try await sayContinue(writer)
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

    /// Makes ready to give the body piece by piece. What is declared too long is refused at once.
    /// - Throws: `too_large`; `unsupported_media_type` for a body that is compressed.
    func beginPieces(upTo limit: Int, _ writer: borrowing ResponseWriter) async throws {
        guard (declared ?? 0) <= limit else { throw RequestBodyReader.tooLarge(limit) }
        guard coding == nil else {
            throw Refusal(.unsupportedMediaType, "Send the body as it is, without a Content-Encoding.")
        }
        if !isAtEnd { try await sayContinue(writer) }
    }

    /// The next piece, never empty; nil at the end.
    /// - Throws: `too_large`; `malformed_request` for a body that does not come whole.
    func piece(upTo limit: Int) async throws -> [UInt8]? {
        guard begin() else {
            throw Refusal(.internalFailure, "A body was read by two tasks, or after its request was answered.")
        }
        defer { end() }
        guard !isAtEnd else { return nil }
        while let part = try await next() {
            guard part.readableBytes > 0 else { continue }
            streamed += part.readableBytes
            guard streamed <= limit else { throw RequestBodyReader.tooLarge(limit) }
            return Array(part.readableBytesView)
        }
        guard streamed >= declared ?? 0 else { throw torn() }
        isAtEnd = true
        return nil
    }

    /// The request is answered: whoever still holds the body gets no more of it.
    /// - Returns: false when somebody reads it at this very moment, and nothing here may be touched any more.
    func close() -> Bool { turn.exchange(.closed, ordering: .acquiringAndReleasing) != .reading }

    private func begin() -> Bool {
        turn.compareExchange(expected: .idle, desired: .reading, ordering: .acquiringAndReleasing).exchanged
    }

    private func end() {
        _ = turn.compareExchange(expected: .reading, desired: .idle, ordering: .acquiringAndReleasing)
    }

    /// A client that waits for a word before it sends its body gets it.
    private func sayContinue(_ writer: borrowing ResponseWriter) async throws {
        guard awaitsWord else { return }
        awaitsWord = false
        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
    }

    /// The next part. Whatever goes wrong on the way is the client's: its connection broke, it is too slow (`BodyPace`), or what it sent is no
    /// HTTP.
    private func next() async throws -> ByteBuffer? {
        do {
            return try await deadlines.timing(channel, &pace) { try await parts.next() }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw torn()
        }
    }

    private func torn() -> Refusal {
        isTorn = true
        return Refusal(.malformedRequest, "The body of the request broke off, or is not framed as HTTP/1.1 has it.")
    }

    private static func tooLarge(_ limit: Int) -> Refusal {
        Refusal(.tooLarge, "A body may have \(limit) bytes here.")
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

    /// Reads and drops what is left, up to `limit` bytes.
    func drop(upTo limit: Int = RequestBodyReader.idleBytes) async throws {
        guard !isAtEnd, !isTorn else { return }
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
