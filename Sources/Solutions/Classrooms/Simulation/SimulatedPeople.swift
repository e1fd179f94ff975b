package import HubModel
package import SolutionKit

/// When lessons are held in simulated rooms.
package enum SimulatedTimetable: String, CaseIterable, Sendable {
    /// On weekdays from eight to half past four, as a school has it.
    case school
    /// Every hour of every day: whoever looks, whenever, sees something happen.
    case always

    /// When lessons begin, in minutes of the day.
    fileprivate func lessons(onWeekday weekday: Int) -> [Int] {
        switch self {
        case .school: weekday < 5 ? [480, 530, 600, 650, 715, 810, 860, 915, 960] : []
        case .always: Array(stride(from: 0, to: 1_440, by: 60))
        }
    }

    /// Where people may look in beside lessons, in minutes of the day.
    fileprivate var open: Range<Int> {
        switch self {
        case .school: 420..<1_200
        case .always: 0..<1_440
        }
    }
}

/// Who is in a room, and when its sensor sees them move, by the simulation's clock. A stream: lessons that are held or not, breaks in which
/// somebody stays, tests in which hardly anybody moves, people who come back for what they forgot, and the cleaners. Nobody ever switches the
/// light off when they leave.
package struct SimulatedPeople: Sendable {
    /// Somebody is there.
    package struct Stay: Hashable, Sendable {
        /// From when to when.
        package var time: Range<Timestamp>
        /// Between two movements, on average, in seconds.
        package var gap: Double

        /// A stay.
        package init(time: Range<Timestamp>, gap: Double) {
            self.time = time
            self.gap = gap
        }
    }

    /// When somebody moves next.
    package private(set) var nextMovement: Timestamp
    /// Those who move then.
    package private(set) var stay: Stay

    private let timetable: SimulatedTimetable
    private var clock: LocalClock
    private var chance: SimulatedChance
    /// The later stays of the day, the last first.
    private var later: [Stay] = []
    /// Until which day all stays are known, by the room's clock.
    private var plannedDay: Int64
    /// What part of the lessons are held in this room.
    private let popularity: Double

    private static let lesson = 45.0

    /// People of a room from an instant on.
    package init(_ timetable: SimulatedTimetable, _ chance: SimulatedChance, clock: LocalClock, from start: Timestamp) {
        self.timetable = timetable
        self.clock = clock
        self.chance = chance
        popularity = 0.5 + 0.4 * self.chance.fraction()
        // The day before as well: what began before midnight may last.
        plannedDay = self.clock.reading(at: start).day - 1
        nextMovement = start
        stay = Stay(time: start..<start, gap: 60)
        repeat { beginNextStay() } while stay.time.upperBound <= start
        while nextMovement < start { move() }
    }

    /// Goes on to the next movement.
    package mutating func move() {
        if nextMovement >= stay.time.upperBound { return beginNextStay() }
        let gap = max(1, chance.exponential(mean: stay.gap))
        // Whoever leaves moves.
        nextMovement = min(nextMovement.advanced(byMicroseconds: Int64(gap * 1e6)), stay.time.upperBound)
    }

    private mutating func beginNextStay() {
        while later.isEmpty { planDay() }
        guard let next = later.popLast() else { return }
        stay = next
        nextMovement = next.time.lowerBound
    }

    private mutating func planDay() {
        let midnight = clock.midnight(ofDay: plannedDay)
        let weekday = clock.reading(at: midnight).weekday
        plannedDay += 1
        var stays: [Stay] = []
        func add(_ minute: Double, _ length: Double, gap: Double) {
            let begin = midnight.advanced(byMicroseconds: Int64(minute * 60e6))
            stays.append(Stay(time: begin..<begin.advanced(byMicroseconds: Int64(max(0.2, length) * 60e6)), gap: gap))
        }
        for lesson in timetable.lessons(onWeekday: weekday) where chance.happens(popularity) {
            let early = 5 * chance.fraction()
            let late = chance.happens(0.2) ? 15.0 : chance.normal(mean: 1, deviation: 1)
            // In a test nobody moves for a minute and more; in some of them for so long that the room seems to be empty.
            let gap = chance.happens(0.08) ? 70.0 : 12.0
            add(Double(lesson) - early, SimulatedPeople.lesson + early + late, gap: gap)
        }
        var minute = Double(timetable.open.lowerBound) + chance.exponential(mean: 240)
        while minute < Double(timetable.open.upperBound) {
            add(minute, 0.3 + 2 * chance.fraction(), gap: 8)
            minute += chance.exponential(mean: 240)
        }
        if weekday < 5, chance.happens(0.8) { add(1_020 + 120 * chance.fraction(), 8 + 8 * chance.fraction(), gap: 6) }
        later = SimulatedPeople.merged(stays).reversed()
        // A day before what is over already began with the day before.
        later.removeAll { $0.time.lowerBound < stay.time.upperBound }
    }

    /// Stays in order, none touching another: those who meet in the room are there together.
    package static func merged(_ stays: [Stay]) -> [Stay] {
        var merged: [Stay] = []
        for stay in stays.sorted(by: { $0.time.lowerBound < $1.time.lowerBound }) {
            if let last = merged.last, stay.time.lowerBound <= last.time.upperBound {
                merged[merged.count - 1] = Stay(
                    time: last.time.lowerBound..<max(last.time.upperBound, stay.time.upperBound),
                    gap: min(last.gap, stay.gap))
            } else {
                merged.append(stay)
            }
        }
        return merged
    }
}
