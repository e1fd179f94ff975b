import MQTTCodec
import Testing

@Suite("Topics")
struct TopicTests {
    /// Matching as section 4.7 tells it, level by level, with no care for speed.
    private func model(_ filter: ArraySlice<Substring>, _ topic: ArraySlice<Substring>) -> Bool {
        guard let level = filter.first else { return topic.isEmpty }
        if level == "#" { return true }
        guard let name = topic.first else { return false }
        guard level == "+" || level == name else { return false }
        return model(filter.dropFirst(), topic.dropFirst())
    }

    private func modelMatches(_ filter: String, _ topic: String) -> Bool {
        if topic.hasPrefix("$"), filter.hasPrefix("+") || filter.hasPrefix("#") { return false }
        let split = { (text: String) in text.split(separator: "/", omittingEmptySubsequences: false) }
        // The parent of "a/#" matches too, which the model reaches when the topic is used up before "#".
        return model(split(filter)[...], split(topic)[...])
    }

    @Test("Matching agrees with the model on every pair of short topics and filters")
    func bruteForce() throws {
        let levels = ["", "a", "b", "$x"]
        let wild = levels + ["+"]
        func join(_ sets: [[String]]) -> [String] {
            sets.reduce([""]) { done, next in
                done.flatMap { head in next.map { head.isEmpty && done.count == 1 ? $0 : "\(head)/\($0)" } }
            }
        }
        let names = (1...3).flatMap { join(Array(repeating: levels, count: $0)) }.filter { !$0.isEmpty }
        var filters = (1...3).flatMap { join(Array(repeating: wild, count: $0)) }.filter { !$0.isEmpty }
        filters += filters.map { $0 + "/#" } + ["#", "/#"]
        for filter in filters {
            let parsed = try TopicFilter(filter)
            let shared = try TopicFilter("$share/g/" + filter)
            for name in names {
                let topic = try TopicName(name)
                let expected = modelMatches(filter, name)
                #expect(parsed.matches(topic) == expected, "\(filter) and \(name)")
                #expect(shared.matches(topic) == expected, "shared \(filter) and \(name)")
            }
        }
    }

    @Test("The examples of section 4.7")
    func examples() throws {
        let cases: [(String, String, Bool)] = [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/#", "sport", true), ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false), ("sport/+", "sport", false),
            ("sport/+", "sport/", true), ("+/+", "/finance", true), ("/+", "/finance", true), ("+", "/finance", false),
            ("#", "$SYS/monitor", false), ("+/monitor/Clients", "$SYS/monitor/Clients", false),
            ("$SYS/#", "$SYS/monitor", true), ("$SYS/monitor/+", "$SYS/monitor/Clients", true),
            ("ACCOUNTS", "Accounts", false), ("a b", "a b", true),
        ]
        for (filter, topic, expected) in cases {
            #expect(try TopicFilter(filter).matches(try TopicName(topic)) == expected, "\(filter) and \(topic)")
        }
    }

    @Test("Two spellings of one glyph are two topics ([MQTT-4.7.3-4])")
    func noNormalisation() throws {
        let composed = try TopicName("caf\u{E9}")
        let decomposed = try TopicName("cafe\u{301}")
        #expect("caf\u{E9}" == "cafe\u{301}")
        #expect(composed != decomposed)
        #expect(try !TopicFilter("caf\u{E9}").matches(decomposed))
        #expect(Set([composed, decomposed]).count == 2)
    }

    @Test("Levels and their count, and a limit on them")
    func levels() throws {
        for (text, expected) in [("a", ["a"]), ("a/b", ["a", "b"]), ("/", ["", ""]), ("a//b/", ["a", "", "b", ""])] {
            let topic = try TopicName(text)
            #expect(topic.levels.map { String(decoding: topic.bytes[$0], as: UTF8.self) } == expected)
            #expect(topic.levelCount == expected.count)
            let filter = try TopicFilter("$share/g/" + text)
            #expect(filter.levels.map { String(decoding: filter.bytes[$0], as: UTF8.self) } == expected)
            #expect(filter.levelCount == expected.count)
            #expect(throws: TopicFailure.tooManyLevels) { try TopicName(text, maximumLevels: expected.count - 1) }
            #expect(throws: TopicFailure.tooManyLevels) { try TopicFilter(text, maximumLevels: expected.count - 1) }
            #expect(try TopicFilter("$share/g/" + text, maximumLevels: expected.count).isShared)
        }
        let slashes = try TopicName(String(repeating: "/", count: 65_535))
        #expect(slashes.levelCount == 65_536)
        #expect(try TopicFilter("#").matches(slashes))
    }

    @Test("Shared filters tell their group and their filter")
    func shared() throws {
        let filter = try TopicFilter("$share/grüp/a/+/#")
        #expect(filter.isShared)
        #expect(filter.shareGroup == (try MQTTString("grüp")))
        #expect(filter.unshared == (try TopicFilter("a/+/#")))
        #expect(filter.hasWildcard)
        let plain = try TopicFilter("$shared/g/a")
        #expect(!plain.isShared && plain.shareGroup == nil && plain.unshared == plain && !plain.hasWildcard)
    }

    @Test("What is no topic and no filter")
    func invalid() throws {
        let long = String(repeating: "a", count: 65_536)
        #expect(throws: TopicFailure.empty) { try TopicName("") }
        #expect(throws: TopicFailure.empty) { try TopicFilter("") }
        #expect(throws: TopicFailure.tooLong) { try TopicName(long) }
        #expect(throws: TopicFailure.tooLong) { try TopicFilter(long) }
        #expect(throws: TopicFailure.wildcardInName) { try TopicName("a/+") }
        #expect(throws: TopicFailure.nullCharacter) { try TopicName("a\0") }
        #expect(throws: TopicFailure.notUTF8) { try TopicName([0xC0, 0xAF]) }
        #expect(throws: TopicFailure.notUTF8) { try TopicFilter([0xED, 0xA0, 0x80]) }
        #expect(throws: TopicFailure.nullCharacter) { try TopicFilter("\0") }
        #expect(throws: TopicFailure.misplacedWildcard) { try TopicFilter("a#") }
        #expect(throws: TopicFailure.malformedShare) { try TopicFilter("$share/g") }
        #expect(throws: TextFailure.tooLong) { try MQTTString(long) }
    }
}
