internal import HubModel
internal import ICalendar
internal import SolutionKit

/// A lesson of a timetable, worked out: in which room, when, and what for. A value; what is to be done about it, `TimetablePlan` says.
package struct TimetableEntry: Hashable, Sendable {
    /// Where it begins in the file, 1 for the first line.
    package let line: Int
    /// By which name the timetable has it: with it the same lesson is found again.
    package let uid: String
    /// The room.
    package let room: Classroom
    /// What for.
    package let purpose: String
    /// Whose it is, by `Person.id`; nil: nobody's.
    package let holder: String?
    /// When, in order, none overlapping another; each known by its beginning on the room's clock.
    package let times: [BookingPlan.Time]
    /// Of all that the file says of it: while this is the same, so is the lesson.
    package let fingerprint: String
}

/// What is no lesson, and why.
package struct RefusedEntry: Hashable, Sendable {
    /// Where it begins in the file, 1 for the first line; nil: it is not known.
    package let line: Int?
    /// By which name the file has it, if it was read.
    package let uid: String?
    /// What for, if it was read.
    package let purpose: String?
    /// A sentence that says what to do.
    package let reason: String
}

/// What a file holds.
package struct TimetableFile: Hashable, Sendable {
    /// What can be booked.
    package var entries: [TimetableEntry] = []
    /// What cannot.
    package var refused: [RefusedEntry] = []

    /// A file in which nothing is.
    package init() {}

    /// The largest file, in bytes.
    package static let largestBytes = 8_388_608
    /// The most lessons of a file.
    package static let mostEntries = 2_000
    /// The most times of all lessons of a file.
    package static let mostTimes = 20_000

    /// Takes a lesson, if there is no other of its name.
    mutating func take(_ entry: TimetableEntry, after names: inout [String: Int]) throws(Refusal) {
        if let line = names[entry.uid] {
            refused.append(
                RefusedEntry(
                    line: entry.line, uid: entry.uid, purpose: entry.purpose,
                    reason: "Line \(line) is the same lesson: leave one out, or give each a uid of its own."))
            return
        }
        names[entry.uid] = entry.line
        entries.append(entry)
        guard entries.reduce(0, { $0 + $1.times.count }) <= TimetableFile.mostTimes || entry.times.isEmpty else {
            throw Refusal(
                .tooLarge, "The file has more than \(TimetableFile.mostTimes) single times: import it in parts.")
        }
    }
}

extension BookingPlan {
    /// The times of a lesson, checked; that they may lie in the past is for whoever books them.
    /// - Parameters:
    ///   - times: as instants, in any order.
    /// - Throws: `value_out_of_range`.
    static func lesson(
        _ times: [Range<Timestamp>], in room: Classroom, horizon: Timestamp, _ clock: inout LocalClock
    ) throws(Refusal) -> [Time] {
        let longest = BookingBounds.longestMinutesOfManagers
        guard times.count <= BookingBounds.mostTimes else {
            throw Refusal(.valueOutOfRange, "A lesson has at most \(BookingBounds.mostTimes) times: divide it.")
        }
        var found: [Time] = []
        for time in times.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let length = time.upperBound.microseconds(since: time.lowerBound)
            guard length % 60_000_000 == 0, time.lowerBound.microseconds % 60_000_000 == 0 else {
                throw Refusal(.valueOutOfRange, "Its beginning and end are whole minutes.")
            }
            guard (5...longest).contains(length / 60_000_000) else {
                throw Refusal(.valueOutOfRange, "It is 5 minutes to \(longest / 1_440) days long.")
            }
            let wall = clock.wallTime(at: time.lowerBound)
            if let last = found.last, last.end > time.lowerBound || last.recurrenceID >= wall {
                throw Refusal(.valueOutOfRange, "It overlaps itself at \(wall).")
            }
            found.append(Time(recurrenceID: wall, begin: time.lowerBound, end: time.upperBound))
        }
        if let last = found.last, last.begin > horizon {
            throw Refusal(
                .valueOutOfRange, "It goes on until \(last.recurrenceID): classrooms are not booked so far ahead.")
        }
        return found
    }

    /// The rule that says when most of these times are, if it is that of a timetable: on some days of the week, at the same time of day. What it
    /// says beside them did not come, or is a day off.
    static func rule(of times: [Time]) -> String? {
        guard times.count > 1, let first = times.first, let last = times.last,
            times.allSatisfy({
                $0.recurrenceID.second == first.recurrenceID.second
                    && $0.end.microseconds(since: $0.begin) == first.end.microseconds(since: first.begin)
            })
        else { return nil }
        let days = Set(times.map(\.recurrenceID.date.weekday))
        let span = first.recurrenceID.date.daysSince1970...last.recurrenceID.date.daysSince1970
        let count = span.count { days.contains(CivilDate(daysSince1970: $0).weekday) }
        guard count <= 2 * times.count, count <= BookingBounds.mostTimes else { return nil }
        let names = Weekday.allCases.filter(days.contains).map { $0.shortName.prefix(2).uppercased() }
        let text = "FREQ=WEEKLY;COUNT=\(count);BYDAY=\(names.joined(separator: ","))"
        return (try? RecurrenceRule(text))?.description
    }
}
