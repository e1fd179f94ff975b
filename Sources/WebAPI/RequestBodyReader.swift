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
    private var awaitsWord: Bool
    private var parts: RequestBody.AsyncIterator
    private var content: [UInt8]?
    private var isAtEnd: Bool

    init(_ request: Request, _ channel: any Channel, timeout: TimeAmount) {
        self.channel = channel
        self.timeout = timeout
        // The parser has checked it: only digits arrive here. What does not fit is too long in any case.
        let length = request.headers[.contentLength].map { Int($0) ?? .max } ?? 0
        self.declared = request.headers[.transferEncoding] == nil ? length : nil
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

    /// The body; read when it is asked for the first time. What is declared too long is refused before any of it is read.
    /// - Throws: `too_large`.
    mutating func read(upTo limit: Int, _ writer: borrowing ResponseWriter) async throws -> [UInt8] {
        if let content { return content }
        guard !isAtEnd else { return [] }
        let tooLarge = Refusal(.tooLarge, "A body may have \(limit) bytes here.")
        guard (declared ?? 0) <= limit else { throw tooLarge }
        let deadline = channel.closing(in: timeout)
        defer { deadline.cancel() }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(declared ?? 0)
        if awaitsWord {
            awaitsWord = false
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        while let part = try await parts.next() {
            guard bytes.count + part.readableBytes <= limit else { throw tooLarge }
            bytes.append(contentsOf: part.readableBytesView)
        }
        isAtEnd = true
        content = bytes
        return bytes
    }

    /// Reads and drops what is left, within the time that a body has and up to `limit` bytes.
    mutating func drop(upTo limit: Int = RequestBodyReader.idleBytes) async throws {
        guard !isAtEnd else { return }
        let deadline = channel.closing(in: timeout)
        defer { deadline.cancel() }
        var dropped = 0
        while dropped <= limit {
            guard let part = try await parts.next() else {
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
