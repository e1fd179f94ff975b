import HubModel
import Testing
import WebAPI

@Suite struct WantedPartTests {
    private func range(_ text: String, length: Int64 = 100) -> WantedPart.Outcome {
        WantedPart(range: text).outcome(entityTag: "\"a\"", modified: nil, length: length)
    }

    @Test("A range is cut to the bytes that there are")
    func ranges() {
        #expect(range("bytes=0-9") == .part(0..<10) && range("Bytes=90-") == .part(90..<100))
        #expect(range("bytes=-10") == .part(90..<100) && range("bytes=-1000") == .part(0..<100))
        #expect(range("bytes=50-1000") == .part(50..<100) && range("bytes=99-99") == .part(99..<100))
        #expect(range("bytes= 0-0") == .part(0..<1))
    }

    @Test("A range beyond the end is refused")
    func beyond() {
        #expect(range("bytes=100-") == .unsatisfiable && range("bytes=-0") == .unsatisfiable)
        #expect(range("bytes=0-", length: 0) == .unsatisfiable)
        #expect(range("bytes=99999999999999999999-") == .unsatisfiable)
    }

    @Test(
        "What is no range of bytes is ignored",
        arguments: ["bytes=9-1", "bytes=-", "bytes=a-b", "items=0-1", "bytes=0-1,5-6", "bytes", "bytes=1--2", ""])
    func ignored(text: String) {
        #expect(range(text) == .whole)
    }

    @Test("A tag that the client has is not sent again, compared weakly")
    func tags() {
        func outcome(_ header: String) -> WantedPart.Outcome {
            WantedPart(ifNoneMatch: header).outcome(entityTag: "\"a1\"", modified: nil, length: 9)
        }
        for header in ["\"a1\"", "W/\"a1\"", "\"x\", \"a1\" ", "*", "\t\"a1\""] {
            #expect(outcome(header) == .notModified)
        }
        for header in ["\"a\"", "\"a12\"", "a1", "", "\"a1\"x"] { #expect(outcome(header) == .whole) }
    }

    @Test("A tag counts before a date, and a date only when it is the very one")
    func dates() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        func outcome(_ wanted: WantedPart) -> WantedPart.Outcome {
            wanted.outcome(entityTag: "\"a\"", modified: date, length: 9)
        }
        #expect(outcome(WantedPart(ifModifiedSince: date)) == .notModified)
        #expect(outcome(WantedPart(ifModifiedSince: "Sun, 06 Nov 1994 08:49:38 GMT")) == .whole)
        #expect(outcome(WantedPart(ifNoneMatch: "\"b\"", ifModifiedSince: date)) == .whole)
    }

    @Test("A part of another version than the client has is not sent")
    func ifRange() {
        func outcome(_ header: String) -> WantedPart.Outcome {
            WantedPart(range: "bytes=0-1", ifRange: header).outcome(entityTag: "\"a\"", modified: "then", length: 9)
        }
        #expect(outcome("\"a\"") == .part(0..<2) && outcome("then") == .part(0..<2))
        #expect(outcome("\"b\"") == .whole && outcome("W/\"a\"") == .whole && outcome("now") == .whole)
    }

    @Test("What cannot be given in parts is given whole")
    func noParts() {
        #expect(WantedPart(range: "bytes=0-1").outcome(entityTag: nil, modified: nil, length: nil) == .whole)
        #expect(WantedPart(ifNoneMatch: "*").outcome(entityTag: nil, modified: nil, length: 9) == .whole)
    }
}
