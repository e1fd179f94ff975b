import Multipart

/// One run of libFuzzer. The first byte chooses the kind of body and the limits, the second the size of chunks, the third that of the boundary,
/// which follows; the rest is the body.
///
/// Whatever comes, the reader must not trap, its events must come in their order, and how the body is cut must change nothing. The content of
/// a form that was read, written again, must be read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer promises `count` readable bytes at `start` for the time of this call; they are copied at once.
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard input.count > 3 else { return 0 }
    let boundarySize = Int(input[2]) % MultipartLimits.maximumBoundarySize + 1
    guard let boundary = try? MultipartBoundary(input[3...].prefix(boundarySize)) else { return 0 }
    let body = input[3...].dropFirst(boundarySize)
    let isStrict = input[0] & 2 != 0
    let limits = MultipartLimits(
        maximumParts: isStrict ? 2 : 64, maximumHeaders: isStrict ? 2 : 16, maximumHeaderSize: isStrict ? 64 : 8_192,
        maximumPreambleSize: isStrict ? 8 : 4_096, maximumEpilogueSize: isStrict ? 8 : 4_096)
    let kind: MultipartReader.Kind = input[0] & 1 == 0 ? .form : .other
    let reader = MultipartReader(boundary: boundary, kind: kind, limits: limits)
    let whole = Outcome(of: body, inChunksOf: max(1, body.count), by: reader)
    precondition(whole.parts.count <= limits.maximumParts, "too many parts")
    precondition(whole == Outcome(of: body, inChunksOf: Int(input[1]) % 48 + 1, by: reader), "the chunks matter")
    if kind == .form, whole.failure == nil { writeAgain(whole, boundary) }
    return 0
}

private func writeAgain(_ outcome: Outcome, _ boundary: MultipartBoundary) {
    let writer = MultipartWriter(boundary: boundary)
    var body: [UInt8] = []
    for part in outcome.parts {
        guard let head = try? writer.formHead(name: "x", fileName: part.head.fileName?.lastComponent) else {
            preconditionFailure("a safe name that cannot be written")
        }
        body += head + part.content + writer.formTail
    }
    let again = Outcome(of: (body + writer.formEnd)[...], inChunksOf: 1_024, by: MultipartReader(boundary: boundary))
    precondition(again.failure == nil && again.parts.map(\.content) == outcome.parts.map(\.content), "another content")
}

/// What a reader makes of a body.
private struct Outcome: Equatable {
    struct Part: Equatable {
        var head: MultipartPart
        var content: [UInt8] = []
        var isWhole = false
    }

    var parts: [Part] = []
    var isEnded = false
    var failure: MultipartFailure?

    init(of body: ArraySlice<UInt8>, inChunksOf size: Int, by fresh: MultipartReader) {
        var reader = fresh
        var rest = body
        do throws(MultipartFailure) {
            while !rest.isEmpty {
                var chunk = rest.prefix(size)
                rest = rest.dropFirst(size)
                while let event = try reader.next(&chunk) { take(event) }
                precondition(chunk.isEmpty, "bytes that were not read")
            }
            try reader.finish()
            precondition(isEnded, "whole without an end")
        } catch {
            failure = error
        }
    }

    private mutating func take(_ event: MultipartEvent) {
        precondition(!isEnded, "an event after the end")
        let isInside = parts.last?.isWhole == false
        switch event {
        case .partBegan(let part):
            precondition(!isInside, "a part within a part")
            if let name = part.fileName?.lastComponent {
                precondition(
                    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/")), "unsafe")
            }
            parts.append(Part(head: part))
        case .content(let bytes):
            precondition(isInside && !bytes.isEmpty, "content of no part")
            parts[parts.count - 1].content += bytes
        case .partEnded:
            precondition(isInside, "the end of no part")
            parts[parts.count - 1].isWhole = true
        case .end:
            precondition(!isInside, "an end within a part")
            isEnded = true
        }
    }
}
