import Multipart
import Testing

@Suite("Multipart: random bodies")
struct ReferenceTests {
    private static let words = [
        "\r\n", "\r\n", "\r\n\r\n", "\r\n--b", "--b", "--b\r\n", "--b--", "--b--\r\n", "\r\n--b--",
        "\r", "\n", "-",
        "--",
        "b", " ", "X: y", "X: y\r\n", ":", "\r\n--b\r\n\r\n", "\r\n--b\r\nX: y\r\n\r\n", "\r\n--b-",
        "\r\n--bb",
    ].map { Array($0.utf8) }

    @Test(
        "A reader says what the simplest parser of the whole body says, however the body is cut",
        arguments: 0..<8)
    func agrees(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        let boundary = try MultipartBoundary("b".utf8)
        var ends = 0
        var refusals: Set<MultipartFailure> = []
        for _ in 0..<4_000 {
            var body: [UInt8] = Bool.random(using: &chance) ? Array("--b\r\n".utf8) : []
            for _ in 0..<Int.random(in: 0...14, using: &chance) {
                body += ReferenceTests.words.randomElement(using: &chance) ?? []
            }
            let parts = Int.random(in: 1...4, using: &chance)
            let reader = MultipartReader(
                boundary: boundary, kind: .other, limits: MultipartLimits(maximumParts: parts))
            let expected = Reference(body, boundary: boundary, maximumParts: parts).outcome()
            let shown = String(decoding: body, as: UTF8.self).debugDescription
            #expect(read([body[...]], with: reader) == expected, "\(shown)")
            #expect(read(chance.cut(body), with: reader) == expected, "\(shown), cut")
            if expected.events.last == .end { ends += 1 }
            if let failure = expected.failure { refusals.insert(failure) }
        }
        // The bodies are worth something: many are whole, and the others are refused in every way there is.
        #expect(ends > 400)
        #expect(refusals.count >= 6)
    }

    @Test("What a writer writes a reader reads, whatever is in it", arguments: 0..<4)
    func roundTrips(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        for _ in 0..<300 {
            let writer = MultipartWriter(boundary: MultipartBoundary(using: &chance))
            var body: [UInt8] = []
            var expected: [(String, String?, [UInt8])] = []
            for _ in 0..<Int.random(in: 0...4, using: &chance) {
                let name = chance.text()
                let file = Bool.random(using: &chance) ? chance.text() : nil
                let content = (0..<Int.random(in: 0...200, using: &chance)).map { _ in
                    [0x0D, 0x0A, 0x2D, UInt8.random(in: 0...255, using: &chance)].randomElement(
                        using: &chance) ?? 0
                }
                body +=
                    try writer.formHead(name: name, fileName: file, contentType: "image/jpeg") + content
                    + writer.formTail
                expected.append((name, file, content))
            }
            body += writer.formEnd
            let type = try MultipartContentType(writer.formContentType)
            let outcome = read(chance.cut(body), with: MultipartReader(boundary: type.boundary))
            #expect(outcome.failure == nil)
            var events: [MultipartEvent] = []
            for (name, file, content) in expected {
                let head = outcome.events.dropFirst(events.count).first
                guard case .partBegan(let part)? = head else {
                    Issue.record("no part but \(String(describing: head))")
                    return
                }
                #expect(part.name == name && part.fileName?.text == file && part.mediaType == "image/jpeg")
                events.append(.partBegan(part))
                if !content.isEmpty { events.append(.content(content[...])) }
                events.append(.partEnded)
            }
            #expect(outcome.events == events + [.end])
        }
    }
}
