import Multipart
import Testing

@Suite("Multipart: streaming")
struct StreamingTests {
    @Test("After each chunk all content is out but what may still be a boundary")
    func holdsNothingBack() throws {
        let boundary = try MultipartBoundary("boundary".utf8)
        var reader = MultipartReader(boundary: boundary)
        let head = try MultipartWriter(boundary: boundary).formHead(name: "image")
        var chunk = head[...]
        guard case .partBegan? = try reader.next(&chunk) else { throw MultipartFailure.truncated }
        #expect(try reader.next(&chunk) == nil)
        var chance = Chance(seed: 5)
        var given = 0
        var taken = 0
        for _ in 0..<20_000 {
            let content = (0..<Int.random(in: 1...40, using: &chance)).map { _ in
                Array("\r\n-bound".utf8).randomElement(using: &chance) ?? 0
            }
            chunk = content[...]
            given += content.count
            while case .content(let piece)? = try reader.next(&chunk) { taken += piece.count }
            #expect(chunk.isEmpty)
            #expect(given - taken <= "\r\n--boundary-".utf8.count)
        }
        #expect(throws: MultipartFailure.truncated) { try reader.finish() }
    }

    @Test("Content is told in pieces as large as the chunks, not at every CR")
    func piecesAreLarge() throws {
        let writer = MultipartWriter(boundary: try MultipartBoundary("boundary".utf8))
        var chance = Chance(seed: 6)
        let content = (0..<1_000_000).map { _ in UInt8.random(in: 0...255, using: &chance) }
        let body = try writer.formHead(name: "image") + content + writer.formTail + writer.formEnd
        var reader = MultipartReader(boundary: writer.boundary)
        var pieces = 0
        var joined: [UInt8] = []
        var rest = body[...]
        while !rest.isEmpty {
            var chunk = rest.prefix(65_536)
            rest = rest.dropFirst(chunk.count)
            while let event = try reader.next(&chunk) {
                guard case .content(let piece) = event else { continue }
                pieces += 1
                joined += piece
            }
        }
        try reader.finish()
        #expect(joined == content)
        #expect(pieces <= 2 * (body.count / 65_536 + 1))
    }

    @Test("A chunk that is larger than a part gives all its parts, one event after the other")
    func manyPartsInOneChunk() throws {
        let writer = MultipartWriter(boundary: try MultipartBoundary("b".utf8))
        var body: [UInt8] = []
        for number in 0..<64 {
            body += try writer.formHead(name: "\(number)") + Array("\(number)".utf8) + writer.formTail
        }
        let outcome = read(
            [(body + writer.formEnd)[...]], with: MultipartReader(boundary: writer.boundary))
        #expect(outcome.failure == nil)
        #expect(outcome.events.count == 3 * 64 + 1)
    }

    @Test("After a refusal a reader says the same again, whatever it is given")
    func staysRefused() throws {
        var reader = MultipartReader(boundary: try MultipartBoundary("b".utf8))
        var chunk = Array("--b\n".utf8)[...]
        #expect(throws: MultipartFailure.bareLineFeed) { try reader.next(&chunk) }
        chunk = Array("--b--".utf8)[...]
        #expect(throws: MultipartFailure.bareLineFeed) { try reader.next(&chunk) }
        #expect(throws: MultipartFailure.bareLineFeed) { try reader.finish() }
    }

    @Test("The end is told when the closing boundary is there, without another chunk")
    func endComesAtOnce() throws {
        var reader = MultipartReader(boundary: try MultipartBoundary("b".utf8))
        var chunk = Array("--b--".utf8)[...]
        #expect(try reader.next(&chunk) == .end)
        #expect(try reader.next(&chunk) == nil)
        try reader.finish()
    }
}
