import Foundation
import HubModel
import HubTesting
import Parking
import SolutionKit
import Testing

/// What a tariff means, said as plainly as possible: by going through a stay step by step with the calendar of the system.
private struct PriceModel {
    let tariff: Tariff
    let zone: TimeZone
    private let calendar: Calendar

    init(_ tariff: Tariff, _ zone: TimeZone) {
        self.tariff = tariff
        self.zone = zone
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
    }

    private struct Moment {
        var day: Int64
        var minute: Int
    }

    private func moment(_ seconds: Int64) -> Moment {
        let date = Date(timeIntervalSince1970: Double(seconds))
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        let civil = CivilDate(year: parts.year ?? 0, month: parts.month ?? 1, day: parts.day ?? 1)
        return Moment(
            day: Int64(civil?.daysSince1970 ?? 0), minute: (parts.hour ?? 0) * 60 + (parts.minute ?? 0))
    }

    /// The day on which the window of a rule that a moment lies in begins; nil where it does not fit.
    private func window(_ rule: TariffRule, _ moment: Moment, _ kind: SpotKind) -> Int64? {
        guard rule.kinds.isEmpty || rule.kinds.contains(kind) else { return nil }
        var day = moment.day
        if rule.fromMinute < rule.toMinute {
            guard moment.minute >= rule.fromMinute, moment.minute < rule.toMinute else { return nil }
        } else if moment.minute < rule.fromMinute {
            guard moment.minute < rule.toMinute else { return nil }
            day -= 1
        }
        // 1970-01-05 was a Monday.
        let weekday = Int(((day - 4) % 7 + 7) % 7)
        return rule.weekdays.isEmpty || rule.weekdays.contains(weekday) ? day : nil
    }

    func total(from begin: Int64, to end: Int64, kind: SpotKind, step: Int64) -> Int64 {
        var instant = begin
        let free = tariff.freeMinutes * 60
        if tariff.freeCountsAlways || end - begin <= free { instant += free }
        var days: [Int64: Int64] = [:]
        var paid: Set<[Int64]> = []
        while instant < end {
            let now = moment(instant)
            let fitting = tariff.rules.enumerated().lazy.compactMap { index, rule in
                window(rule, now, kind).map { (index: index, rule: rule, day: $0) }
            }.first
            guard let fitting else {
                instant += step
                continue
            }
            switch fitting.rule.price {
            case .free: instant += step
            case .perStarted(let minutes, let minor):
                days[now.day, default: 0] += minor
                instant += minutes * 60
            case .flat(let minor):
                if paid.insert([Int64(fitting.index), fitting.day]).inserted { days[now.day, default: 0] += minor }
                var next: Moment
                repeat {
                    instant += step
                    next = moment(instant)
                    // What has begun goes on, also where the clock is set back to before its beginning.
                } while window(fitting.rule, next, kind) == fitting.day
                    || next.day == fitting.day && next.minute < fitting.rule.fromMinute
            }
        }
        return days.values.reduce(0) { $0 + min($1, tariff.dailyCapMinor ?? .max) }
    }
}

@Suite struct PriceModelTests {
    /// Zones with instants at which their clocks are changed, and with plain ones.
    private static let places = [
        ("Europe/Berlin", "2026-03-29T01:00:00Z"), ("Europe/Berlin", "2026-10-25T01:00:00Z"),
        ("America/New_York", "2026-03-08T07:00:00Z"), ("America/New_York", "2026-11-01T06:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"), ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
        ("Africa/Casablanca", "2026-02-15T02:00:00Z"), ("Asia/Kathmandu", "2026-06-17T18:15:00Z"),
    ]

    private func tariff(_ random: inout SeededRandom) -> Tariff {
        // Edges in and around the hours that clocks leave out or show twice.
        let minutes = [0, 60, 90, 105, 120, 135, 150, 180, 360, 480, 1_200, 1_320, 1_380, 1_425]
        let rules = (0..<Int.random(in: 0...4, using: &random)).map { index in
            var rule = TariffRule(name: "r\(index)", price: .free)
            rule.fromMinute = minutes.randomElement(using: &random) ?? 0
            rule.toMinute = (minutes.dropFirst() + [1_440]).randomElement(using: &random) ?? 1_440
            if Bool.random(using: &random) {
                rule.weekdays = Set((0..<7).filter { _ in Bool.random(using: &random) })
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                rule.kinds = Set(SpotKind.allCases.filter { _ in Bool.random(using: &random) })
            }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: rule.price = .flat(minor: Int64.random(in: 0...900, using: &random))
            case 1: break
            default:
                rule.price = .perStarted(
                    minutes: [1, 7, 15, 30, 60, 90, 240].randomElement(using: &random) ?? 60,
                    minor: Int64.random(in: 0...300, using: &random))
            }
            return rule
        }
        return Tariff(
            currency: "EUR", freeMinutes: [0, 0, 10, 90].randomElement(using: &random) ?? 0,
            freeCountsAlways: Bool.random(using: &random),
            dailyCapMinor: Bool.random(using: &random) ? Int64.random(in: 0...2_000, using: &random) : nil, rules: rules
        )
    }

    private func compare(_ random: inout SeededRandom, longest: Int64, step: Int64) throws {
        let (name, change) = Self.places.randomElement(using: &random) ?? ("Etc/UTC", "2026-01-01")
        let zone = try #require(TimeZone(identifier: name))
        var clock = try #require(LocalClock(name))
        let middle = try #require(Timestamp(iso8601: change)).microseconds / 1_000_000
        let begin = (middle - Int64.random(in: 0...longest, using: &random)) / step * step
        let end = begin + Int64.random(in: 0...longest, using: &random) / step * step
        let kind = SpotKind.allCases.randomElement(using: &random) ?? .standard
        let tariff = tariff(&random)
        let price = tariff.price(
            from: Timestamp(seconds: begin), to: Timestamp(seconds: end), kind: kind, clock: &clock)
        let expected = PriceModel(tariff, zone).total(from: begin, to: end, kind: kind, step: step)
        #expect(
            price.totalMinor == expected,
            "\(name) \(Timestamp(seconds: begin)) to \(Timestamp(seconds: end)) \(kind) \(String(decoding: tariff.json, as: UTF8.self))"
        )
        #expect(price.lines.reduce(0) { $0 + $1.minor } == price.totalMinor)
    }

    @Test(arguments: 0..<500) func staysOfDaysByTheMinute(_ seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        try compare(&random, longest: 4 * 86_400, step: 60)
    }

    @Test(arguments: 0..<500) func staysOfHoursByTheSecond(_ seed: Int) throws {
        var random = SeededRandom(UInt64(1_000 + seed))
        try compare(&random, longest: 9_000, step: 1)
    }
}
