internal import DeviceLogic
package import HubModel

/// What people decided of a room while its reports came, for a replay.
package struct RoomWords: Hashable, Sendable {
    /// A time for which it was booked, and since when somebody had it.
    package struct Booking: Hashable, Sendable {
        package let time: Range<Timestamp>
        package let madeAt: Timestamp

        package init(_ time: Range<Timestamp>, madeAt: Timestamp) {
            self.time = time
            self.madeAt = madeAt
        }
    }

    /// What somebody said of the power; nil: as the policy says.
    package struct Word: Hashable, Sendable {
        package let at: Timestamp
        package let override: PowerOverride?

        package init(at: Timestamp, _ override: PowerOverride?) {
            self.at = at
            self.override = override
        }
    }

    /// In order of their beginnings; none overlaps another.
    package let bookings: [Booking]
    /// In order of time.
    package let words: [Word]

    /// Bookings and words.
    package init(bookings: [Booking] = [], words: [Word] = []) {
        self.bookings = bookings
        self.words = words
    }

    /// Whether somebody said that the power shall be off.
    package func isSwitchedOff(at now: Timestamp) -> Bool {
        guard let override = words.last(where: { $0.at <= now })?.override else { return false }
        return override.counts(at: now) && !override.isOn
    }
}

/// Plays what a room saw through the hub's own decision and a device's own logic: `PowerDecision` and `RoomControl`, as they run every day. Only
/// the policy may be another.
package struct PowerReplay: Sendable {
    /// How much work a replay may still do.
    package struct Budget: Sendable {
        /// The most instants of one answer.
        package static let most = 20_000_000

        package private(set) var left: Int

        package init(_ instants: Int = Budget.most) {
            left = instants
        }

        fileprivate mutating func spend() throws(Refusal) {
            guard left > 0 else {
                throw Refusal(
                    .tooManySteps, "That is too much to replay at once: choose fewer rooms, or a shorter time.")
            }
            left -= 1
        }
    }

    private let policy: PowerPolicy
    private let words: RoomWords
    private var control: RoomControl
    private var occupancy: Occupancy
    private var since: Timestamp
    private var booking = 0
    private var word = 0

    /// What the relay would have done in a section, in order; the first is of the beginning.
    /// - Throws: `too_many_steps`.
    package static func power(
        in section: RoomStory.Section, _ words: RoomWords, by policy: PowerPolicy, _ budget: inout Budget
    ) throws(Refusal) -> [RoomStory.Power] {
        var replay = PowerReplay(section, words, policy)
        return try replay.run(section, &budget)
    }

    private init(_ section: RoomStory.Section, _ words: RoomWords, _ policy: PowerPolicy) {
        self.policy = policy
        self.words = words
        var settings = RoomSettings()
        settings.idleAfter = policy.idleAfter * 1_000
        settings.idleReportedAfter = policy.reportAfter * 1_000
        settings.powerOffDelay = policy.offAfter * 1_000
        control = RoomControl(settings: settings, isPowerOn: section.power.first?.isOn ?? true, at: section.begin)
        if !section.isOccupied { control.movement(at: section.begin - section.idle) }
        occupancy = section.isOccupied ? .occupied : .idle
        since = Timestamp(milliseconds: section.begin)
    }

    private mutating func run(
        _ section: RoomStory.Section, _ budget: inout Budget
    ) throws(Refusal) -> [RoomStory.Power] {
        var power = [RoomStory.Power(at: section.begin, isOn: control.isPowerOn)]
        var now = section.begin
        var movement = 0
        while true {
            try budget.spend()
            while movement < section.movements.count, section.movements[movement].upperBound < now { movement += 1 }
            let moving = movement < section.movements.count ? section.movements[movement] : nil
            if let moving, moving.contains(now) { control.movement(at: now) }
            while let action = control.next(at: now) {
                switch action {
                case .switchPower(let isOn, _): power.append(RoomStory.Power(at: now, isOn: isOn))
                case .report(let report): control.take(reply(to: report, at: now), at: now)
                }
            }
            var next = control.deadline(after: now)
            if let moving {
                // Somebody goes on moving: their last movement is the next instant that counts beside those of the device.
                if moving.lowerBound > now { next = min(next, moving.lowerBound) }
                if moving.upperBound > now { next = min(next, moving.upperBound) }
                let later = movement + 1 < section.movements.count ? section.movements[movement + 1].lowerBound : next
                if later > now { next = min(next, later) }
            }
            guard next > now, next < section.end else { break }
            now = next
        }
        return power
    }

    /// What the hub says to a report.
    private mutating func reply(to report: RoomReport, at milliseconds: Int64) -> RoomReply {
        let now = Timestamp(milliseconds: milliseconds)
        let seen: Occupancy = report.isOccupied ? .occupied : .idle
        if seen != occupancy { (occupancy, since) = (seen, now) }
        while booking < words.bookings.count, words.bookings[booking].time.upperBound <= now { booking += 1 }
        let horizon = now.advanced(bySeconds: policy.prePower * 60)
        let near = words.bookings[booking...].prefix { $0.time.lowerBound <= horizon }.filter { $0.madeAt <= now }
        while word < words.words.count, words.words[word].at <= now { word += 1 }
        let facts = PowerFacts(
            occupancy: occupancy, since: since, isPowerOn: report.isPowerOn,
            override: word > 0 ? words.words[word - 1].override : nil, bookings: near.map(\.time))
        let decision = PowerDecision(facts, by: policy, at: now)
        return RoomReply(
            isBooked: decision.isBooked, isPowerWanted: decision.isPowerWanted, isManual: decision.cause == .manual)
    }
}

extension Timestamp {
    init(milliseconds: Int64) { self.init(microseconds: milliseconds * 1_000) }
}
