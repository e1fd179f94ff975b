import Multipart

/// What a reader made of a body: its events, content joined, and what it threw.
struct Outcome: Equatable {
    var events: [MultipartEvent] = []
    var failure: MultipartFailure?

    mutating func append(_ event: MultipartEvent) {
        guard case .content(let piece) = event, case .content(let before)? = events.last else {
            events.append(event)
            return
        }
        events[events.count - 1] = .content(before + piece)
    }
}

/// Reads a body in the chunks given, and asks at the end whether it was whole.
func read(_ chunks: [ArraySlice<UInt8>], with fresh: MultipartReader) -> Outcome {
    var reader = fresh
    var outcome = Outcome()
    do throws(MultipartFailure) {
        for chunk in chunks {
            var chunk = chunk
            while let event = try reader.next(&chunk) { outcome.append(event) }
        }
        try reader.finish()
    } catch {
        outcome.failure = error
    }
    return outcome
}

/// The outcome as the case files write it.
func describe(_ outcome: Outcome) -> [String] {
    var lines = outcome.events.map { event in
        switch event {
        case .partBegan(let part): describe(part)
        case .content(let bytes): "content \(escaped(bytes, quotes: false))"
        case .partEnded: "ended"
        case .end: "end"
        }
    }
    if let failure = outcome.failure {
        lines.append("refuse \(name(failure))")
    }
    return lines
}

private func name(_ failure: MultipartFailure) -> String {
    switch failure {
    case .notMultipart: "notMultipart"
    case .noBoundary: "noBoundary"
    case .badBoundary: "badBoundary"
    case .preambleTooLarge(let limit): "preambleTooLarge(limit: \(limit))"
    case .epilogueTooLarge(let limit): "epilogueTooLarge(limit: \(limit))"
    case .tooManyParts(let limit): "tooManyParts(limit: \(limit))"
    case .headersTooLarge(let limit): "headersTooLarge(limit: \(limit))"
    case .tooManyHeaders(let limit): "tooManyHeaders(limit: \(limit))"
    case .bareLineFeed: "bareLineFeed"
    case .bareCarriageReturn: "bareCarriageReturn"
    case .textAfterBoundary: "textAfterBoundary"
    case .badHeader: "badHeader"
    case .repeatedHeader: "repeatedHeader"
    case .badDisposition: "badDisposition"
    case .partWithoutName: "partWithoutName"
    case .transferEncoding: "transferEncoding"
    case .truncated: "truncated"
    }
}

private func describe(_ part: MultipartPart) -> String {
    var words = ["part"]
    if let name = part.name { words.append("name=\"\(escaped(Array(name.utf8)[...]))\"") }
    if let file = part.fileName { words.append("file=\"\(escaped(Array(file.text.utf8)[...]))\"") }
    if let type = part.contentType { words.append("type=\"\(type)\"") }
    if let length = part.contentLength { words.append("length=\(length)") }
    for header in part.headers
    where !["content-disposition", "content-type", "content-length"].contains(
        header.name.lowercased())
    {
        words.append("+\"\(escaped(Array("\(header.name): \(header.value)".utf8)[...]))\"")
    }
    return words.joined(separator: " ")
}

private func escaped(_ bytes: ArraySlice<UInt8>, quotes: Bool = true) -> String {
    var text = ""
    for byte in bytes {
        switch byte {
        case 0x0D: text += "\\r"
        case 0x0A: text += "\\n"
        case 0x09: text += "\\t"
        case 0x5C: text += "\\\\"
        case 0x22 where quotes: text += "\\\""
        case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
        default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
    return text
}
