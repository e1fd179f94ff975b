/// Finds the boundary's lines in a stream of chunks. It keeps no content: what it holds back at the end of a chunk is by definition the
/// beginning of the delimiter, which it has anyway.
struct DelimiterSearch: Sendable {
    enum Found {
        /// Content, never empty.
        case content(ArraySlice<UInt8>)
        /// The delimiter; the rest of its line is still in the chunk.
        case delimiter
        /// The delimiter with the two dashes that end the body.
        case closingDelimiter
        /// The chunk is used up.
        case needMoreBytes
    }

    /// CR LF, two dashes, the boundary, and the two dashes that only the last one has.
    private let closing: [UInt8]
    /// How many of those bytes have come and are held back. As CR is only the first of them, what proves to be something else can contain no
    /// other beginning.
    private var matched = 0
    /// Whether CR LF are matched but were not content: the body begins, or the empty line after the headers.
    private var isLineStart = false

    private var openingCount: Int { closing.count - 2 }

    init(_ boundary: MultipartBoundary) {
        closing = [0x0D, 0x0A, 0x2D, 0x2D] + boundary.bytes + [0x2D, 0x2D]
        beginLine()
    }

    /// A line begins: a delimiter may follow without CR LF in front of it.
    mutating func beginLine() {
        matched = 2
        isLineStart = true
    }

    /// Takes bytes off the front of the chunk, up to the first thing that is worth telling.
    mutating func next(_ chunk: inout ArraySlice<UInt8>) -> Found {
        while true {
            if matched == 0 {
                guard !chunk.isEmpty else { return .needMoreBytes }
                let content = run(&chunk)
                if !content.isEmpty { return .content(content) }
                continue
            }
            guard let byte = chunk.first else { return .needMoreBytes }
            if matched == openingCount, ASCII.isBlank(byte) || byte == ASCII.carriageReturn || byte == ASCII.lineFeed {
                return .delimiter
            }
            if byte == closing[matched] {
                chunk = chunk.dropFirst()
                matched += 1
                if matched == closing.count { return .closingDelimiter }
                continue
            }
            // Not a delimiter after all; also where the boundary is only the beginning of a longer word.
            let held = closing[(isLineStart ? 2 : 0)..<matched]
            matched = 0
            isLineStart = false
            if !held.isEmpty { return .content(held) }
        }
    }

    /// The content up to a delimiter, or to what may become one in the next chunk, which is held back.
    private mutating func run(_ chunk: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var contentCount = 0
        var held = 0
        do {
            let bytes = chunk.span
            let delimiter = closing.span
            while contentCount < bytes.count {
                guard bytes[contentCount] == ASCII.carriageReturn else {
                    contentCount += 1
                    continue
                }
                held = 1
                while held < openingCount, contentCount + held < bytes.count,
                    bytes[contentCount + held] == delimiter[held]
                {
                    held += 1
                }
                if held == openingCount || contentCount + held == bytes.count { break }
                contentCount += held
                held = 0
            }
        }
        let content = chunk.prefix(contentCount)
        chunk = chunk.dropFirst(contentCount + held)
        matched = held
        return content
    }
}
