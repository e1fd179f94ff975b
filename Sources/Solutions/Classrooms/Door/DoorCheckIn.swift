package import HubModel

/// Whether somebody at the door can confirm a booking, and which. A value.
package enum DoorCheckIn {
    /// This one.
    case ready(RoomWindow.Item)
    /// It is confirmed already.
    case done

    /// Which booking somebody at the door confirms: from ten minutes before it begins until its rest is given away, or it ends.
    /// - Parameters:
    ///   - start: the beginning of the booking that is meant; nil: the first that can be confirmed.
    ///   - released: the booking whose rest was given away, while it would run; nil: none.
    /// - Throws: `conflict`, with a sentence that says what to do.
    package init(
        _ window: RoomWindow, start: Timestamp?, released: BookingOccurrence?, in room: Classroom, at now: Timestamp
    ) throws(Refusal) {
        let open = window.items.filter { item in
            DoorCheckIn.isOpen(item, at: now) && (start == nil || item.occurrence.begin == start)
        }
        if let item = open.first(where: DoorCheckIn.isAwaited) {
            self = .ready(item)
            return
        }
        if open.contains(where: { $0.occurrence.presence == .confirmed && !$0.isRequested }) {
            self = .done
            return
        }
        let clock = DoorClock(room.zone)
        if let item = open.first {
            let begin = clock.minute(item.occurrence.begin)
            throw Refusal(
                .conflict, "The booking from \(begin) waits for approval: ask those who manage \(room.name).")
        }
        if let released, let endedAt = released.endedAt, start == nil || released.begin == start {
            let (begin, end) = (clock.minute(released.begin), clock.minute(endedAt))
            throw Refusal(
                .conflict,
                "The booking from \(begin) was given away at \(end), because nobody came: book the room anew.")
        }
        guard let next = window.next(after: now)?.occurrence.begin else {
            throw Refusal(.conflict, "\(room.name) is not booked: there is nothing to check in for.")
        }
        let opens = clock.minute(next.advanced(bySeconds: -BookingBounds.checkInSeconds))
        throw Refusal(
            .conflict, "No booking begins now: check in for that of \(clock.minute(next)) from \(opens) on.")
    }

    /// The first booking that can be confirmed; nil: none can.
    package static func ready(_ window: RoomWindow, at now: Timestamp) -> RoomWindow.Item? {
        window.items.first { isOpen($0, at: now) && isAwaited($0) }
    }

    private static func isOpen(_ item: RoomWindow.Item, at now: Timestamp) -> Bool {
        let time = item.occurrence.time
        return time.lowerBound.advanced(bySeconds: -BookingBounds.checkInSeconds) <= now && now < time.upperBound
    }

    private static func isAwaited(_ item: RoomWindow.Item) -> Bool {
        guard !item.isRequested else { return false }
        return item.occurrence.presence == .awaited || item.occurrence.presence == .warned
    }
}
