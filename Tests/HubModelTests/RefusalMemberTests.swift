import HubModel
import Testing

@Suite struct RefusalMemberTests {
    private func members(_ members: [RefusalMember]) -> [RefusalMember] {
        Refusal(.conflict, "No.", members: members).members
    }

    @Test("A member is what the writer wrote, and two refusals are the same when their members are")
    func written() {
        let text = RefusalMember("command_id", "k\"7")
        let object = RefusalMember("conflict") { json in json.object { $0.member("from", 7) } }
        #expect(String(decoding: text.json, as: UTF8.self) == #""k\"7""#)
        #expect(String(decoding: object.json, as: UTF8.self) == #"{"from":7}"#)
        #expect(members([text, object]) == [text, object])
        let refusals: Set = [
            Refusal(.conflict, "No."), Refusal(.conflict, "No.", members: [text]),
            Refusal(.conflict, "No.", members: [text]), Refusal(.conflict, "No.", members: [object]),
        ]
        #expect(refusals.count == 3)
    }

    @Test("Of one name the first member is carried, and of all what the bound has room for")
    func bounded() {
        let (first, second) = (RefusalMember("a", "1"), RefusalMember("a", "2"))
        #expect(members([first, second]) == [first])
        // With its name of three bytes and its quotes.
        func long(_ name: String, _ bytes: Int) -> RefusalMember {
            RefusalMember(name, String(repeating: "x", count: bytes - name.utf8.count - 2))
        }
        let whole = long("all", RefusalMember.maximumBytes)
        #expect(members([whole]) == [whole])
        #expect(members([long("all", RefusalMember.maximumBytes + 1)]).isEmpty)
        // One that is too large takes none with it that comes behind.
        let (half, small) = (long("one", RefusalMember.maximumBytes / 2), RefusalMember("b", "1"))
        #expect(members([half, whole, small]) == [half, small])
    }
}
