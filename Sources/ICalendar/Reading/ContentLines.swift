/// A logical line: its bytes without the line end, unfolded, and where it began.
struct UnfoldedLine {
    var bytes: [UInt8]
    /// The number of its first line in the stream, from 1.
    var number: Int
    /// Whether it was longer than the limit: `bytes` are its beginning.
    var isCut: Bool
}

/// Cuts a stream into logical lines (RFC 5545, section 3.1), in whatever chunks it comes.
///
/// A line ends with CRLF or a bare LF. One that begins with a space or a tab goes on with the line before, without that character; a fold may
/// be in the middle of a UTF-8 sequence. Empty lines are dropped, as is a byte order mark at the beginning.
struct ContentLines {
    private let longest: Int
    private var line = UnfoldedLine(bytes: [], number: 1, isCut: false)
    /// The line is at its end unless the next byte is a fold.
    private var isAtEnd = false
    /// The line end that comes next is that of this line of the stream.
    private var number = 1
    private var isFirst = true

    /// - Parameter longest: bytes of a logical line that are kept.
    init(longest: Int) {
        self.longest = longest
    }

    /// The next whole line of what was read so far; nil when `rest` is used up.
    mutating func next(_ rest: inout ArraySlice<UInt8>) -> UnfoldedLine? {
        while let first = rest.first {
            if isAtEnd {
                isAtEnd = false
                if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
                    rest.removeFirst()
                } else if let whole = finish() {
                    return whole
                }
                continue
            }
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            take(rest[..<(end ?? rest.endIndex)])
            guard let end else {
                rest = rest[rest.endIndex...]
                return nil
            }
            rest = rest[(end + 1)...]
            if line.bytes.last == UInt8(ascii: "\r") { line.bytes.removeLast() }
            number += 1
            isAtEnd = true
        }
        return nil
    }

    /// The line at the end of the stream, with or without a line end; nil for an empty one.
    mutating func finish() -> UnfoldedLine? {
        if line.bytes.last == UInt8(ascii: "\r") { line.bytes.removeLast() }
        if isFirst, line.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { line.bytes.removeFirst(3) }
        isFirst = false
        if line.bytes.count > longest { line.isCut = true }
        let whole = line
        line = UnfoldedLine(bytes: [], number: number, isCut: false)
        return whole.bytes.isEmpty ? nil : whole
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) {
        // One more, which may be the CR of the line's end.
        let room = longest + 1 - line.bytes.count
        line.bytes += bytes.prefix(max(0, room))
        if bytes.count > room { line.isCut = true }
    }
}
