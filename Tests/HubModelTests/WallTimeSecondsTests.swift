import HubModel
import Testing

@Suite struct WallTimeSecondsTests {
    @Test func secondsThereAndBack() {
        for seconds in [-62_167_219_200, -86_401, -1, 0, 1, 951_782_400, 253_402_300_799] as [Int64] {
            #expect(WallTime(nearest: seconds).secondsSince1970 == seconds)
        }
        #expect(WallTime(nearest: -1).description == "1969-12-31T23:59:59")
    }

    @Test func beyondTheYearsThereIsTheFirstOrLastSecond() {
        #expect(WallTime.earliest.description == "0000-01-01T00:00:00")
        #expect(WallTime.latest.description == "9999-12-31T23:59:59")
        #expect(WallTime(nearest: -62_167_219_201) == .earliest)
        #expect(WallTime(nearest: 253_402_300_800) == .latest)
    }

    @Test func moved() {
        #expect(WallTime(nearest: 0).advanced(bySeconds: -90_000)?.description == "1969-12-30T23:00:00")
        #expect(WallTime.latest.advanced(bySeconds: 1) == nil)
        #expect(WallTime.earliest.advanced(bySeconds: -1) == nil)
        #expect(WallTime.latest.advanced(bySeconds: .max) == nil)
        #expect(WallTime.latest.advanced(bySeconds: 0) == .latest)
    }

    @Test func theClockOfUTC() {
        var clock = UTCClock()
        let instant = Timestamp(microseconds: 1_500_000)
        #expect(clock.wallTime(at: instant) == WallTime(nearest: 1))
        #expect(clock.instant(of: WallTime(nearest: 1)) == Timestamp(seconds: 1))
        #expect(clock.secondsFromUTC(at: instant) == 0)
        #expect(clock.nextChange(after: instant) > instant)
    }
}
