import Multipart
import Testing

@Suite("Multipart: file names")
struct FileNameTests {
    static let names: [(String, String?)] = [
        ("capture.jpg", "capture.jpg"), ("../../etc/passwd", "passwd"), ("/etc/passwd", "passwd"),
        ("C:\\photos\\a.jpg", "a.jpg"), ("a/b\\c", "c"), ("a/", nil), ("", nil), (".", nil),
        ("..", nil), ("a/..", nil),
        ("...", "..."), (".htaccess", ".htaccess"), ("  a b.jpg \t", "a b.jpg"), (" . ", nil),
        ("\u{A0}", nil),
        ("a\u{0}b\r\nc\u{7F}\u{85}.jpg", "abc.jpg"), ("\u{1}", nil), ("..\u{0}", nil), (".\u{0}.", nil),
        ("gpj.\u{202E}exe", "gpj.exe"), ("a\u{200B}\u{2028}\u{FEFF}b", "ab"),
        ("naïve 写真.png", "naïve 写真.png"),
        (String(repeating: "x", count: 300), String(repeating: "x", count: 255)),
        (String(repeating: "é", count: 200), String(repeating: "é", count: 127)),
    ]

    @Test(
        "The last component has no folders and no control characters, and is nothing that leads elsewhere",
        arguments: names)
    func lastComponent(text: String, component: String?) {
        let name = UntrustedFileName(text)
        #expect(name.text == text)
        #expect(name.lastComponent == component)
    }

    @Test("Whatever a name is made of, its last component is safe to show and to use as one name")
    func anything() {
        var chance = Chance(seed: 3)
        let scalars: [Unicode.Scalar] = [
            "a", ".", "/", "\\", "\u{0}", "\n", " ", "\u{202E}", "é", "\u{301}", "\u{3000}",
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...6, using: &chance)
            var text = String.UnicodeScalarView()
            text.append(contentsOf: (0..<count).map { _ in scalars.randomElement(using: &chance) ?? "a" })
            guard let component = UntrustedFileName(String(text)).lastComponent else { continue }
            #expect(
                !component.isEmpty && component != "." && component != ".." && component.utf8.count <= 255)
            #expect(
                !component.unicodeScalars.contains { "/\\\u{0}\n\u{202E}".unicodeScalars.contains($0) })
            let ends = [component.unicodeScalars.first, component.unicodeScalars.last]
            #expect(ends.allSatisfy { $0?.properties.isWhitespace == false })
            #expect(UntrustedFileName(component).lastComponent == component)
        }
    }
}
