import Classrooms
import HubModel
import Testing

/// When a room may be booked.
@Suite struct OpeningHoursTests {
    private func wall(_ text: String) throws -> WallTime { try #require(WallTime(iso8601: text)) }

    @Test("a booking lies within one part of a day, or over midnight where it stays open")
    func contain() throws {
        let hours = try #require(
            OpeningHours([.monday: [480..<720, 780..<1_440], .tuesday: [0..<60], .saturday: [600..<660]]))
        // 2026-11-30 is a Monday.
        #expect(hours.contain(from: try wall("2026-11-30T08:00"), to: try wall("2026-11-30T12:00")))
        #expect(!hours.contain(from: try wall("2026-11-30T07:59"), to: try wall("2026-11-30T09:00")))
        #expect(!hours.contain(from: try wall("2026-11-30T11:00"), to: try wall("2026-11-30T13:30")))
        #expect(hours.contain(from: try wall("2026-11-30T23:00"), to: try wall("2026-12-01T01:00")))
        #expect(!hours.contain(from: try wall("2026-11-30T23:00"), to: try wall("2026-12-01T01:01")))
        #expect(hours.contain(from: try wall("2026-11-30T23:00"), to: try wall("2026-12-01T00:00")))
        #expect(!hours.contain(from: try wall("2026-12-02T10:00"), to: try wall("2026-12-02T11:00")))
        #expect(OpeningHours.always.contain(from: try wall("2026-12-02T10:00"), to: try wall("2026-12-09T11:00")))
    }

    @Test("what is kept is what was said")
    func text() throws {
        let hours = try #require(OpeningHours([.friday: [780..<1_440, 480..<720], .monday: [0..<1_440], .sunday: []]))
        #expect(hours.text == "mon 0-1440;fri 480-720 780-1440")
        #expect(OpeningHours(text: hours.text) == hours)
        #expect(OpeningHours(text: "always") == .always && OpeningHours(text: "") == OpeningHours([:]))
        for text in ["mon", "mon 5", "mon 5-1", "day 1-2", "mon 1-2;mon 3-4", "mon 0-1441", "mon 0-9 9-12"] {
            #expect(text == "mon" ? OpeningHours(text: text) != nil : OpeningHours(text: text) == nil, "\(text)")
        }
    }

    /// The model asks for each minute alone.
    @Test("a booking fits if each of its minutes is open", arguments: 0..<20)
    func model(seed: Int) throws {
        var chance = SeededNumbers(seed)
        var days: [Weekday: [OpeningHours.Part]] = [:]
        for day in Weekday.allCases where chance.below(4) > 0 {
            let bounds = Set((0..<4).map { _ in chance.below(97) * 15 }).sorted()
            days[day] = stride(from: 0, to: bounds.count - 1, by: 2).map { bounds[$0]..<bounds[$0 + 1] }
        }
        let hours = try #require(OpeningHours(days))
        func isOpen(_ minute: Int) -> Bool {
            let (day, rest) = (minute % 10_080).quotientAndRemainder(dividingBy: 1_440)
            return days[Weekday.allCases[day]]?.contains { $0.contains(rest) } ?? false
        }
        let monday = try wall("2026-11-30T00:00").secondsSince1970
        for _ in 0..<200 {
            let begin = chance.below(9_000)
            let length = 1 + chance.below(chance.below(4) == 0 ? 3_000 : 200)
            func wall(_ minute: Int) throws -> WallTime {
                let second = monday + Int64(minute) * 60
                return try #require(
                    WallTime(
                        CivilDate(daysSince1970: Int(second / 86_400)), second: Int(second % 86_400)))
            }
            let expected = (begin..<begin + length).allSatisfy(isOpen)
            #expect(try hours.contain(from: wall(begin), to: wall(begin + length)) == expected)
        }
    }
}
