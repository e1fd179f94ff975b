import HubModel
import Testing

@Suite struct JSONReaderTests {
    @Test func whatIsWrittenReadsBack() throws {
        var dice = Dice(1)
        for _ in 0..<3_000 {
            let tree = JSONTree.random(&dice, depth: 5)
            #expect(try JSONTree.read(tree.bytes) == tree)
        }
    }

    @Test func rawValueIsTheTextItself() throws {
        var dice = Dice(2)
        for _ in 0..<500 {
            let tree = JSONTree.random(&dice, depth: 4)
            var reader = JSONReader([0x20, 0x0A] + tree.bytes + [0x20])
            #expect(try reader.rawValue() == tree.bytes)
            try reader.end()
        }
    }

    /// Bytes flipped, cut, doubled: an answer or a refusal, never a trap, and what is accepted is stable.
    @Test func hostileBytes() {
        var dice = Dice(3)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = JSONTree.random(&dice, depth: 4).bytes
            for _ in 0...dice.below(3) where !bytes.isEmpty {
                let place = dice.below(bytes.count)
                switch dice.below(4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
                case 1: bytes.removeSubrange(place...)
                case 2: bytes.insert(contentsOf: bytes[place...], at: place)
                default: bytes.insert("{}[],:\"\\eE+-.0tfnu".utf8.randomElement(using: &dice) ?? 0, at: place)
                }
            }
            guard let tree = try? JSONTree.read(bytes) else { continue }
            accepted += 1
            // 1e3 is written as 1000: another tree, the same text from then on.
            #expect((try? JSONTree.read(tree.bytes))?.bytes == tree.bytes)
        }
        #expect(accepted > 100)
    }

    @Test func noiseIsRefused() {
        var dice = Dice(4)
        for _ in 0..<5_000 {
            let noise = (0..<dice.below(40)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
            _ = try? JSONTree.read(noise)
        }
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\u+123\"", "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"", "\"\\ud800\\ud800\"", "\"\t\"", "\"\u{0}\"", "tru", "True", "nul", "nulll", "NaN", "-",
        "+1", ".5", "1.", "1.e3",
        "1e", "1e+", "01", "-01", "0x10", "1_000", "--1", "Infinity", "-Infinity", "1e999", "-1e999", "1 2", "// x\n1",
        "'a'",
    ])
    func malformed(_ text: String) {
        #expect { try JSONTree.read(Array(text.utf8)) } throws: { ($0 as? Refusal)?.code == .malformedJSON }
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
            [0x22, 0xE2, 0x82, 0x22], [0x22, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xFF, 0x22],
        ] as [[UInt8]])
    func badUTF8(_ bytes: [UInt8]) {
        #expect { try JSONTree.read(bytes) } throws: { ($0 as? Refusal)?.code == .malformedJSON }
    }

    @Test func escapes() throws {
        let text = #""\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00""#
        #expect(try JSONTree.read(Array(text.utf8)) == .string("\"\\/\u{8}\u{C}\n\r\tä😀"))
    }

    @Test func depthIsLimited() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONTree.read(nested(JSONReader.maximumDepth))
        #expect(throws: Refusal.self) { try JSONTree.read(nested(JSONReader.maximumDepth + 1)) }
        #expect(throws: Refusal.self) { try JSONTree.read(Array(String(repeating: "[{\"a\":", count: 50_000).utf8)) }
        // Depth is that of nesting, not of what came before.
        let wide = "[" + Array(repeating: "[[]]", count: 1_000).joined(separator: ",") + "]"
        _ = try JSONTree.read(Array(wide.utf8))
    }

    @Test func theWrongKindIsSaid() {
        for (text, read) in [
            (
                "1",
                { (reader: inout JSONReader) throws(Refusal) in
                    try reader.object { (_, reader) throws(Refusal) in try reader.skip() }
                }
            ),
            (
                "{}",
                { (reader: inout JSONReader) throws(Refusal) in
                    try reader.array { (reader) throws(Refusal) in try reader.skip() }
                }
            ),
            ("[]", { (reader: inout JSONReader) throws(Refusal) in _ = try reader.string() }),
            ("true", { (reader: inout JSONReader) throws(Refusal) in _ = try reader.number() }),
            ("null", { (reader: inout JSONReader) throws(Refusal) in _ = try reader.boolean() }),
        ] as [(String, (inout JSONReader) throws(Refusal) -> Void)] {
            var reader = JSONReader(Array(text.utf8))
            #expect { try read(&reader) } throws: { ($0 as? Refusal)?.code == .wrongType }
        }
    }

    @Test func nullIsTakenOnlyIfItStandsThere() throws {
        var reader = JSONReader(Array("[null,1]".utf8))
        var found: [Bool] = []
        try reader.array { (reader) throws(Refusal) in
            let isNull = try reader.null()
            found.append(isNull)
            if !isNull { try reader.skip() }
        }
        #expect(found == [true, false])
    }
}
