import HubModel
import Parking
import SolutionKit
import Testing

@Suite struct PriceTests {
    @Test func thereAreEnoughCases() {
        #expect(TariffCase.all.count >= 69)
        #expect(TariffCase.all.filter { $0.lines != nil }.count >= 20)
    }

    @Test(arguments: TariffCase.all) func golden(_ example: TariffCase) throws {
        var clock = try #require(LocalClock(example.zone))
        let price = example.tariff?.price(
            from: example.arrival, to: example.departure, kind: example.kind, clock: &clock)
        let bill = price ?? Price()
        #expect(bill.totalMinor == example.total, "\(example.about)")
        #expect(bill.lines.reduce(0) { $0 + $1.minor } == bill.totalMinor)
        if let lines = example.lines {
            #expect(bill.lines.map { TariffCase.Line(name: $0.name, minor: $0.minor) } == lines)
        }
        // What is on the bill follows each other from the arrival to the departure.
        let parts = bill.lines.filter { $0.name != "Daily maximum" }
        for (one, next) in zip(parts, parts.dropFirst()) { #expect(one.to == next.from) }
        if let first = parts.first, let last = parts.last {
            #expect(example.arrival.microseconds(since: first.from) < 1_000_000)
            #expect(last.to <= example.departure)
        }
    }

    @Test func whatASignSays() throws {
        let tariff = try Tariff(
            #"""
            {"currency":"EUR","free_minutes":30,"daily_cap_minor":100,"rules":[
                {"name":"Night","from":"20:00","to":"08:00","price":"flat","minor":400},
                {"name":"Day","price":"per_started","minutes":20,"minor":90}]}
            """#)
        var clock = try #require(LocalClock("Europe/Berlin"))
        let noon = try #require(Timestamp(iso8601: "2026-11-18T12:00:00+01:00"))
        #expect(tariff.hourMinor(from: noon, clock: &clock) == 270)
        #expect(tariff.hourMinor(from: noon.advanced(bySeconds: 36_000), clock: &clock) == 400)
        #expect(Tariff(currency: "EUR", rules: []).hourMinor(from: noon, clock: &clock) == 0)
    }

    /// A stay of a year, minute by minute, must not hold up the line.
    @Test func aYearByTheMinuteIsFewSteps() throws {
        let tariff = try Tariff(
            #"{"currency":"EUR","rules":[{"name":"Minute","price":"per_started","minutes":1,"minor":1}]}"#)
        var clock = try #require(LocalClock("Europe/Berlin"))
        let start = Timestamp(seconds: 1_700_000_000)
        var (steps, total) = (0, Int64(0))
        tariff.walk(
            from: start, to: start.advanced(bySeconds: 4 * Tariff.longestStaySeconds), kind: .standard, clock: &clock
        ) { part in
            steps += 1
            total += part.minor
        }
        #expect(total == 366 * 1_440)
        // Minute by minute it would be half a million steps; by edges it is one a day, and one for each change of the clock.
        #expect(steps < 400)
    }
}
