import Multipart

/// A parser of whole bodies that looks for delimiters in the simplest way there is; for bodies that are no forms.
struct Reference {
    private enum Line { case delimiter, closing }

    private let text: [UInt8]
    private let delimiter: [UInt8]
    private let maximumParts: Int

    init(_ body: [UInt8], boundary: MultipartBoundary, maximumParts: Int) {
        // A boundary at the beginning is like any other then.
        text = [0x0D, 0x0A] + body
        delimiter = Array("\r\n--".utf8) + boundary.bytes
        self.maximumParts = maximumParts
    }

    func outcome() -> Outcome {
        var outcome = Outcome()
        do throws(MultipartFailure) {
            try read(into: &outcome)
        } catch {
            outcome.failure = error
        }
        return outcome
    }

    private func read(into outcome: inout Outcome) throws(MultipartFailure) {
        guard var found = next(from: 0) else { throw .truncated }
        var parts = 0
        while found.line == .delimiter {
            var position = found.end
            while position < text.count, text[position] == 0x20 || text[position] == 0x09 {
                position += 1
            }
            guard position < text.count else { throw .truncated }
            if text[position] == 0x0A { throw .bareLineFeed }
            guard text[position] == 0x0D else { throw .textAfterBoundary }
            guard position + 1 < text.count else { throw .truncated }
            guard text[position + 1] == 0x0A else { throw .bareCarriageReturn }
            parts += 1
            guard parts <= maximumParts else { throw .tooManyParts(limit: maximumParts) }
            position += 2
            var lines: [ArraySlice<UInt8>] = []
            while true {
                guard let end = text[position...].firstIndex(of: 0x0A) else { throw .truncated }
                guard end > position, text[end - 1] == 0x0D else { throw .bareLineFeed }
                if end - 1 == position { break }
                lines.append(text[position..<(end - 1)])
                position = end + 1
            }
            outcome.append(.partBegan(try part(lines)))
            guard let after = next(from: position) else {
                let content = text[min(position + 2, text.count)...]
                append(content.dropLast(heldBack(from: position)), to: &outcome)
                throw .truncated
            }
            append(after.start > position ? text[(position + 2)..<after.start] : [], to: &outcome)
            outcome.append(.partEnded)
            found = after
        }
        outcome.append(.end)
        let rest = text[found.end...].drop { $0 == 0x20 || $0 == 0x09 }
        if let first = rest.first, first != 0x0D, first != 0x0A { throw .textAfterBoundary }
    }

    private func append(_ content: ArraySlice<UInt8>, to outcome: inout Outcome) {
        if !content.isEmpty { outcome.append(.content(content)) }
    }

    /// How many bytes at the end may still become a delimiter; those of the line end before the content are not content.
    private func heldBack(from position: Int) -> Int {
        for start in position..<text.count {
            let tail = text[start...]
            if (delimiter + [0x2D]).starts(with: tail) {
                return max(0, text.count - max(start, position + 2))
            }
        }
        return 0
    }

    private func next(from position: Int) -> (start: Int, end: Int, line: Line)? {
        for start in position..<text.count where text[start...].starts(with: delimiter) {
            let end = start + delimiter.count
            guard end < text.count else { return nil }
            switch text[end] {
            case 0x20, 0x09, 0x0D, 0x0A: return (start, end, .delimiter)
            case 0x2D:
                guard end + 1 < text.count else { return nil }
                if text[end + 1] == 0x2D { return (start, end + 2, .closing) }
            default: break
            }
        }
        return nil
    }

    private func part(_ lines: [ArraySlice<UInt8>]) throws(MultipartFailure) -> MultipartPart {
        var part = MultipartPart()
        for line in lines {
            let text = String(decoding: line, as: UTF8.self)
            guard !text.utf8.contains(0x0D) else { throw .badHeader }
            if text.hasPrefix(" ") {
                guard let last = part.headers.indices.last else { throw .badHeader }
                part.headers[last].value = trimmed(part.headers[last].value + " " + trimmed(text[...]))
                continue
            }
            guard let colon = text.firstIndex(of: ":"), colon > text.startIndex,
                !text[..<colon].contains(" ")
            else {
                throw .badHeader
            }
            part.headers.append(
                .init(name: String(text[..<colon]), value: trimmed(text[text.index(after: colon)...])))
        }
        return part
    }

    private func trimmed(_ text: some StringProtocol) -> String {
        var text = Substring(text).drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
