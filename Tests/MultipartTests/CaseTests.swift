import Multipart
import Testing

@Suite("Multipart: cases")
struct CaseTests {
    @Test("A body becomes the events, or the refusal, that its case names", arguments: CaseFile.names)
    func whole(file: String) throws {
        let cases = try CaseFile.load(file)
        #expect(!cases.isEmpty)
        for item in cases {
            #expect(describe(read([item.body[...]], with: try item.reader())) == item.outcome, "\(item)")
        }
    }

    @Test(
        "Every cut of a body in two, and every byte alone, gives the same events",
        arguments: CaseFile.names)
    func cutInTwo(file: String) throws {
        for item in try CaseFile.load(file) {
            let reader = try item.reader()
            let whole = read([item.body[...]], with: reader)
            for cut in 0...item.body.count {
                #expect(
                    read([item.body[..<cut], item.body[cut...]], with: reader) == whole,
                    "\(item) cut at \(cut)")
            }
            let bytes = item.body.indices.map { item.body[$0...$0] }
            #expect(read(bytes, with: reader) == whole, "\(item), byte by byte")
        }
    }

    @Test("Every cut of a small body in three gives the same events")
    func cutInThree() throws {
        for item in try CaseFile.all() where item.body.count <= 80 {
            let reader = try item.reader()
            let whole = read([item.body[...]], with: reader)
            for first in 0...item.body.count {
                for second in first...item.body.count {
                    let chunks = [item.body[..<first], item.body[first..<second], item.body[second...]]
                    #expect(read(chunks, with: reader) == whole, "\(item) cut at \(first) and \(second)")
                }
            }
        }
    }

    @Test("The cases show every refusal of a body")
    func coverage() throws {
        let cases = try CaseFile.all()
        let shown = Set(
            cases.flatMap(\.outcome).filter { $0.hasPrefix("refuse") }.map { $0.prefix { $0 != "(" } })
        #expect(cases.count >= 150)
        #expect(
            shown
                == [
                    "refuse preambleTooLarge", "refuse epilogueTooLarge", "refuse tooManyParts",
                    "refuse headersTooLarge",
                    "refuse tooManyHeaders", "refuse bareLineFeed", "refuse bareCarriageReturn",
                    "refuse textAfterBoundary",
                    "refuse badHeader", "refuse repeatedHeader", "refuse badDisposition",
                    "refuse partWithoutName",
                    "refuse transferEncoding", "refuse truncated",
                ])
    }
}
