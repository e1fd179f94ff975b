import HubModel
import Testing

/// Names, states and codes.
@Suite struct WordTests {
    @Test(arguments: ["a", "node_01", "A.b-c:d@e", "0", String(repeating: "x", count: 64)])
    func names(_ text: String) {
        #expect(DeviceID(text)?.text == text)
    }

    @Test(arguments: [
        "", "a b", "a/b", "+", "#", "a+", "$x", "ä", "a\u{0}", "a\n", "node%2F01", "..\\", "😀",
        String(repeating: "x", count: 65),
        "e\u{301}", "a\"b", "<b>", "a;b", "a,b",
    ])
    func noNames(_ text: String) {
        #expect(DeviceID(text) == nil)
    }

    @Test func nothingFollowsAnEndButALateAnswer() {
        for state in CommandState.allCases where state.isFinal {
            let next = CommandState.allCases.filter(state.mayBecome)
            #expect(next == (state == .timedOut || state == .expired ? [.done, .failed] : []))
        }
    }

    @Test func everyOpenCommandCanEnd() {
        for state in CommandState.allCases where !state.isFinal {
            #expect(state.mayBecome(.done) && state.mayBecome(.failed))
            #expect(state.mayBecome(.expired) || state.mayBecome(.timedOut))
            #expect(!state.mayBecome(state))
        }
        #expect(!CommandState.delivered.mayBecome(.queued))
        #expect(!CommandState.delivered.mayBecome(.expired))
        #expect(!CommandState.queued.mayBecome(.delivered))
        #expect(CommandState.sent.mayBecome(.queued))
    }

    @Test func everyRefusalHasAStatusAndATitle() {
        for code in RefusalCode.allCases {
            #expect((400..<600).contains(code.httpStatus))
            #expect(!code.title.isEmpty)
            #expect(
                code.rawValue.utf8.allSatisfy {
                    $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                })
        }
    }

    @Test func theWriterEscapesWhatItMust() {
        var writer = JSONWriter()
        writer.string("\"\\\n\r\t\u{1}\u{1F}\u{7F}ä😀/")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #""\"\\\n\r\t\u0001\u001f\u007fä😀/""#)
    }

    @Test func theWriterSetsItsCommas() {
        var writer = JSONWriter()
        writer.object { writer in
            writer.array("a") { writer in
                writer.integer(1)
                writer.object { _ in }
                writer.null()
            }
            writer.member("b", raw: "{\"c\":1}".utf8)
            writer.member("d", nil as Timestamp?)
            writer.member("e", value: .text("x"))
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":[1,{},null],"b":{"c":1},"d":null,"e":"x"}"#)
    }
}
