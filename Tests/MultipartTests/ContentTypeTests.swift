import Multipart
import Testing

@Suite("Multipart: content types and boundaries")
struct ContentTypeTests {
    static let taken: [(String, subtype: String, boundary: String)] = [
        ("multipart/form-data; boundary=abc", "form-data", "abc"),
        ("multipart/form-data;boundary=abc", "form-data", "abc"),
        ("Multipart/Form-Data ; BOUNDARY = abc ", "form-data", "abc"),
        ("multipart/form-data; charset=utf-8; boundary=abc", "form-data", "abc"),
        ("multipart/form-data; boundary=abc; charset=\"utf-8\"", "form-data", "abc"),
        ("multipart/form-data; boundary=\"a b;c\"", "form-data", "a b;c"),
        ("multipart/form-data; boundary=\"a\\\"b\\\\c\"", "form-data", "a\"b\\c"),
        ("multipart/form-data; boundary====1700000000===", "form-data", "===1700000000==="),
        (
            "multipart/form-data; boundary=----WebKitFormBoundaryGCK8", "form-data",
            "----WebKitFormBoundaryGCK8"
        ),
        ("multipart/x-mixed-replace;boundary=--frame", "x-mixed-replace", "--frame"),
        ("multipart/mixed; x=\"boundary=no\"; boundary=yes", "mixed", "yes"),
        (
            "multipart/form-data; boundary=" + String(repeating: "x", count: 70), "form-data",
            String(repeating: "x", count: 70)
        ),
    ]

    static let refused: [(String, MultipartFailure)] = [
        ("", .notMultipart), ("application/json", .notMultipart),
        ("multipart/; boundary=a", .notMultipart),
        ("multipart", .notMultipart), ("multipart/form-data; boundary", .notMultipart),
        ("multipart/form-data; boundary=\"a", .notMultipart),
        ("multipart form-data; boundary=a", .notMultipart),
        ("multipart/form-data", .noBoundary), ("multipart/form-data; boundaries=a", .noBoundary),
        ("multipart/form-data; boundary=a; boundary=a", .noBoundary),
        ("multipart/form-data; boundary=", .badBoundary),
        ("multipart/form-data; boundary=\"\"", .badBoundary),
        ("multipart/form-data; boundary=\"a \"", .badBoundary),
        ("multipart/form-data; boundary=é", .badBoundary),
        ("multipart/form-data; boundary=a\r\nb", .badBoundary),
        ("multipart/form-data; boundary=" + String(repeating: "x", count: 71), .badBoundary),
    ]

    @Test("The boundary is found, quoted or not, in any case and order", arguments: taken)
    func takes(text: String, subtype: String, boundary: String) throws {
        let type = try MultipartContentType(text)
        #expect(type.subtype == subtype)
        #expect(type.boundary.text == boundary)
        #expect(try MultipartContentType(type.headerValue) == type)
    }

    @Test("What names no boundary, or one that cannot be, is refused", arguments: refused)
    func refuses(text: String, failure: MultipartFailure) {
        #expect(throws: failure) { try MultipartContentType(text) }
    }

    @Test("A random boundary is a fresh one each time")
    func random() {
        var chance = Chance(seed: 1)
        let boundaries = Set((0..<100).map { _ in MultipartBoundary(using: &chance) })
        #expect(boundaries.count == 100)
        #expect(boundaries.allSatisfy { $0.bytes.count == 32 })
    }

    @Test("Every refusal is a sentence that says what is wrong")
    func sentences() {
        let all: [MultipartFailure] = [
            .notMultipart, .noBoundary, .badBoundary, .preambleTooLarge(limit: 1),
            .epilogueTooLarge(limit: 1),
            .tooManyParts(limit: 1), .headersTooLarge(limit: 1), .tooManyHeaders(limit: 1), .bareLineFeed,
            .bareCarriageReturn, .textAfterBoundary, .badHeader, .repeatedHeader, .badDisposition,
            .partWithoutName,
            .transferEncoding, .truncated,
        ]
        #expect(Set(all.map(\.description)).count == all.count)
        #expect(all.allSatisfy { $0.description.hasSuffix(".") && $0.description.count > 20 })
    }
}
