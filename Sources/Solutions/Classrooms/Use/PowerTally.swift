internal import HubModel

/// What a relay did, or would have done: what it costs, and whom it left in the dark.
package struct PowerTally: Hashable, Sendable {
    /// How long it gave power, in milliseconds.
    package private(set) var lit: Int64 = 0
    /// How often it switched.
    package private(set) var switches: Int64 = 0
    /// How often it went dark, and somebody was seen moving right then or within `soon`. Whether they had sat still, or came in then, nobody
    /// knows. What a person switched off does not count.
    package private(set) var offOnSomebody: Int64 = 0
    /// How many bookings had a dark room, other than by a person's word.
    package private(set) var darkBookings: Int64 = 0

    /// So soon after it went dark somebody who moves was probably there, in milliseconds.
    package static let soon: Int64 = 300_000
    /// A booking that is made for now is heard of by the next report, in milliseconds.
    private static let notice: Int64 = 300_000

    /// Of no time.
    package init() {}

    /// Counts what a relay did in each section.
    /// - Parameter power: of each section, in order; the first is of its beginning.
    package init(_ story: RoomStory, _ power: [[RoomStory.Power]], _ words: RoomWords) {
        var dark: Set<Int> = []
        for (section, power) in zip(story.sections, power) {
            // What a relay does at the very end is of no time.
            for (index, state) in power.enumerated() where state.at < section.end {
                let end = index + 1 < power.count ? power[index + 1].at : section.end
                if index > 0 { switches += 1 }
                guard !state.isOn else {
                    lit += max(0, end - state.at)
                    continue
                }
                if index > 0, section.sees(movementFrom: state.at, within: PowerTally.soon),
                    !words.isSwitchedOff(at: Timestamp(milliseconds: state.at))
                {
                    offOnSomebody += 1
                }
                words.addBookings(in: state.at..<max(state.at, end), to: &dark, notice: PowerTally.notice)
            }
        }
        darkBookings = Int64(dark.count)
    }

    /// Hours for which it gave power.
    package var litHours: Double { Double(lit) / 3_600_000 }

    /// Kilowatt-hours that the room drew; nil: nobody has said what it draws.
    package func kilowattHours(watts: Int64) -> Double? { watts == 0 ? nil : litHours * Double(watts) / 1_000 }

    /// Adds those of another room.
    package static func += (one: inout PowerTally, other: PowerTally) {
        one.lit += other.lit
        one.switches += other.switches
        one.offOnSomebody += other.offOnSomebody
        one.darkBookings += other.darkBookings
    }
}

extension RoomStory {
    /// How long its device was heard, in milliseconds.
    package var known: Int64 { sections.reduce(0) { $0 + $1.end - $1.begin } }
}

extension RoomStory.Section {
    /// Whether somebody is seen moving from an instant on, within some milliseconds.
    fileprivate func sees(movementFrom now: Int64, within length: Int64) -> Bool {
        var (low, high) = (0, movements.count)
        // The first that is not over.
        while low < high {
            let middle = (low + high) / 2
            if movements[middle].upperBound < now { low = middle + 1 } else { high = middle }
        }
        return low < movements.count && movements[low].lowerBound <= now + length
    }
}

extension RoomWords {
    /// When somebody had said that the power shall be off, in milliseconds, and for how long devices may not have heard that this is over.
    private func switchedOff(notice: Int64) -> [Range<Int64>] {
        words.enumerated().compactMap { index, word in
            guard let override = word.override, !override.isOn else { return nil }
            let next = index + 1 < words.count ? words[index + 1].at : nil
            let end = [override.until, next].compactMap(\.self).min()
            let begin = word.at.microseconds / 1_000
            return begin..<max(begin, end.map { $0.microseconds / 1_000 + notice } ?? .max)
        }
    }

    /// Adds the numbers of the bookings that fall in a dark time.
    fileprivate func addBookings(in dark: Range<Int64>, to found: inout Set<Int>, notice: Int64) {
        var (low, high) = (0, bookings.count)
        while low < high {
            let middle = (low + high) / 2
            let end = bookings[middle].time.upperBound.microseconds / 1_000
            if end <= dark.lowerBound { low = middle + 1 } else { high = middle }
        }
        for number in low..<bookings.count {
            let (time, madeAt) = (bookings[number].time, bookings[number].madeAt.microseconds / 1_000)
            let begin = time.lowerBound.microseconds / 1_000
            guard begin < dark.upperBound else { return }
            var now = max(begin, madeAt + notice, dark.lowerBound)
            let end = min(time.upperBound.microseconds / 1_000, dark.upperBound)
            for off in switchedOff(notice: notice) where off.lowerBound <= now { now = max(now, off.upperBound) }
            if now < end { found.insert(number) }
        }
    }
}
