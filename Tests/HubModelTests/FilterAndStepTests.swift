import HubModel
import Testing

@Suite struct FilterAndStepTests {
    @Test(
        "A filter covers what MQTT says that it covers",
        arguments: [
            ("a/b", "a/b", true), ("a/b", "a/c", false), ("a/b", "a", false), ("a", "a/b", false), ("a/+", "a/b", true),
            ("a/+", "a/", true), ("a/+", "a", false), ("+", "/a", false), ("a/#", "a", true), ("a/#", "a/b/c", true),
            ("a/#", "b", false),
            ("#", "a/b", true), ("#", "$SYS/x", false), ("+/x", "$SYS/x", false), ("$SYS/#", "$SYS/x", true),
            ("a/+/c", "a/$b/c", true),
            ("$share/group/a/+", "a/b", true), ("$share/group/a/+", "$share/group/a/b", false),
        ])
    func covers(_ filter: String, _ topic: String, _ isCovered: Bool) {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        #expect(TopicFilterLevels(filter).covers(levels) == isCovered)
    }

    @Test(
        "Weights of a header's names",
        arguments: [
            ("gzip", ["gzip 1.0"]), ("Text/CSV; q=0.5 , */*;q=0", ["text/csv 0.5", "*/* 0.0"]), ("a;q=x", ["a 0.0"]),
            ("a;v=1;q=0.25", ["a 0.25"]), ("a;q=7, b;q=-1", ["a 1.0", "b 0.0"]), ("", []), (" , ;q=1", []),
        ])
    func weights(_ field: String, _ expected: [String]) {
        #expect(WeightedNames.read(field).map { "\($0.name) \($0.weight)" } == expected)
    }

    @Test func onlySoManyNamesAreLookedAt() {
        #expect(WeightedNames.read(String(repeating: "a,", count: 1_000)).count == 64)
    }

    @Test(
        "A step is a whole number with a unit",
        arguments: [
            ("10s", 10), ("15m", 900), ("1h", 3_600), ("366d", 31_622_400), ("367d", nil), ("0s", nil), ("s", nil),
            ("", nil), ("-1m", nil),
            ("+1m", nil), ("1.5h", nil), ("1w", nil), ("1 m", nil), ("1234567890s", nil), ("٣m", nil),
        ] as [(String, Int64?)])
    func steps(_ text: String, _ seconds: Int64?) {
        #expect(TimeStep(text)?.seconds == seconds)
        #expect(TimeStep(text).map { $0.text == text && $0.microseconds == $0.seconds * 1_000_000 } ?? true)
    }
}
