/// The headers of one part while they come in.
struct HeaderBlock: Sendable {
    private var bytes: [UInt8] = []
    /// Where the line begins that is not whole yet.
    private var lineStart = 0
    private var lines = 0

    /// How many bytes count against the limit.
    private(set) var size = 0

    /// White space behind the boundary counts too, so that nothing is without end.
    mutating func countPadding(limits: MultipartLimits) throws(MultipartFailure) {
        size += 1
        guard size <= limits.maximumHeaderSize else { throw .headersTooLarge(limit: limits.maximumHeaderSize) }
    }

    /// Takes bytes off the chunk up to the empty line.
    /// - Returns: whether that has come.
    mutating func take(_ chunk: inout ArraySlice<UInt8>, limits: MultipartLimits) throws(MultipartFailure) -> Bool {
        while !chunk.isEmpty {
            let line = chunk.prefix { $0 != ASCII.lineFeed }
            let isWhole = line.endIndex < chunk.endIndex
            size += line.count + (isWhole ? 1 : 0)
            guard size <= limits.maximumHeaderSize else { throw .headersTooLarge(limit: limits.maximumHeaderSize) }
            bytes += line
            chunk = chunk[line.endIndex...]
            guard isWhole else { return false }
            chunk = chunk.dropFirst()
            guard bytes.count > lineStart, bytes.last == ASCII.carriageReturn else { throw .bareLineFeed }
            bytes.removeLast()
            if bytes.count == lineStart { return true }
            lines += 1
            guard lines <= limits.maximumHeaders else { throw .tooManyHeaders(limit: limits.maximumHeaders) }
            bytes.append(ASCII.lineFeed)
            lineStart = bytes.count
        }
        return false
    }

    /// What the headers say.
    func part(of kind: MultipartReader.Kind) throws(MultipartFailure) -> MultipartPart {
        var part = MultipartPart()
        var known: Set<String> = []
        for (name, value) in try fields() {
            let key = ASCII.lowercased(name)
            part.headers.append(
                .init(name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)))
            guard key.hasPrefix("content-") else { continue }
            guard known.insert(key).inserted else { throw .repeatedHeader }
            try HeaderBlock.note(key, value, of: kind, in: &part)
        }
        guard kind != .form || part.name != nil else { throw .partWithoutName }
        return part
    }

    private static func note(
        _ key: String, _ value: ArraySlice<UInt8>, of kind: MultipartReader.Kind, in part: inout MultipartPart
    ) throws(MultipartFailure) {
        switch key {
        case "content-type": part.contentType = String(decoding: value, as: UTF8.self)
        case "content-length":
            guard value.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let length = Int(String(decoding: value, as: UTF8.self))
            else { throw .badHeader }
            part.contentLength = length
        case "content-transfer-encoding":
            guard ["7bit", "8bit", "binary"].contains(ASCII.lowercased(value)) else { throw .transferEncoding }
        case "content-disposition":
            guard let list = ParameterList(value) else { throw .badDisposition }
            guard kind != .form || list.value == "form-data" else { throw .partWithoutName }
            part.name = try text(list.text("name"))
            part.fileName = try text(list.text("filename")).map(UntrustedFileName.init)
        default: break
        }
    }

    private static func text(_ found: ParameterList.Found) throws(MultipartFailure) -> String? {
        switch found {
        case .none: nil
        case .text(let text): text
        case .bad: throw .badDisposition
        }
    }

    /// Names and values; a line that begins with white space continues the one before it (RFC 5322, 2.2.3).
    private func fields() throws(MultipartFailure) -> [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] {
        var fields: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
        for line in bytes.split(separator: ASCII.lineFeed) {
            guard !line.contains(where: ASCII.isControl) else { throw .badHeader }
            if let first = line.first, ASCII.isBlank(first) {
                guard !fields.isEmpty else { throw .badHeader }
                let joined = fields[fields.count - 1].value + [ASCII.space] + ASCII.trimmed(line)
                fields[fields.count - 1].value = ASCII.trimmed(joined)
                continue
            }
            let name = line.prefix(while: ASCII.isToken)
            guard !name.isEmpty, name.endIndex < line.endIndex, line[name.endIndex] == ASCII.colon else {
                throw .badHeader
            }
            fields.append((name, ASCII.trimmed(line[(name.endIndex + 1)...])))
        }
        return fields
    }
}
