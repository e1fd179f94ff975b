internal import HubModel

/// What was sent in the body of a request, in the form that the route declares (`BodyForm`).
public enum RequestContent: Sendable {
    /// JSON, or bytes that are read whole; empty: nothing was sent.
    case whole([UInt8])
    /// The fields of a form in order, decoded.
    case form([(name: String, value: String)])
    /// Parts, to be read one after the other.
    case parts(BodyParts)
    /// Bytes, to be read as they come.
    case stream(BodyStream)
}

/// Bytes that come over time, to be read once and by one task. They are read from the network no faster than they are asked for, so a
/// body of any size takes no more memory than one piece.
public struct BodyStream: AsyncSequence, Sendable {
    private let read: @Sendable () async throws -> [UInt8]?

    /// A stream.
    /// - Parameter read: gives the next bytes, never none; nil at the end. Throws a `Refusal` when the client is at fault.
    public init(_ read: @escaping @Sendable () async throws -> [UInt8]?) {
        self.read = read
    }

    /// The next bytes, at least one; nil at the end.
    /// - Throws: `Refusal` with `too_large` beyond the route's limit, `malformed_request` when the body breaks off.
    public func next() async throws -> [UInt8]? { try await read() }

    /// Everything that is left.
    /// - Throws: `too_large` for more than `limit` bytes; what `next` throws.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await next() {
            guard bytes.count + piece.count <= limit else {
                throw Refusal(.tooLarge, "Send at most \(limit) bytes here.")
            }
            bytes += piece
        }
        return bytes
    }

    /// Reads the stream piece by piece.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let stream: BodyStream

        /// As `BodyStream.next`.
        public mutating func next() async throws -> [UInt8]? { try await stream.next() }
    }

    /// An iterator; all iterators of a stream share its bytes.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }
}

/// A part of a multipart body: of a form, or of pictures that replace each other.
public struct BodyPart: Sendable {
    /// The name of its field; empty for a part of no form.
    public let name: String
    /// What the client calls the file, without folders and control characters; empty when nothing else is left, nil for a field that is no
    /// file. Two clients may send the same name: store nothing under it.
    public let fileName: String?
    /// Its media type in small letters, without parameters; nil when none is named.
    public let mediaType: String?
    /// What it holds. Asking for the next part drops what was not read of it.
    public let content: BodyStream

    /// A part.
    public init(name: String, fileName: String?, mediaType: String?, content: BodyStream) {
        self.name = name
        self.fileName = fileName
        self.mediaType = mediaType
        self.content = content
    }

    /// The part as a text.
    /// - Throws: `too_large`, `invalid_parameter` for bytes that are not UTF-8; what `BodyStream.next` throws.
    public func text(upTo limit: Int = 1_024) async throws -> String {
        guard let text = String(validating: try await content.collect(upTo: limit), as: UTF8.self) else {
            throw Refusal(.invalidParameter, "Send the field \(name) as UTF-8.")
        }
        return text
    }
}

/// The parts of a multipart body, to be read once and by one task.
public struct BodyParts: AsyncSequence, Sendable {
    private let read: @Sendable () async throws -> BodyPart?

    /// Parts.
    /// - Parameter read: gives the next part; nil at the end.
    public init(_ read: @escaping @Sendable () async throws -> BodyPart?) {
        self.read = read
    }

    /// The next part; nil at the end.
    /// - Throws: `Refusal` with `malformed_request` for a body that is no multipart, `too_large` beyond the route's limit.
    public func next() async throws -> BodyPart? { try await read() }

    /// Reads part by part.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let parts: BodyParts

        /// As `BodyParts.next`.
        public mutating func next() async throws -> BodyPart? { try await parts.next() }
    }

    /// An iterator; all iterators share the parts.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(parts: self) }
}
