import HubModel
import Testing

@Suite struct TextInputTests {
    @Test(arguments: ["\n", "\r\n", "\r"])
    func `lines are the same whatever they end with`(end: String) {
        let lines = ["# my hub", "A=1 ", "\t B=2", "", "C=3"]
        for text in [lines.joined(separator: end), lines.joined(separator: end) + end] {
            let read = TextInput.lines(text).map(String.init)
            #expect(read.prefix(5) == ["# my hub", "A=1", "B=2", "", "C=3"])
            #expect(read.dropFirst(5).filter { !$0.isEmpty }.isEmpty)
            #expect(TextInput.lines("\u{FEFF}" + text).map(String.init) == read)
        }
    }

    @Test func `ends may be mixed, and combining characters do not hide them`() {
        #expect(TextInput.lines("a\r\nb\nc\rd").map(String.init) == ["a", "b", "c", "d"])
        #expect(TextInput.lines("a\n\u{301}b").count == 2)
        #expect(TextInput.lines("") == [""])
    }

    @Test func `only a byte order mark at the beginning is one`() {
        #expect(TextInput.withoutByteOrderMark("\u{FEFF}a\u{FEFF}") == "a\u{FEFF}")
        #expect(Array(TextInput.withoutByteOrderMark([0xEF, 0xBB, 0xBF, 0x41])) == [0x41])
        #expect(Array(TextInput.withoutByteOrderMark([0xEF, 0xBB])) == [0xEF, 0xBB])
    }

    @Test func `JSON is read behind a byte order mark`() throws {
        var reader = JSONReader([0xEF, 0xBB, 0xBF] + Array("{}\r\n".utf8))
        try reader.object { (_, reader) throws(Refusal) in try reader.skip() }
        try reader.end()
        var second = JSONReader([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF] + Array("{}".utf8))
        #expect(throws: Refusal.self) { _ = try second.peek() }
    }
}
