import HubModel
import ICalendar
import Testing

/// Rules against python-dateutil: cases/rules, made by cases/generate/rules.py.
@Suite struct RuleCaseTests {
    @Test func firstInstances() throws {
        let lines = try CaseFiles.lines("rules/first.txt")
        #expect(lines.count > 3_000)
        for line in lines {
            let fields = line.split(separator: " ")
            let rule = try RecurrenceRule(fields[0])
            let start = try wall(fields[1])
            let expected = fields[2].split(separator: ",")
            let isOver = expected.last == "end"
            let times = expected.dropLast(isOver ? 1 : 0).map(String.init)
            let found = try RecurrenceInstances(rule, start: start, startCounts: false).first(
                times.count + (isOver ? 1 : 0))
            #expect(found.map(compact) == times, "\(line)")
            #expect(try RecurrenceRule(rule.description) == rule)
            try startCounts(rule, start, times: times, isOver: isOver, line)
        }
    }

    /// A start that the rule does not yield comes before all others, and takes the place of one where they are counted.
    private func startCounts(
        _ rule: RecurrenceRule, _ start: WallTime, times: [String], isOver: Bool, _ line: Substring
    ) throws {
        var expected = times.first == compact(start) ? times : [compact(start)] + times
        if case .count(let count) = rule.end { expected = Array(expected.prefix(count)) }
        let found = try RecurrenceInstances(rule, start: start).first(expected.count)
        #expect(found.map(compact) == expected, "\(line)")
    }

    /// How many there are is the length of what is found.
    @Test func counts() throws {
        for line in try CaseFiles.lines("rules/first.txt") where line.hasSuffix(",end") {
            let fields = line.split(separator: " ")
            let instances = RecurrenceInstances(
                try RecurrenceRule(fields[0]), start: try wall(fields[1]), startCounts: false)
            let expected = fields[2].split(separator: ",").count - 1
            #expect(try instances.count(limit: expected) == expected, "\(line)")
            if expected > 0 {
                #expect(throws: RecurrenceFailure.tooMany(limit: expected - 1)) {
                    try instances.count(limit: expected - 1)
                }
            }
        }
    }

    @Test func windows() throws {
        let lines = try CaseFiles.lines("rules/windows.txt")
        #expect(lines.count > 1_000)
        for line in lines {
            let fields = line.split(separator: " ")
            let instances = RecurrenceInstances(
                try RecurrenceRule(fields[0]), start: try wall(fields[1]), startCounts: false)
            let window = try wall(fields[2])..<wall(fields[3])
            let expected = fields[4] == "none" ? [] : fields[4].split(separator: ",").map(String.init)
            #expect(try instances.times(in: window, limit: 100).map(compact) == expected, "\(line)")
        }
    }
}
