import Multipart
import Testing

@Suite("Multipart: writing")
struct WriterTests {
    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("A form is written as browsers write it")
    func form() throws {
        let writer = MultipartWriter(boundary: try MultipartBoundary("b".utf8))
        #expect(writer.formContentType == "multipart/form-data; boundary=b")
        #expect(
            WriterTests.text(try writer.formHead(name: "a \"b\"\r\n"))
                == "--b\r\nContent-Disposition: form-data; name=\"a %22b%22%0D%0A\"\r\n\r\n")
        #expect(
            WriterTests.text(try writer.formHead(name: "f", fileName: "é.jpg", contentType: "image/jpeg"))
                == "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"é.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
        )
        #expect(WriterTests.text(writer.formTail) == "\r\n")
        #expect(WriterTests.text(writer.formEnd) == "--b--\r\n")
    }

    @Test("A frame has its type and length, and the next boundary comes right behind it")
    func stream() throws {
        let writer = MultipartWriter(boundary: try MultipartBoundary("a b".utf8))
        #expect(writer.streamContentType == "multipart/x-mixed-replace; boundary=\"a b\"")
        #expect(WriterTests.text(writer.streamStart) == "--a b\r\n")
        let head = try writer.frameHead(
            contentType: "image/jpeg", contentLength: 3,
            headers: [.init(name: "X-Timestamp", value: "1.5")])
        #expect(
            WriterTests.text(head)
                == "Content-Type: image/jpeg\r\nContent-Length: 3\r\nX-Timestamp: 1.5\r\n\r\n")
        #expect(WriterTests.text(writer.frameTail) == "\r\n--a b\r\n")
        let frame = head + [1, 2, 3] + writer.frameTail
        let outcome = read(
            [(writer.streamStart + frame + frame)[...]],
            with: MultipartReader(boundary: writer.boundary, kind: .other))
        #expect(outcome.events.count == 6)
        #expect(outcome.events[4] == .content([1, 2, 3]))
        #expect(outcome.events[5] == .partEnded)
        guard case .partBegan(let part) = outcome.events[3] else {
            Issue.record("no part")
            return
        }
        #expect(part.contentLength == 3)
        #expect(part.header("x-timestamp") == "1.5")
        #expect(part.header("x-other") == nil)
    }

    @Test("A header that would be two is not written")
    func injection() throws {
        let writer = MultipartWriter(boundary: try MultipartBoundary("b".utf8))
        #expect(throws: MultipartFailure.badHeader) {
            try writer.formHead(name: "a", contentType: "a/b\r\nX: y")
        }
        #expect(throws: MultipartFailure.badHeader) { try writer.formHead(name: "a\u{0}") }
        #expect(throws: MultipartFailure.badHeader) {
            try writer.frameHead(contentType: "a\nb", contentLength: 0)
        }
        for name in ["", "X Y", "X:", "é"] {
            #expect(throws: MultipartFailure.badHeader, "\(name)") {
                try writer.frameHead(
                    contentType: "a/b", contentLength: 0, headers: [.init(name: name, value: "1")])
            }
        }
    }
}
