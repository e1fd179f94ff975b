package import HubModel

/// A booking of a classroom as somebody made it: once, or by a rule again and again. What it takes of the room are its occurrences.
package struct Booking: Hashable, Sendable {
    /// How far it has come.
    package enum Status: String, CaseIterable, Sendable {
        /// It waits for somebody who approves it; the room is kept meanwhile.
        case requested
        /// The room is booked.
        case confirmed
        /// Somebody declined it, or nobody approved it in time.
        case declined
        /// Its holder, or somebody who may, gave it up.
        case cancelled

        /// Whether it takes the room's time.
        package var holdsTime: Bool { self == .requested || self == .confirmed }
    }

    /// How it came to be.
    package enum Source: String, CaseIterable, Sendable {
        /// Somebody booked.
        case person
        /// It is of a timetable, or of a calendar that was imported.
        case imported = "import"
        /// It was waited for.
        case waiting
    }

    /// Its name.
    package let id: String
    /// Which room.
    package var classroom: ClassroomID
    /// Whose it is, by `Person.id`; nil: nobody's who has an account, such as a timetable's.
    package let holder: String?
    /// What for, 1 to 200 bytes.
    package var purpose: String
    /// By which rule it comes again, as RFC 5545 writes it (section 3.3.10); nil: it is once.
    package var rule: String?
    /// When it begins, or first begins, by the wall clock of `zone`.
    package var start: WallTime
    /// How long it lasts, in minutes of the wall clock.
    package var minutes: Int64
    /// The zone of its wall clock: that of its room when it was made.
    package var zone: String
    /// How far it has come.
    package var status: Status
    /// How it came to be.
    package let source: Source
    /// By which name calendars know it (RFC 5545, section 3.8.4.7).
    package let uid: String
    /// How often it was changed (section 3.8.7.4).
    package var sequence: Int64 = 0
    /// What was said when it was declined or cancelled; empty: nothing.
    package var remark = ""
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was changed last.
    package var changedAt: Timestamp

    /// Whether it is somebody's own: a lesson without a holder is nobody's, also where nobody has an account.
    /// - Parameter account: by `Person.id`; nil: they have no account.
    package func isOwn(of account: String?) -> Bool { holder == account && (holder != nil || source != .imported) }

    /// A booking that is made.
    package init(
        id: String, classroom: ClassroomID, holder: String?, purpose: String, rule: String?, start: WallTime,
        minutes: Int64, zone: String, status: Status, source: Source, uid: String, createdAt: Timestamp
    ) {
        self.id = id
        self.classroom = classroom
        self.holder = holder
        self.purpose = purpose
        self.rule = rule
        self.start = start
        self.minutes = minutes
        self.zone = zone
        self.status = status
        self.source = source
        self.uid = uid
        self.createdAt = createdAt
        changedAt = createdAt
    }
}

/// One time that a booking takes of its room.
package struct BookingOccurrence: Hashable, Sendable {
    /// Its name: that of its booking, and a number.
    package let id: String
    /// Whose it is.
    package let booking: String
    /// Which room.
    package let classroom: ClassroomID
    /// By which wall time its rule has it, whatever became of it (RFC 5545, section 3.8.4.4).
    package let recurrenceID: WallTime
    /// When it begins.
    package var begin: Timestamp
    /// When it ends, as it was booked.
    package var end: Timestamp
    /// When it ends since the rest of it was given away or given up; nil: as it was booked.
    package var endedAt: Timestamp?
    /// Whether it was given up before it began.
    package var isCancelled = false
    /// Whether its holder moved it alone.
    package var isMoved = false
    /// Whether somebody came.
    package var presence = PresenceState.awaited
    /// Since when that is so.
    package var presenceSince: Timestamp
    /// Since when its holder had it: from then on they have time to come.
    package let madeAt: Timestamp

    /// An occurrence.
    package init(
        id: String, booking: String, classroom: ClassroomID, recurrenceID: WallTime, begin: Timestamp, end: Timestamp,
        madeAt: Timestamp
    ) {
        self.id = id
        self.booking = booking
        self.classroom = classroom
        self.recurrenceID = recurrenceID
        self.begin = begin
        self.end = end
        self.madeAt = madeAt
        presenceSince = madeAt
    }

    /// The time that it takes.
    package var time: Range<Timestamp> { begin..<max(begin, min(end, endedAt ?? end)) }
}
