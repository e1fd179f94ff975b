import HubModel
import HubTesting
import SolutionKit
import Testing

@Suite struct SchedulePlanTests {
    private static let start = SolutionHouse.start
    private static let day: Int64 = 86_400

    /// Both clocks of a hub, and a plan that is asked by them.
    private final class Hub {
        var now = SchedulePlanTests.start
        var uptime = Duration.zero
        var plan: SchedulePlan

        init(_ when: Recurrence, _ start: Schedule.Start = .whenDue, last: Timestamp? = nil) {
            plan = SchedulePlan(when, start: start, last: last, now: now, uptime: uptime)
        }

        /// Time passes; then the plan is asked.
        func pass(_ seconds: Int64) -> Bool {
            now = now.advanced(bySeconds: seconds)
            uptime += .seconds(seconds)
            return plan.take(now: now, uptime: uptime)
        }

        /// Somebody sets the clock; then the plan is asked.
        func set(_ seconds: Int64) -> Bool {
            now = now.advanced(bySeconds: seconds)
            return plan.take(now: now, uptime: uptime)
        }

        var next: Timestamp? { plan.next(now: now, uptime: uptime) }
    }

    /// 10:00 UTC is where the clock begins.
    private static let atNoon = Recurrence.daily(hour: 12, minute: 0, in: .utc)

    @Test("An interval is counted from run to run, and one that was slept through has one run")
    func interval() {
        let hub = Hub(.every(.seconds(60)))
        #expect(hub.next == SchedulePlanTests.start.advanced(bySeconds: 60))
        #expect(!hub.pass(59))
        #expect(hub.pass(1))
        #expect(!hub.pass(59))
        #expect(hub.pass(600))
        #expect(!hub.pass(59))
        #expect(hub.pass(1))
    }

    @Test("Somebody who sets the clock makes no interval longer or shorter")
    func intervalAndSetClock() {
        let hub = Hub(.every(.seconds(60)))
        #expect(!hub.set(86_400))
        #expect(!hub.set(-10 * 86_400))
        #expect(!hub.pass(59))
        #expect(hub.pass(1))
    }

    @Test("A run at each start comes at once, and then when it is due")
    func always() {
        let hub = Hub(.every(.seconds(60)), .always)
        #expect(hub.next == hub.now)
        #expect(hub.pass(0))
        #expect(!hub.pass(59))
        #expect(hub.pass(1))
        let noon = Hub(SchedulePlanTests.atNoon, .always)
        #expect(noon.pass(0))
        #expect(!noon.pass(7_199))
        #expect(noon.pass(1))
    }

    @Test("An interval that ended while the hub was down is caught up once; one that goes on is waited for")
    func intervalCaughtUp() {
        let long = Hub(.every(.seconds(60)), .catchesUp, last: SchedulePlanTests.start.advanced(bySeconds: -1_000))
        #expect(long.pass(0))
        #expect(!long.pass(59))
        let short = Hub(.every(.seconds(60)), .catchesUp, last: SchedulePlanTests.start.advanced(bySeconds: -20))
        #expect(!short.pass(39))
        #expect(short.pass(1))
        let ahead = Hub(.every(.seconds(60)), .catchesUp, last: SchedulePlanTests.start.advanced(bySeconds: 3_000))
        #expect(!ahead.pass(59))
        #expect(ahead.pass(1))
    }

    @Test(
        "A run of the calendar that was missed is caught up once, if that is asked for",
        arguments: [
            // Yesterday's noon was done; today's is still to come.
            (Schedule.Start.catchesUp, -22 * 3_600 + 1, false), (.catchesUp, -22 * 3_600 - 1, true),
            (.catchesUp, -10 * 86_400, true), (.whenDue, -10 * 86_400, false),
        ] as [(Schedule.Start, Int64, Bool)])
    func calendarCaughtUp(_ start: Schedule.Start, _ last: Int64, _ isOwed: Bool) {
        let hub = Hub(SchedulePlanTests.atNoon, start, last: SchedulePlanTests.start.advanced(bySeconds: last))
        #expect(hub.pass(1) == isOwed)
        #expect(!hub.pass(7_198))
        #expect(hub.pass(1))
        #expect(!hub.pass(SchedulePlanTests.day - 1))
        #expect(hub.pass(1))
    }

    @Test("A schedule that the hub sees for the first time has missed nothing")
    func first() {
        let hub = Hub(SchedulePlanTests.atNoon, .catchesUp)
        #expect(!hub.pass(1))
    }

    @Test("Days that are slept through have one run")
    func leap() {
        let hub = Hub(SchedulePlanTests.atNoon)
        #expect(hub.pass(5 * SchedulePlanTests.day))
        #expect(!hub.pass(1))
        #expect(hub.pass(7_199))
    }

    @Test("A clock that is set back a little makes no run come twice")
    func setBackALittle() {
        let hub = Hub(SchedulePlanTests.atNoon)
        #expect(hub.pass(7_200))
        #expect(!hub.set(-600))
        #expect(!hub.pass(601))
        #expect(hub.next == SchedulePlanTests.start.advanced(bySeconds: 7_200 + SchedulePlanTests.day))
    }

    @Test("A clock that was years ahead silences no schedule")
    func setBackAlot() {
        let hub = Hub(SchedulePlanTests.atNoon)
        #expect(hub.set(3_000 * SchedulePlanTests.day))
        #expect(!hub.set(-3_000 * SchedulePlanTests.day))
        #expect(hub.pass(7_200))
        // Nor does a last run of such a time.
        let restarted = Hub(
            SchedulePlanTests.atNoon, .catchesUp,
            last: SchedulePlanTests.start.advanced(bySeconds: 3_000 * SchedulePlanTests.day))
        #expect(!restarted.pass(1))
        #expect(restarted.pass(7_199))
    }

    @Test("However the clock is asked, each noon has its run, and none has two")
    func steps() {
        var random = SeededRandom(12)
        for _ in 0..<50 {
            let hub = Hub(SchedulePlanTests.atNoon)
            var runs = 0
            while hub.now < SchedulePlanTests.start.advanced(bySeconds: 20 * SchedulePlanTests.day) {
                if hub.pass(Int64.random(in: 1..<80_000, using: &random)) { runs += 1 }
            }
            let noons =
                (hub.now.wholeSeconds + 43_200) / 86_400 - (SchedulePlanTests.start.wholeSeconds + 43_200) / 86_400
            #expect(Int64(runs) == noons)
        }
    }
}
