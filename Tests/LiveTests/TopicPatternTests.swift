import HubModel
import Live
import Testing

@Suite struct TopicPatternTests {
    @Test(arguments: [
        ("nodes/node_01/state", "nodes/node_01/state", true),
        ("nodes/node_01/state", "nodes/node_01/stat", false),
        ("nodes/node_01/state", "nodes/node_01/state/x", false),
        ("nodes/+/state", "nodes/node_01/state", true),
        ("nodes/+/state", "nodes/state", false),
        ("nodes/+/state", "nodes/a/b/state", false),
        ("nodes/+", "nodes", false),
        ("nodes/+", "nodes/a", true),
        ("nodes/+", "nodes/a/b", false),
        ("+", "broker", true),
        ("+", "nodes/a", false),
        ("#", "broker", true),
        ("#", "nodes/a/b", true),
        ("nodes/#", "nodes", true),
        ("nodes/#", "nodes/a/b", true),
        ("nodes/#", "node", false),
        ("nodes/#", "nodesx", false),
        ("nodes/+/#", "nodes", false),
        ("nodes/+/#", "nodes/a", true),
        ("+/+/#", "a/b/c/d", true),
        ("a/+/c", "a//c", true),
    ])
    func `a pattern means these topics`(pattern: String, topic: String, isMeant: Bool) throws {
        #expect(try #require(TopicPattern(pattern)).matches(TopicFilterLevels.levels(of: topic)) == isMeant)
    }

    @Test(arguments: [
        "", "/", "a/", "/a", "a//b", "#/a", "a/#/b", "a#", "a/b+", "++", "$share/a/#", "$share", "a\u{0}", "a\n",
        String(repeating: "a", count: 257), Array(repeating: "a", count: 17).joined(separator: "/"),
    ])
    func `a pattern that breaks the rules is none`(text: String) {
        #expect(TopicPattern(text) == nil)
    }

    @Test func `the limits are just allowed`() {
        #expect(TopicPattern(String(repeating: "a", count: 256)) != nil)
        #expect(TopicPattern(Array(repeating: "+", count: 16).joined(separator: "/")) != nil)
    }
}
