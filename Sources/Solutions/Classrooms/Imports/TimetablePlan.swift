package import HubModel
package import SolutionKit

/// What an import does: for each lesson of the file, and each that the file no longer has, what becomes of it and why. A value; it is worked out
/// against what the calendar's table says, and says the same when it is only looked at.
package struct TimetablePlan: Hashable, Sendable {
    /// A lesson that an earlier import has booked.
    package struct Known: Hashable, Sendable {
        package let uid: String
        /// The booking.
        package let booking: String
        /// The room of the booking.
        package let room: ClassroomID
        package let purpose: String
        package let holder: String?
        package let fingerprint: String
        /// Whether the booking takes time: it was not given up by somebody.
        package let holdsTime: Bool
        /// Its times that have not begun, by the names of their occurrences.
        package let future: Set<String>
    }

    /// What is in a lesson's way.
    package enum Obstacle: Hashable, Sendable {
        /// A booking, by the name of its occurrence.
        case occurrence(String)
        /// Another lesson of the file, by its line.
        case line(Int)
    }

    /// What becomes of a lesson.
    package enum Outcome: Hashable, Sendable {
        /// It is booked.
        case added
        /// Its booking is changed.
        case changed
        /// Its booking is given up: the file does not have it any more.
        case removed
        /// Nothing: the file says of it what it said before.
        case unchanged
        /// Nothing: all of it is past.
        case past
        /// Nothing: something is in the way. What an earlier import booked of it stays.
        case conflict(Obstacle, at: Timestamp)
        /// Nothing: it cannot be booked.
        case refused(String)

        /// Whether somebody has to see to it.
        package var isTrouble: Bool {
            switch self {
            case .conflict, .refused: true
            default: false
            }
        }
    }

    /// One lesson.
    package struct Item: Hashable, Sendable {
        package let line: Int?
        package let uid: String?
        package let purpose: String?
        package let outcome: Outcome
        /// What the file says; nil: it does not have it, or what it says is no lesson.
        package let entry: TimetableEntry?
        /// What was booked of it before.
        package let known: Known?
        /// When it takes the room from now on.
        package let times: [BookingPlan.Time]
    }

    /// Lessons in the order of the file, then those that it does not have.
    package private(set) var items: [Item] = []

    /// Slots that are taken, with their holders: occurrences.
    package typealias Claims = (ClassroomID, TimeSlots) throws -> [BookingCalendar.Claim]

    /// Rounds in which lessons that cannot be changed are left as they are; then all of those are.
    private static let mostRounds = 20

    /// Works an import out.
    /// - Parameters:
    ///   - file: what the file holds.
    ///   - known: what earlier imports of the timetable have booked.
    ///   - removesMissing: whether what the file does not have is given up.
    ///   - claims: says what is taken.
    /// - Throws: what `claims` throws.
    package init(
        _ file: TimetableFile, known: [Known], removesMissing: Bool, at now: Timestamp, claims: Claims
    ) throws {
        let before = Dictionary(uniqueKeysWithValues: known.map { ($0.uid, $0) })
        var outcomes: [Outcome?] = []
        var wanted: [Wanted] = []
        for (index, entry) in file.entries.enumerated() {
            let times = entry.times.filter { $0.begin >= now }
            let old = before[entry.uid]
            if let old, old.fingerprint == entry.fingerprint {
                outcomes.append(.unchanged)
            } else if times.isEmpty {
                outcomes.append(old.map { _ in .changed } ?? .past)
            } else {
                outcomes.append(nil)
                let slots = times.map { time in
                    ClassroomTables.calendar.slots(
                        from: time.begin, to: time.end.advanced(bySeconds: entry.room.bufferMinutes * 60))
                }
                let taken = try slots.flatMap { try claims(entry.room.id, $0) }
                wanted.append(Wanted(index: index, entry: entry, slots: slots, claims: taken, known: old))
            }
        }
        let names = Set(file.entries.map(\.uid))
        // What cannot be read now was perhaps booked before: it is not taken for missing where its name was read.
        let unread = Set(file.refused.compactMap(\.uid))
        let missing = known.filter { one in
            removesMissing && !names.contains(one.uid) && !unread.contains(one.uid)
                && !unread.contains { one.uid.hasPrefix($0 + " ") }
        }
        let emptied = file.entries.indices.filter { outcomes[$0] == .changed }.compactMap {
            before[file.entries[$0].uid]
        }
        let conflicts = TimetablePlan.conflicts(of: wanted, freed: (missing + emptied).flatMap(\.future))
        for one in wanted {
            outcomes[one.index] = conflicts[one.index] ?? (one.known == nil ? .added : .changed)
        }
        for (entry, outcome) in zip(file.entries, outcomes) {
            items.append(
                Item(
                    line: entry.line, uid: entry.uid, purpose: entry.purpose, outcome: outcome ?? .unchanged,
                    entry: entry, known: before[entry.uid], times: entry.times.filter { $0.begin >= now }))
        }
        for refused in file.refused {
            items.append(
                Item(
                    line: refused.line, uid: refused.uid, purpose: refused.purpose, outcome: .refused(refused.reason),
                    entry: nil, known: nil, times: []))
        }
        items.sort { ($0.line ?? 0) < ($1.line ?? 0) }
        for one in missing {
            items.append(
                Item(
                    line: nil, uid: one.uid, purpose: one.purpose,
                    outcome: one.holdsTime && !one.future.isEmpty ? .removed : .past, entry: nil, known: one, times: [])
            )
        }
    }

    /// A lesson that wants time.
    private struct Wanted {
        let index: Int
        let entry: TimetableEntry
        let slots: [TimeSlots]
        let claims: [BookingCalendar.Claim]
        let known: Known?
    }

    /// What is in the way of which lesson. Lessons that are changed give up what they have first, all of them, so that two may change places; one
    /// that cannot be changed keeps what it has, and is in the way of others then.
    private static func conflicts(of wanted: [Wanted], freed: [String]) -> [Int: Outcome] {
        var kept: [Int: Outcome] = [:]
        let changed = wanted.filter { $0.known != nil }
        for round in 0...mostRounds {
            let keptBefore = kept.count
            var free = Set(freed)
            for one in changed where kept[one.index] == nil { free.formUnion(one.known?.future ?? []) }
            var taken: [ClassroomID: [Int64: Int]] = [:]
            var found = kept
            // Those that have something come before those that are new.
            for one in changed + wanted.filter({ $0.known == nil }) where kept[one.index] == nil {
                if let outcome = obstacle(to: one, free: free, taken: taken[one.entry.room.id] ?? [:]) {
                    found[one.index] = outcome
                    if one.known != nil { kept[one.index] = outcome }
                } else {
                    for number in one.slots.flatMap(\.numbers) {
                        taken[one.entry.room.id, default: [:]][number] = one.entry.line
                    }
                }
            }
            if kept.count == keptBefore { return found }
            guard round == mostRounds - 1 else { continue }
            for one in changed where kept[one.index] == nil {
                kept[one.index] = .refused("Too many lessons change places at once: import them in two steps.")
            }
        }
        return kept
    }

    private static func obstacle(to one: Wanted, free: Set<String>, taken: [Int64: Int]) -> Outcome? {
        if let claim = one.claims.first(where: { !free.contains($0.holder) }) {
            return .conflict(.occurrence(claim.holder), at: claim.time.begin)
        }
        for slots in one.slots {
            for number in slots.numbers {
                if let line = taken[number] { return .conflict(.line(line), at: slots.begin) }
            }
        }
        return nil
    }
}
