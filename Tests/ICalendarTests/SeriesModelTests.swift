import HubModel
import ICalendar
import SolutionKit
import Testing

/// Series against a model that tries every quarter of an hour of the wall clock, over both changes of the clock of 2027 in Berlin.
@Suite struct SeriesModelTests {
    /// Berlin in 2027 by hand: seconds ahead of UTC.
    private static func offset(at instant: Int64) -> Int64 {
        // 2027-03-28T01:00Z and 2027-10-31T01:00Z.
        (1_806_195_600..<1_824_944_400).contains(instant) ? 7_200 : 3_600
    }

    /// The instant of a wall time, by trying those that may be.
    private static func instant(of wall: Int64) -> Int64 {
        for ahead in [Int64(7_200), 3_600] where offset(at: wall - ahead) == ahead { return wall - ahead }
        // Left out in spring: the offset before is that of winter.
        return wall - 3_600
    }

    private struct Plan {
        var start: Int64
        var interval: Int
        var isHourly: Bool
        var days: [Int]
        var hours: [Int]
        var minutes: [Int]
        var end: CalendarEvent.End
        var exceptions: Set<Int64>
        var additions: [Int64]
        /// Original wall time to the one that it was moved to; nil: cancelled.
        var moves: [Int64: Int64?]

        init(_ chance: inout Chance) {
            let around: Int64 = chance.flip(0.5) ? 1_806_192_000 : 1_824_940_800
            start = around - Int64(Int.random(in: 0...300, using: &chance)) * 900
            interval = Int.random(in: 1...3, using: &chance)
            isHourly = chance.flip(0.5)
            days = chance.flip(0.3) ? chance.some(0...6, most: 5) : []
            hours = chance.flip(0.5) ? chance.some(0...5, most: 4) : []
            minutes = chance.flip(0.5) ? chance.some(0...3, most: 3).map { $0 * 15 } : []
            let seconds = Int.random(in: 0...8, using: &chance) * 900
            let day = chance.flip(0.4) ? 1 : 0
            end = CalendarDuration(days: day, seconds: seconds).map { .duration($0) } ?? .none
            if chance.flip(0.3) { end = .none }
            exceptions = []
            additions = []
            moves = [:]
            let near = (-20...60).map { around + Int64($0) * 900 }
            for _ in 0..<6 {
                let wall = near.randomElement(using: &chance) ?? around
                switch Int.random(in: 0...3, using: &chance) {
                case 0: exceptions.insert(wall)
                case 1: additions.append(wall)
                case 2: moves[wall] = .some(nil)
                default: moves[wall] = .some(near.randomElement(using: &chance))
                }
            }
        }

        func event() throws -> CalendarEvent {
            func zoned(_ wall: Int64) -> CalendarTime { .zoned(WallTime(nearest: wall), zone: "Europe/Berlin") }
            var event = CalendarEvent(uid: "1", start: zoned(start), end: end)
            event.rule = try RecurrenceRule(
                isHourly ? .hourly : .daily, interval: interval, minutes: minutes, hours: hours,
                days: days.map { .init(Weekday.allCases[$0]) })
            event.exceptions = exceptions.sorted().map(zoned)
            event.additions = additions.map { .init(zoned($0)) }
            return event
        }

        func overrides() -> [CalendarEvent] {
            func zoned(_ wall: Int64) -> CalendarTime { .zoned(WallTime(nearest: wall), zone: "Europe/Berlin") }
            return moves.sorted { $0.key < $1.key }.map { original, moved in
                var event = CalendarEvent(uid: "1", start: zoned(moved ?? original), end: end)
                event.recurrenceID = zoned(original)
                if moved == nil { event.status = .cancelled }
                return event
            }
        }

        /// Whether the rule yields a wall time: the period that it is in counts, and all parts allow it.
        private func yields(_ wall: Int64) -> Bool {
            guard wall >= start else { return false }
            let period: Int64 = isHourly ? 3_600 : 86_400
            guard (wall / period - start / period) % Int64(interval) == 0 else { return false }
            let (day, second) = (wall / 86_400, wall % 86_400)
            guard days.isEmpty || days.contains(Int((day + 3) % 7)) else { return false }
            let hour = Int(second / 3_600)
            let minute = Int(second / 60 % 60)
            let ownHour = isHourly ? true : hour == Int(start % 86_400 / 3_600)
            guard hours.isEmpty ? ownHour : hours.contains(hour) else { return false }
            return minutes.isEmpty ? minute == Int(start / 60 % 60) : minutes.contains(minute)
        }

        private func end(_ wall: Int64) -> Int64 {
            let start = SeriesModelTests.instant(of: wall)
            guard case .duration(let duration) = end else { return start }
            let day = duration.days == 0 ? start : SeriesModelTests.instant(of: wall + Int64(duration.days) * 86_400)
            return max(start, day + Int64(duration.seconds))
        }

        func model(_ window: Range<Int64>) -> [String] {
            func isIn(_ wall: Int64) -> Bool {
                let (start, end) = (SeriesModelTests.instant(of: wall), end(wall))
                return start < window.upperBound
                    && (end > window.lowerBound || end == start && start >= window.lowerBound)
            }
            func line(_ wall: Int64) -> String { "\(SeriesModelTests.instant(of: wall)) \(end(wall))" }
            let left = Set((exceptions.union(moves.keys)).map(SeriesModelTests.instant))
            var found: [String] = []
            var taken: Set<Int64> = []
            let walls = stride(from: window.lowerBound - 405_000, to: window.upperBound + 405_000, by: 900)
            for wall in walls where (yields(wall) || wall == start) && isIn(wall) {
                let instant = SeriesModelTests.instant(of: wall)
                if !left.contains(instant), taken.insert(instant).inserted { found.append(line(wall)) }
            }
            for wall in additions where isIn(wall) {
                let instant = SeriesModelTests.instant(of: wall)
                if !left.contains(instant), taken.insert(instant).inserted { found.append(line(wall)) }
            }
            // Of two that are of one instant, which a gap does, both are shown.
            for case (_, .some(let moved)) in moves where isIn(moved) { found.append(line(moved)) }
            return found.sorted()
        }
    }

    @Test func instances() throws {
        var chance = Chance(state: 27)
        var seen = 0
        for _ in 0..<1_500 {
            let plan = Plan(&chance)
            let event = try plan.event()
            let series = CalendarSeries(uid: "1", master: event, overrides: plan.overrides())
            let begin = plan.start + Int64(Int.random(in: -40...300, using: &chance)) * 900
            let window = begin..<begin + Int64(Int.random(in: 1...200, using: &chance)) * 900
            var zones = CalendarZones(clocks: LocalClocks(), floating: UTCClock())
            let found = try series.instances(
                in: Timestamp(seconds: window.lowerBound)..<Timestamp(seconds: window.upperBound), zones: &zones,
                limit: 10_000)
            let expected = plan.model(window)
            seen += expected.count
            #expect(
                found.map { "\($0.start.wholeSeconds) \($0.end.wholeSeconds)" }.sorted() == expected,
                "\(event) \(plan.moves) \(window)")
        }
        #expect(seen > 5_000)
    }
}
