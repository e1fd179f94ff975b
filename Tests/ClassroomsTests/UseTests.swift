import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// Sums of use against a model that looks at every single minute.
@Suite struct UseTests {
    /// A random room over some days of Berlin's clock, to the minute.
    struct Story {
        var past = RoomPast()
        let time: Range<Timestamp>
        let clock: LocalClock
        let hours: OpeningHours

        init(_ seed: Int) throws {
            var numbers = SeededNumbers(seed)
            let zones = ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "UTC"]
            clock = try #require(LocalClock(zones[numbers.below(zones.count)]))
            // About both changes of the clock of 2026, north and south of the equator.
            let days: [Int64] = [20_540, 20_547, 20_748, 20_752, 20_600]
            let first = days[numbers.below(days.count)] - Int64(numbers.below(3))
            var own = clock
            let begin = own.midnight(ofDay: first).microseconds
            let end = own.midnight(ofDay: first + 1 + Int64(numbers.below(4))).microseconds
            time =
                Timestamp(microseconds: begin)..<Timestamp(microseconds: end - Int64(numbers.below(600)) * Self.minute)
            let minutes = Int((time.upperBound.microseconds - begin) / Self.minute)
            func instants(_ most: Int) -> [Int64] {
                (0..<numbers.below(most)).map { _ in begin + Int64(numbers.below(minutes)) * Self.minute }.sorted()
            }
            if numbers.below(4) == 0 { past.begin = begin + Int64(numbers.below(minutes)) * Self.minute }
            past.occupancy = Occupancy.allCases[numbers.below(3)]
            past.isPowerOn = [true, false, nil][numbers.below(3)]
            past.changes = instants(60).map { .init(at: $0, Occupancy.allCases[numbers.below(3)]) }
            past.switches = instants(40).map { .init(at: $0, isOn: numbers.below(2) == 0) }
            let edges = instants(16)
            for index in stride(from: 0, to: edges.count - 1, by: 2) where edges[index] < edges[index + 1] {
                past.bookings.append(edges[index]..<edges[index + 1])
            }
            switch numbers.below(3) {
            case 0: hours = .always
            case 1:
                let closing = 60 * (1 + numbers.below(23)) + numbers.below(60)
                hours = try #require(
                    OpeningHours(Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [30..<closing]) })))
            default: hours = try #require(OpeningHours([.monday: [480..<720, 780..<1_080], .sunday: [60..<150]]))
            }
        }

        static let minute: Int64 = 60_000_000
    }

    /// What a minute-by-minute look says.
    struct Model {
        var time = UseTime()
        var power = PowerUse()
        var byHour = [UseTime](repeating: UseTime(), count: 168)

        init(_ story: Story, isAutomatic: Bool) {
            var clock = story.clock
            var (day, usedOn, closing): (Int64?, Bool, Int) = (nil, false, 1_440)
            for now in stride(
                from: story.time.lowerBound.microseconds, to: story.time.upperBound.microseconds, by: Int(Story.minute))
            where now >= story.past.begin {
                let occupancy = story.past.changes.last { $0.at <= now }?.occupancy ?? story.past.occupancy
                let isBooked = story.past.bookings.contains { $0.contains(now) }
                let silence = story.past.changes.last { $0.at <= now && $0.occupancy == .unknown }?.at
                let relay = story.past.switches.last { $0.at <= now }
                var isOn = relay?.isOn ?? story.past.isPowerOn
                if let silence, silence > relay?.at ?? .min { isOn = nil }
                let shown = clock.reading(at: Timestamp(microseconds: now))
                if shown.day != day { (day, usedOn) = (shown.day, false) }
                if occupancy == .occupied, !usedOn {
                    usedOn = true
                    let end = Weekday(rawValue: shown.weekday).flatMap { story.hours.days?[$0]?.last?.upperBound }
                    closing = end.map { shown.minute >= $0 ? 1_440 : $0 } ?? 1_440
                }
                time.add(occupancy, isBooked: isBooked, Story.minute)
                byHour[shown.weekday * 24 + shown.minute / 60].add(occupancy, isBooked: isBooked, Story.minute)
                let wouldBeLit = occupancy == .occupied || usedOn && shown.minute < closing
                switch isOn {
                case true?:
                    power.lit += Story.minute
                    if isAutomatic, !wouldBeLit { power.extra += Story.minute }
                case false?:
                    power.dark += Story.minute
                    if isAutomatic, wouldBeLit { power.spared += Story.minute }
                case nil:
                    power.unknown += Story.minute
                    if isAutomatic, wouldBeLit { power.unknownSpared += Story.minute }
                }
            }
        }
    }

    @Test(
        "hundreds of random histories, also over both changes of the clock, sum up as if each minute were looked at",
        arguments: 0..<8)
    func model(part: Int) throws {
        for number in 0..<100 {
            let seed = part * 1_000 + number
            let story = try Story(seed)
            let isAutomatic = number % 5 > 0
            var byHour = [UseTime](repeating: UseTime(), count: WeekHours.count)
            let use = RoomUse(
                story.past, over: WeekHours(story.time, by: story.clock), hours: story.hours, isAutomatic: isAutomatic,
                byHour: &byHour)
            let model = Model(story, isAutomatic: isAutomatic)
            guard use.time == model.time, use.power == model.power, byHour == model.byHour else {
                Issue.record("seed \(seed): \(use) is not \(model.time) \(model.power)")
                return
            }
        }
    }

    @Test("of the night in which the clock is set forward an hour is missing, of the other one is twice there")
    func clocks() throws {
        var clock = try #require(LocalClock("Europe/Berlin"))
        func hours(_ day: CivilDate) -> [Int: Int64] {
            let cells = WeekHours(clock.day(day), by: clock)
            var byHour = [UseTime](repeating: UseTime(), count: WeekHours.count)
            _ = RoomUse(RoomPast(), over: cells, hours: .always, isAutomatic: true, byHour: &byHour)
            return Dictionary(
                uniqueKeysWithValues: byHour.enumerated().filter { $0.element.whole > 0 }.map {
                    ($0.offset, $0.element.unknown / 3_600_000_000)
                })
        }
        let spring = hours(try #require(CivilDate(iso8601: "2026-03-29")))
        #expect(spring.count == 23 && spring[146] == nil && spring[145] == 1 && spring[147] == 1)
        let autumn = hours(try #require(CivilDate(iso8601: "2026-10-25")))
        #expect(autumn.count == 24 && autumn[146] == 2 && autumn.values.reduce(0, +) == 25)
    }

    @Test("a room of which nothing is known is unknown, and nothing is judged")
    func nothing() {
        var byHour = [UseTime](repeating: UseTime(), count: WeekHours.count)
        let time = Timestamp(seconds: 0)..<Timestamp(seconds: 86_400)
        let use = RoomUse(
            RoomPast(), over: WeekHours(time, by: .utc), hours: .always, isAutomatic: true, byHour: &byHour)
        #expect(use.time.unknown == 86_400_000_000 && use.time.useRate == nil && use.time.bookedUseRate == nil)
        #expect(use.power.unknown == 86_400_000_000 && use.power.spared == 0)
        #expect(BookingOutcomes().noShowRate == nil)
        let sums = UseSums(use, BookingOutcomes(), watts: 0)
        #expect(sums.sparedKilowattHours == nil && sums.roomsWithoutWatts == 1)
        #expect(WeekHours(Timestamp(seconds: 5)..<Timestamp(seconds: 5), by: .utc).cells.isEmpty)
    }

    @Test("who never came is a no-show if a sensor could tell, and what nobody could judge is not counted")
    func outcomes() {
        var outcomes = BookingOutcomes()
        for presence in [PresenceState.confirmed, .confirmed, .released, .unused, .unverified, .awaited, .warned] {
            outcomes.add(presence, length: (3_600, 900), isOver: presence == .awaited)
        }
        #expect(outcomes.count == 7 && outcomes.judged == 4 && outcomes.noShowRate == 0.5)
        #expect(outcomes.unverified == 2 && outcomes.pending == 1 && outcomes.releasedTime == 2_700)
    }
}
