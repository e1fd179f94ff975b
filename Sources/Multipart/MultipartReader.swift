/// Reads a multipart body (RFC 2046, 5.1; forms: RFC 7578) as it comes in: bytes in, events out. A value: it has no socket, no file and no
/// clock.
///
/// It keeps the headers of one part and how much of a boundary it has seen, never content, so a part of any size passes in constant memory.
/// Its caller hands over one chunk after the other, takes events until there are none, and asks at the end whether the body was whole:
///
///     var reader = MultipartReader(boundary: type.boundary)
///     for try await buffer in body {
///         var chunk = Array(buffer.readableBytesView)[...]
///         while let event = try reader.next(&chunk) { ... }
///     }
///     try reader.finish()
///
/// What it takes beyond the letter: a last line without CR LF; a preamble, an epilogue, and white space behind a boundary; an empty part
/// without the second CR LF; unquoted parameters. A boundary that goes on as a longer word is content. What it refuses: LF without CR, since
/// two readers of such a body may find different parts in it; encoded parts. A part that is multipart itself is content like any other.
public struct MultipartReader: Sendable {
    /// What the parts of a body must have.
    public enum Kind: Sendable, Hashable {
        /// `multipart/form-data`: each part has a name.
        case form
        /// `multipart/x-mixed-replace` and others: a part may have no headers at all.
        case other
    }

    private enum State {
        case preamble, boundaryLine, boundaryLineEnd, headers, content
        /// The last part is told to have ended, the body not yet.
        case closed
        case closingLine, epilogue
        case failed(MultipartFailure)
    }

    private let kind: Kind
    private let limits: MultipartLimits
    private var state = State.preamble
    private var search: DelimiterSearch
    private var block = HeaderBlock()
    private var parts = 0
    /// Bytes of the preamble, later of the epilogue.
    private var discarded = 0

    /// A reader at the beginning of a body.
    public init(boundary: MultipartBoundary, kind: Kind = .form, limits: MultipartLimits = MultipartLimits()) {
        self.kind = kind
        self.limits = limits
        search = DelimiterSearch(boundary)
    }

    /// The next event in the chunk, which loses the bytes that were read. How a body is cut into chunks changes nothing but where its
    /// content is cut.
    /// - Returns: nil when the chunk is used up.
    /// - Throws: what is wrong with the body; the same again from then on.
    public mutating func next(_ chunk: inout ArraySlice<UInt8>) throws(MultipartFailure) -> MultipartEvent? {
        do throws(MultipartFailure) {
            return try step(&chunk)
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// To be called when no chunk follows. A stream that ends when its sender likes (`x-mixed-replace`) need not ask.
    /// - Throws: `truncated` if the closing boundary has not come; what was wrong before, if anything was.
    public func finish() throws(MultipartFailure) {
        switch state {
        case .closed, .closingLine, .epilogue: return
        case .failed(let failure): throw failure
        case .preamble, .boundaryLine, .boundaryLineEnd, .headers, .content: throw .truncated
        }
    }

    private mutating func step(_ chunk: inout ArraySlice<UInt8>) throws(MultipartFailure) -> MultipartEvent? {
        while true {
            switch state {
            case .preamble:
                switch search.next(&chunk) {
                case .needMoreBytes: return nil
                case .content(let piece):
                    try discard(piece.count, limit: limits.maximumPreambleSize) { .preambleTooLarge(limit: $0) }
                case .delimiter: beginBoundaryLine()
                case .closingDelimiter: state = .closed
                }
            case .boundaryLine:
                guard let byte = chunk.popFirst() else { return nil }
                try readBoundaryLine(byte)
            case .boundaryLineEnd:
                guard let byte = chunk.popFirst() else { return nil }
                guard byte == ASCII.lineFeed else { throw .bareCarriageReturn }
                parts += 1
                guard parts <= limits.maximumParts else { throw .tooManyParts(limit: limits.maximumParts) }
                state = .headers
            case .headers:
                guard try block.take(&chunk, limits: limits) else { return nil }
                let part = try block.part(of: kind)
                search.beginLine()
                state = .content
                return .partBegan(part)
            case .content:
                switch search.next(&chunk) {
                case .needMoreBytes: return nil
                case .content(let piece): return .content(piece)
                case .delimiter: beginBoundaryLine()
                case .closingDelimiter: state = .closed
                }
                return .partEnded
            case .closed:
                state = .closingLine
                discarded = 0
                return .end
            case .closingLine:
                guard let byte = chunk.popFirst() else { return nil }
                try discard(1, limit: limits.maximumEpilogueSize) { .epilogueTooLarge(limit: $0) }
                if byte == ASCII.carriageReturn || byte == ASCII.lineFeed {
                    state = .epilogue
                } else if !ASCII.isBlank(byte) {
                    throw .textAfterBoundary
                }
            case .epilogue:
                try discard(chunk.count, limit: limits.maximumEpilogueSize) { .epilogueTooLarge(limit: $0) }
                chunk = chunk.dropFirst(chunk.count)
                return nil
            case .failed(let failure): throw failure
            }
        }
    }

    private mutating func beginBoundaryLine() {
        block = HeaderBlock()
        state = .boundaryLine
    }

    private mutating func readBoundaryLine(_ byte: UInt8) throws(MultipartFailure) {
        switch byte {
        case ASCII.carriageReturn: state = .boundaryLineEnd
        case ASCII.lineFeed: throw .bareLineFeed
        default:
            guard ASCII.isBlank(byte) else { throw .textAfterBoundary }
            try block.countPadding(limits: limits)
        }
    }

    private mutating func discard(
        _ count: Int, limit: Int, _ failure: (Int) -> MultipartFailure
    ) throws(MultipartFailure) {
        discarded += count
        guard discarded <= limit else { throw failure(limit) }
    }
}
