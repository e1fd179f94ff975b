import DeviceLogic
import Testing

@Suite("DeviceLogic: leases of a schedule")
struct LeaseTests {
    @Test("A lease says what a list of bookings says, within its time", arguments: 0..<40)
    func model(seed: UInt64) {
        var chance = Chance(seed: seed)
        let until = Int64.random(in: 50...150, using: &chance)
        var lease = ScheduleLease(from: 20, until: until)
        var bookings: [ScheduleLease.Interval] = []
        var end = until
        for _ in 0..<Int.random(in: 0...24, using: &chance) {
            let start = Int64.random(in: 0...160, using: &chance)
            let booking = ScheduleLease.Interval(start: start, end: start + Int64.random(in: -2...20, using: &chance))
            lease.add(booking)
            guard booking.start < booking.end, booking.end > 20, booking.start < end else { continue }
            if bookings.count < ScheduleLease.capacity {
                bookings.append(booking)
            } else {
                end = max(20, booking.start)
            }
        }
        #expect(lease.count == bookings.count && lease.until == end)
        var last: Bool?
        for second in Int64(0)..<200 {
            let isBooked = bookings.contains { $0.start <= second && second < $0.end }
            let expected = second >= 20 && second < end ? isBooked : nil
            #expect(lease.isBooked(at: second) == expected)
            #expect(lease.lastEnd(at: second) == bookings.map(\.end).filter { $0 <= second }.max())
            if second > 0, expected != last { #expect(lease.nextChange(after: second - 1) == second) }
            last = expected
        }
        #expect(lease.nextChange(after: 200) == nil)
    }

    @Test("The wall's clock goes on with the monotonic one, also before 1970")
    func wallClock() {
        for second in [-3, 0, 1_700_000_000] as [Int64] {
            for now in [-5_500, 0, 1, 999, 123_456_789] as [Int64] {
                let clock = WallClockOffset(second: second, at: now)
                #expect(clock.second(at: now) == second)
                #expect(clock.second(at: now + 999) == second)
                #expect(clock.second(at: now + 1_000) == second + 1)
                #expect(clock.second(at: now - 1) == second - 1)
                for other in [second - 1, second, second + 86_400] {
                    let instant = clock.instant(ofSecond: other)
                    #expect(clock.second(at: instant) == other && clock.second(at: instant - 1) == other - 1)
                }
            }
        }
        let extreme = WallClockOffset(second: .max, at: .min)
        #expect(extreme.second(at: 0) > 0)
        #expect(WallClockOffset(second: .min, at: .max).second(at: 0) < 0)
    }
}
