package import HubModel

/// What the display at a room's door shows: worked out of what is known of the room at an instant. A value.
package struct DoorBoard: Hashable, Sendable {
    /// A booking that runs, or comes today.
    package struct Slot: Hashable, Sendable {
        package let begin: Timestamp
        package let end: Timestamp
        package let presence: PresenceState
        /// Whether it waits to be approved.
        package let isRequested: Bool
        /// What for; nil: the display does not show it.
        package let purpose: String?
        /// Until when somebody has to come; nil: it is not given away, or somebody came.
        package let comeBefore: Timestamp?
    }

    /// A booking whose rest was given away, while it would run.
    package struct Released: Hashable, Sendable {
        package let begin: Timestamp
        package let end: Timestamp
        package let releasedAt: Timestamp
    }

    /// What people say of the room.
    package let room: Classroom
    package let occupancy: Occupancy
    /// Since when that is so.
    package let since: Timestamp
    package let hasDevice: Bool
    /// The booking that runs and those that come today, in order, at most `mostSlots`.
    package let slots: [Slot]
    /// How many more come today.
    package let furtherSlots: Int
    /// When the next booking begins, today or later; nil: the room is booked now, or for two days nothing is.
    package let freeUntil: Timestamp?
    /// The beginning of the booking that somebody can confirm now; nil: none.
    package let checkIn: Timestamp?
    /// How long the room can be booked at the door now, in minutes; none: it cannot.
    package let walkUp: [Int64]
    /// Whether it can be booked at the door at times.
    package let takesBookings: Bool
    package let released: Released?
    /// When time alone changes what is shown; later than the instant.
    package let changesAt: Timestamp

    /// The most bookings that are shown: more than five lines nobody reads from five metres.
    package static let mostSlots = 5
    /// Near midnight what comes soon is shown as well, in seconds.
    private static let soon: Int64 = 4 * 3_600

    /// What is shown at an instant.
    /// - Parameters:
    ///   - walkUp: how the room can be booked at the door now.
    ///   - released: the booking whose rest was given away, while it would run; nil: none.
    package init(
        _ known: KnownRoom, _ rules: DoorRules, walkUp: WalkUp, released: BookingOccurrence?, at now: Timestamp
    ) {
        let clock = DoorClock(known.room.zone)
        let endOfDay = clock.endOfDay(now)
        let horizon = max(endOfDay, now.advanced(bySeconds: DoorBoard.soon))
        room = known.room
        occupancy = known.state.occupancy
        since = known.state.since
        hasDevice = known.device != nil
        let items = known.window.items.filter { $0.occurrence.time.upperBound > now && $0.occurrence.begin < horizon }
        slots = items.prefix(DoorBoard.mostSlots).map { DoorBoard.slot($0, known.room, rules) }
        furtherSlots = max(0, items.count - DoorBoard.mostSlots)
        let isBooked = known.window.current(at: now) != nil
        freeUntil = isBooked ? nil : known.window.next(after: now)?.occurrence.begin
        checkIn = DoorCheckIn.ready(known.window, at: now)?.occurrence.begin
        takesBookings = rules.takesBookings && !known.room.needsApproval
        self.walkUp = isBooked ? [] : walkUp.minutes
        self.released = released.flatMap { occurrence in
            occurrence.endedAt.map { Released(begin: occurrence.begin, end: occurrence.end, releasedAt: $0) }
        }
        var instants = items.flatMap { item in
            let time = item.occurrence.time
            return [
                time.lowerBound.advanced(bySeconds: -BookingBounds.checkInSeconds), time.lowerBound, time.upperBound,
            ]
        }
        instants += [endOfDay, released?.end].compactMap(\.self)
        if takesBookings { instants.append(WalkUp.begin(at: now, isTaken: true)) }
        changesAt = instants.filter { $0 > now }.min() ?? endOfDay
    }

    private static func slot(_ item: RoomWindow.Item, _ room: Classroom, _ rules: DoorRules) -> Slot {
        let occurrence = item.occurrence
        let isAwaited = occurrence.presence == .awaited || occurrence.presence == .warned
        return Slot(
            begin: occurrence.time.lowerBound, end: occurrence.time.upperBound, presence: occurrence.presence,
            isRequested: item.isRequested, purpose: rules.showsPurpose ? item.purpose : nil,
            comeBefore: isAwaited ? room.presence.comeBefore(occurrence.time, madeAt: occurrence.madeAt) : nil)
    }
}
