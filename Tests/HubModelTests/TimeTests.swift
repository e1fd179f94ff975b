import Foundation
import HubModel
import Testing

@Suite struct TimeTests {
    @Test func isoReadsBackAsTheSame() throws {
        var dice = Dice(7)
        // 0000-01-01 to 9999-12-31.
        let range: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999
        for instant in [range.lowerBound, range.upperBound, 0, -1, 1]
            + (0..<20_000).map({ _ in Int64.random(in: range, using: &dice) })
        {
            let timestamp = Timestamp(microseconds: instant)
            #expect(Timestamp(iso8601: timestamp.description) == timestamp)
        }
    }

    @Test func theCalendarIsThatOfFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        var dice = Dice(8)
        for _ in 0..<2_000 {
            // Since 1600: before that Foundation's calendar is the Julian one.
            let days = Int.random(in: -135_000...2_900_000, using: &dice)
            let date = CivilDate(daysSince1970: days)
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(days) * 86_400))
            #expect(date.year == parts.year && date.month == parts.month && date.day == parts.day)
            #expect(date.daysSince1970 == days)
        }
    }

    @Test func daysThatDoNotExist() {
        #expect(CivilDate(year: 2_023, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 1_900, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2_000, month: 2, day: 29) != nil)
        #expect(CivilDate(year: 2_024, month: 13, day: 1) == nil)
        #expect(CivilDate(year: 2_024, month: 0, day: 1) == nil)
        #expect(CivilDate(year: 2_024, month: 4, day: 31) == nil)
        #expect(CivilDate(year: 2_024, month: 4, day: 0) == nil)
    }

    @Test(
        arguments: [
            ("2024-01-01T12:00:00Z", 1_704_110_400_000_000), ("2024-01-01t12:00:00z", 1_704_110_400_000_000),
            ("2024-01-01 12:00:00", 1_704_110_400_000_000), ("2024-01-01T12:00", 1_704_110_400_000_000),
            ("2024-01-01T13:00:00+01:00", 1_704_110_400_000_000), ("2024-01-01T13:00:00+0100", 1_704_110_400_000_000),
            ("2024-01-01T13:00:00+01", 1_704_110_400_000_000), ("2024-01-01T06:30:00-05:30", 1_704_110_400_000_000),
            ("2024-01-01T12:00:00.5Z", 1_704_110_400_500_000), ("2024-01-01T12:00:00,25Z", 1_704_110_400_250_000),
            ("2024-01-01T12:00:00.123456789Z", 1_704_110_400_123_456), ("2024-01-01", 1_704_067_200_000_000),
            ("20240101T120000Z", 1_704_110_400_000_000), ("20240101T120000", 1_704_110_400_000_000),
            ("20240101T1200Z", 1_704_110_400_000_000), ("20240101T120000.5+0100", 1_704_106_800_500_000),
            ("20240101T120000,25-01", 1_704_114_000_250_000), ("20240101 120000Z", 1_704_110_400_000_000),
            ("2023-12-31T24:00:00Z", 1_704_067_200_000_000), ("2023-12-31T24:00", 1_704_067_200_000_000),
            ("20231231T240000Z", 1_704_067_200_000_000), ("2023-12-31T24:00:00.000+01:00", 1_704_063_600_000_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000), ("1969-12-31T23:59:59.999999Z", -1),
        ] as [(String, Int64)])
    func forms(_ text: String, _ microseconds: Int64) {
        #expect(Timestamp(iso8601: text)?.microseconds == microseconds)
        #expect(Timestamp(text: text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2024", "2024-1-1", "2024-01-01T", "2024-01-01T12", "2024-01-01T24:00:01Z", "2024-01-01T24:01:00Z",
        "2024-01-01T24:00:00.000001Z", "2024-01-01T25:00:00Z", "20240101T24000001Z", "20240101T", "20240101T12",
        "202401", "20240101Z", "2024-0101T12:00:00", "20240101T12:00:00:00", "2024-01-01T12:60:00Z",
        "2024-01-01T12:00:61Z", "2024-01-01T12:00:00.Z", "2024-01-01T12:00:00+1", "2024-01-01T12:00:00+24:00",
        "2024-01-01T12:00:00+01:60", "2024-01-01T12:00:00ZZ", "2024-01-01X12:00:00", "2024-02-30", "20240101",
        "٢٠٢٤-01-01",
        "2024-01-01T12:00:00 Z", " 2024-01-01", "-2024-01-01", "noon",
    ])
    func noTimes(_ text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test(
        arguments: [
            ("1704844800", 1_704_844_800_000_000), ("1704844800.25", 1_704_844_800_250_000),
            ("1704844800250", 1_704_844_800_250_000),
            ("1704844800250.5", 1_704_844_800_250_500), ("1.7048448e9", 1_704_844_800_000_000), ("0", 0),
            ("-1.5", -1_500_000),
            ("99999999999", 99_999_999_999_000_000), ("100000000000", 100_000_000_000_000),
            ("1704844800.1234567", 1_704_844_800_123_456),
        ] as [(String, Int64)])
    func numbers(_ text: String, _ microseconds: Int64) throws {
        #expect(Timestamp(epoch: try #require(JSONNumber(text)))?.microseconds == microseconds)
        #expect(Timestamp(text: text)?.microseconds == microseconds)
    }

    @Test(arguments: ["1e300", "-1e300", "99999999999999999999", "9223372036854775807", "-9223372036854775807"])
    func numbersThatNoInstantFits(_ text: String) throws {
        #expect(Timestamp(epoch: try #require(JSONNumber(text))) == nil)
    }

    @Test func extremesDoNotTrap() {
        for microseconds in [Int64.min, .max, .min + 1, .max - 1] {
            let instant = Timestamp(microseconds: microseconds)
            #expect(instant.description.utf8.count >= 27)
            #expect(instant.advanced(byMicroseconds: .max) >= instant)
            #expect(instant.advanced(bySeconds: .min) <= instant)
            _ = instant.microseconds(since: Timestamp(microseconds: .min))
            _ = ObservationTime(claimed: instant, receivedAt: Timestamp(microseconds: .max))
        }
        #expect(Timestamp(seconds: .max).microseconds == .max)
        #expect(Timestamp(seconds: .min).microseconds == .min)
    }

    @Test func whoSaysWhen() throws {
        let receipt = try #require(Timestamp(iso8601: "2026-11-21T10:00:00Z"))
        func source(_ text: String?) -> TimeSource {
            ObservationTime(claimed: text.flatMap(Timestamp.init(iso8601:)), receivedAt: receipt).source
        }
        #expect(source(nil) == .receipt)
        #expect(source("2026-11-22T10:00:00Z") == .device)
        #expect(source("2026-11-22T10:00:00.000001Z") == .receipt)
        #expect(source("2001-01-01T00:00:00Z") == .device)
        #expect(source("2000-12-31T23:59:59.999999Z") == .receipt)
        #expect(ObservationTime(claimed: nil, receivedAt: receipt).instant == receipt)
    }
}
