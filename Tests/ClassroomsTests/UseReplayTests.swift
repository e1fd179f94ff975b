import Classrooms
import DeviceLogic
import HubModel
import HubTesting
import Testing

/// The replay against rooms that were really lived in: somebody moves, a device reports, the hub decides.
@Suite struct UseReplayTests {
    /// A room as it was, second by second, and what of it was stored.
    struct Life {
        var reports: [RoomStory.Report] = []
        var power: [RoomStory.Power] = []
        let words: RoomWords
        /// Seconds in which the relay gave power, between the first and the last report.
        var lit = 0

        static let begin: Int64 = 1_796_043_600

        /// - Parameter saysIdle: whether reports say for how long nobody moved.
        init(_ seed: Int, _ policy: PowerPolicy, saysIdle: Bool) {
            var numbers = SeededNumbers(seed)
            let length = 20_000 + numbers.below(20_000)
            var bookings: [RoomWords.Booking] = []
            var at = Int64(numbers.below(9_000))
            while at < Int64(length), bookings.count < 4 {
                let end = at + Int64(300 + numbers.below(6_000))
                let time = Timestamp(seconds: Self.begin + at)..<Timestamp(seconds: Self.begin + end)
                bookings.append(
                    RoomWords.Booking(time, madeAt: time.lowerBound.advanced(bySeconds: -Int64(numbers.below(20_000)))))
                at = end + Int64(numbers.below(9_000))
            }
            var spoken: [RoomWords.Word] = []
            for _ in 0..<numbers.below(3) {
                let said = Timestamp(seconds: Self.begin + Int64(numbers.below(length)))
                let until = said.advanced(bySeconds: Int64(numbers.below(5_000)))
                let override = PowerOverride(isOn: numbers.below(2) == 0, until: until, by: nil, since: said)
                spoken.append(RoomWords.Word(at: said, numbers.below(4) == 0 ? nil : override))
            }
            words = RoomWords(bookings: bookings, words: spoken.sorted { $0.at < $1.at })
            // Movements come in visits, in which somebody also sits still for a while.
            var moves: Set<Int> = []
            var second = numbers.below(3_000)
            while second < length {
                for _ in 0..<(1 + numbers.below(60)) {
                    moves.insert(second)
                    second += 1 + numbers.below(numbers.below(5) == 0 ? 400 : 50)
                }
                second += numbers.below(8_000)
            }
            live(moves, length, policy, saysIdle: saysIdle)
        }

        private mutating func live(_ moves: Set<Int>, _ length: Int, _ policy: PowerPolicy, saysIdle: Bool) {
            var settings = RoomSettings()
            settings.idleReportedAfter = policy.reportAfter * 1_000
            settings.powerOffDelay = policy.offAfter * 1_000
            var control = RoomControl(settings: settings, isPowerOn: true, at: Self.begin * 1_000)
            var (occupancy, since) = (Occupancy.unknown, Timestamp(seconds: Self.begin))
            var running = 0
            for second in 0..<length {
                let now = (Self.begin + Int64(second)) * 1_000
                if moves.contains(second) { control.movement(at: now) }
                while let action = control.next(at: now) {
                    switch action {
                    case .switchPower(let isOn, _): power.append(RoomStory.Power(at: now, isOn: isOn))
                    case .report(let report):
                        lit = running
                        reports.append(
                            RoomStory.Report(
                                at: now, isOccupied: report.isOccupied, isPowerOn: report.isPowerOn,
                                idle: saysIdle ? report.idleMilliseconds : nil))
                        let seen: Occupancy = report.isOccupied ? .occupied : .idle
                        let instant = Timestamp(microseconds: now * 1_000)
                        if seen != occupancy { (occupancy, since) = (seen, instant) }
                        let decision = PowerDecision(
                            PowerFacts(
                                occupancy: occupancy, since: since, isPowerOn: report.isPowerOn,
                                override: words.words.last { $0.at <= instant }?.override,
                                bookings: words.bookings.filter { $0.madeAt <= instant }.map(\.time)), by: policy,
                            at: instant)
                        control.take(
                            RoomReply(
                                isBooked: decision.isBooked, isPowerWanted: decision.isPowerWanted,
                                isManual: decision.cause == .manual), at: now)
                    }
                }
                running += control.isPowerOn ? 1 : 0
            }
        }

        func story(_ policy: PowerPolicy, logged: Bool = true) -> RoomStory {
            RoomStory(reports, switches: logged ? power : [], reportAfter: policy.reportAfter)
        }
    }

    private func tally(_ life: Life, _ story: RoomStory, by policy: PowerPolicy) throws -> PowerTally {
        var budget = PowerReplay.Budget()
        let power = try story.sections.map { section throws(Refusal) in
            try PowerReplay.power(in: section, life.words, by: policy, &budget)
        }
        return PowerTally(story, power, life.words)
    }

    private func policy(_ numbers: inout SeededNumbers) -> PowerPolicy {
        var policy = PowerPolicy()
        policy.reportAfter = [60, 120, 120, 300][numbers.below(4)]
        policy.offAfter = [0, 60, 180, 600][numbers.below(4)]
        policy.holdAfter = [0, 0, 300, 900][numbers.below(4)]
        policy.prePower = [5, 15, 60][numbers.below(3)]
        return policy
    }

