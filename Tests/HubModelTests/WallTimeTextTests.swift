import HubModel
import Testing

@Suite struct WallTimeTextTests {
    @Test("Dates and wall times are read as they are written", arguments: ["0000-01-01", "2024-02-29", "9999-12-31"])
    func dates(_ text: String) throws {
        let date = try #require(CivilDate(iso8601: text))
        #expect("\(date)" == text)
        let time = try #require(WallTime(iso8601: "\(text)T23:59:59"))
        #expect("\(time)" == "\(text)T23:59:59")
        #expect(WallTime(iso8601: "\(text)T07:05") == WallTime(date, hour: 7, minute: 5))
    }

    @Test(
        "What is not a date is none",
        arguments: [
            "", "2026-11", "2026-1-1", "2026-02-29", "2026-13-01", "20261121", "2026-11-21T", "+026-11-21",
            "2026-11-2１",
        ])
    func noDates(_ text: String) {
        #expect(CivilDate(iso8601: text) == nil)
    }

    @Test(
        "What is not a wall time is none",
        arguments: [
            "2026-11-21", "2026-11-21T24:00", "2026-11-21T9:00", "2026-11-21T09:60", "2026-11-21T09:00:60",
            "2026-11-21T09:00Z", "2026-11-21T09", "2026-11-21 09:00", "2026-11-21T09:00:00:00",
        ])
    func noTimes(_ text: String) {
        #expect(WallTime(iso8601: text) == nil)
    }

    @Test("Weeks begin on any day that is asked for")
    func weeks() throws {
        let saturday = try #require(CivilDate(year: 2026, month: 11, day: 21))
        #expect(saturday.weekday == .saturday)
        #expect("\(saturday.beginOfWeek())" == "2026-11-16")
        #expect("\(saturday.beginOfWeek(from: .sunday))" == "2026-11-15")
        #expect(saturday.beginOfWeek(from: .saturday) == saturday)
        #expect(CivilDate(daysSince1970: -1).weekday == .wednesday)
        #expect(CivilDate(daysSince1970: -1) < CivilDate(daysSince1970: 0))
    }
}
