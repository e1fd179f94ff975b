import HubModel
import Live
import Testing

@Suite struct LiveSessionTests {
    func patterns(_ texts: String...) throws -> [TopicPattern] { try texts.map { try #require(TopicPattern($0)) } }

    func receive(_ text: String) -> LiveSession.Action {
        var session = LiveSession()
        return session.receive(Array(text.utf8))
    }

    @Test func `subscriptions say where they begin`() throws {
        let topics = try patterns("nodes/#", "broker")
        #expect(
            receive(#"{"type":"subscribe","id":1,"topics":["nodes/#","broker"],"after":1763690000000000}"#)
                == .subscribe(id: Array("1".utf8), topics: topics, start: .after(1_763_690_000_000_000)))
        #expect(
            receive(#" {"topics":["nodes/#","broker","broker"],"recent":7,"id":"x\"y","new":[1],"type":"subscribe"} "#)
                == .subscribe(id: Array(#""x\"y""#.utf8), topics: topics, start: .recent(7)))
        #expect(
            receive(#"{"type":"subscribe","topics":["broker"]}"#)
                == .subscribe(id: nil, topics: try patterns("broker"), start: .recent(100)))
        #expect(
            receive(#"{"type":"unsubscribe","id":null,"topics":["broker"]}"#)
                == .unsubscribe(id: nil, topics: try patterns("broker")))
        #expect(receive(#"{"type":"ping","id":3}"#) == .answer(Array(#"{"type":"pong","id":3}"#.utf8)))
    }

    @Test(arguments: [
        ("", "malformed_json"), ("{", "malformed_json"), ("{}x", "malformed_json"),
        (#"{"type":"ping",}"#, "malformed_json"),
        ("[]", "bad_member"), ("1", "bad_member"), (#"{"type":1}"#, "bad_member"),
        ("{}", "unknown_type"), (#"{"type":"shout"}"#, "unknown_type"),
        (#"{"type":"subscribe"}"#, "bad_member"), (#"{"type":"subscribe","topics":[]}"#, "bad_member"),
        (#"{"type":"subscribe","topics":"a"}"#, "bad_member"), (#"{"type":"subscribe","topics":[1]}"#, "bad_member"),
        (#"{"type":"subscribe","topics":["a","b//c"]}"#, "bad_topic"),
        (#"{"type":"unsubscribe","topics":["a#"]}"#, "bad_topic"),
        (#"{"type":"subscribe","topics":["a"],"after":-1}"#, "bad_member"),
        (#"{"type":"subscribe","topics":["a"],"after":1.5}"#, "bad_member"),
        (#"{"type":"subscribe","topics":["a"],"after":9007199254740993}"#, "bad_member"),
        (#"{"type":"subscribe","topics":["a"],"recent":1001}"#, "bad_member"),
        (#"{"type":"ping","id":{}}"#, "bad_member"),
        (
            #"{"type":"ping","id":"0123456789012345678901234567890123456789012345678901234567890123456789"}"#,
            "bad_member"
        ),
    ])
    func `a bad message is answered with its code`(text: String, code: String) throws {
        guard case .answer(let answer) = receive(text) else {
            Issue.record("no answer to \(text)")
            return
        }
        let seen = try Seen(answer)
        #expect(seen.type == "error" && seen.code == code)
    }

    @Test func `an error names the message it answers`() {
        let answer = receive(#"{"id":42,"type":"shout"}"#)
        guard case .answer(let text) = answer else { return #expect(Bool(false)) }
        #expect(String(decoding: text, as: UTF8.self).hasSuffix(#""id":42}"#))
    }

    @Test func `a socket has 64 topics, and bad ones change nothing`() throws {
        var session = LiveSession()
        func subscribe(_ range: Range<Int>, _ more: String = "") -> String {
            let topics = range.map { "\"t/\($0)\"" }.joined(separator: ",")
            return #"{"type":"subscribe","topics":[\#(topics)\#(more)]}"#
        }
        func isError(_ text: String, _ code: String) throws -> Bool {
            guard case .answer(let answer) = session.receive(Array(text.utf8)) else { return false }
            return try Seen(answer).code == code
        }
        #expect(try isError(subscribe(0..<10, ",\"\""), "bad_topic"))
        #expect(try !isError(subscribe(0..<64), "too_many_topics"))
        #expect(try isError(subscribe(64..<65), "too_many_topics"))
        #expect(try !isError(subscribe(0..<1), "too_many_topics"))
        _ = session.receive(Array(#"{"type":"unsubscribe","topics":["t/0"]}"#.utf8))
        #expect(try !isError(subscribe(64..<65), "too_many_topics"))
        var fresh = LiveSession()
        guard case .answer(let answer) = fresh.receive(Array(subscribe(0..<65).utf8)) else {
            return #expect(Bool(false))
        }
        #expect(try Seen(answer).code == "too_many_topics")
    }

    @Test func `a client that only errs is closed`() {
        var session = LiveSession()
        for _ in 1..<LiveSession.maximumRefusals { _ = session.receive([]) }
        #expect(session.receive([]) == .close(reason: "too many refused messages"))
    }
}