    @Test("replayed by the policy that was in force, a room's power is what it was, to the second", arguments: 0..<4)
    func same(part: Int) throws {
        for number in 0..<100 {
            let seed = part * 1_000 + number
            var numbers = SeededNumbers(seed + 77_777)
            let policy = self.policy(&numbers)
            let life = Life(seed, policy, saysIdle: number % 2 == 0)
            let story = life.story(policy)
            let happened = PowerTally(story, story.sections.map(\.power), life.words)
            let replayed = try tally(life, story, by: policy)
            #expect(story.sections.count == 1, "seed \(seed)")
            #expect(happened.lit == Int64(life.lit) * 1_000, "seed \(seed)")
            guard replayed == happened else {
                Issue.record("seed \(seed): \(replayed) is not \(happened)")
                return
            }
            #expect(happened.darkBookings == 0, "seed \(seed)")
        }
    }

    @Test("who waits longer before it goes dark never saves more", arguments: 0..<3)
    func longer(part: Int) throws {
        for number in 0..<60 {
            let seed = 5_000 + part * 1_000 + number
            var numbers = SeededNumbers(seed + 77_777)
            let policy = self.policy(&numbers)
            let life = Life(seed, policy, saysIdle: true)
            let story = life.story(policy)
            var last: Int64 = 0
            for delay in [Int64(0), 60, 180, 600, 3_600] {
                var other = policy
                other.offAfter = delay
                let lit = try tally(life, story, by: other).lit
                #expect(lit >= last, "seed \(seed), \(delay) s")
                last = lit
            }
        }
    }

    private func report(_ second: Int64, _ isOccupied: Bool, power: Bool = true, idle: Int64? = nil) -> RoomStory.Report
    {
        RoomStory.Report(at: second * 1_000, isOccupied: isOccupied, isPowerOn: power, idle: idle.map { $0 * 1_000 })
    }

    @Test("a silence, and what is lost, are in no sum; one report alone says nothing")
    func silence() {
        let reports = [report(0, true), report(120, true), report(420, true), report(540, true), report(2_000, false)]
        let story = RoomStory(reports, switches: [], reportAfter: 120)
        #expect(story.sections.map { $0.end - $0.begin } == [120_000, 120_000])
        let lost = RoomStory(reports, switches: [], gaps: [60_000..<70_000], reportAfter: 120)
        #expect(lost.sections.map(\.begin) == [420_000])
        #expect(RoomStory([], switches: [], reportAfter: 120).sections.isEmpty)
    }

    @Test("it goes dark while somebody sits still: that is counted, and a longer delay would have spared them")
    func still() throws {
        // Movement at 0, then none for eight minutes, then again.
        var reports = [report(0, true), report(120, false)]
        for second in stride(from: Int64(240), through: 480, by: 120) {
            reports.append(report(second, false, power: second < 300))
        }
        reports += [report(490, true, power: false), report(491, true), report(600, true), report(610, true)]
        let story = RoomStory(reports, switches: [.init(at: 300_000, isOn: false)], reportAfter: 120)
        let happened = PowerTally(story, story.sections.map(\.power), RoomWords())
        #expect(happened.offOnSomebody == 1 && happened.switches == 2 && happened.lit == (300 + 119) * 1_000)
        var budget = PowerReplay.Budget()
        var policy = PowerPolicy()
        let section = try #require(story.sections.first)
        var power = try PowerReplay.power(in: section, RoomWords(), by: policy, &budget)
        #expect(power.map(\.at) == [0, 300_000, 490_000] && PowerTally(story, [power], RoomWords()).offOnSomebody == 1)
        policy.offAfter = 400
        power = try PowerReplay.power(in: section, RoomWords(), by: policy, &budget)
        #expect(PowerTally(story, [power], RoomWords()) == PowerTally(story, [[.init(at: 0, isOn: true)]], RoomWords()))
        // A person's word is nobody's fault.
        let off = RoomWords(
            words: [
                .init(
                    at: Timestamp(seconds: 10),
                    PowerOverride(isOn: false, until: nil, by: nil, since: Timestamp(seconds: 10)))
            ])
        #expect(PowerTally(story, story.sections.map(\.power), off).offOnSomebody == 0)
    }

    @Test("a booking with a dark room is found, but not one that was made for now")
    func dark() {
        let reports = stride(from: Int64(0), through: 1_200, by: 120).map { report($0, false, power: false) }
        let story = RoomStory(reports, switches: [], reportAfter: 120)
        func tally(from: Int64, to: Int64, madeAt: Int64) -> Int64 {
            let booking = RoomWords.Booking(
                Timestamp(seconds: from)..<Timestamp(seconds: to), madeAt: Timestamp(seconds: madeAt))
            let words = RoomWords(bookings: [booking])
            return PowerTally(story, story.sections.map(\.power), words).darkBookings
        }
        #expect(tally(from: 600, to: 900, madeAt: 0) == 1)
        #expect(tally(from: 600, to: 900, madeAt: 600) == 0)
        #expect(tally(from: 600, to: 901, madeAt: 600) == 1)
        #expect(tally(from: 1_200, to: 1_800, madeAt: 0) == 0)
    }

    @Test("a replay ends when it has been too much work")
    func bounded() {
        let story = RoomStory([report(0, true), report(100_000, true)], switches: [], reportAfter: 120)
        #expect(story.sections.isEmpty)
        let long = RoomStory(
            stride(from: Int64(0), through: 100_000, by: 120).map { report($0, true) }, switches: [], reportAfter: 120)
        var budget = PowerReplay.Budget(100)
        #expect(throws: Refusal.self) {
            try PowerReplay.power(in: long.sections[0], RoomWords(), by: PowerPolicy(), &budget)
        }
    }
}
