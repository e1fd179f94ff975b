package import HubModel

/// The bookings of a room that matter now and in the next two days: in memory, so that a report costs no statement.
package struct RoomWindow: Hashable, Sendable {
    /// One of them.
    package struct Item: Hashable, Sendable {
        /// The occurrence.
        package var occurrence: BookingOccurrence
        /// Whose booking it is, by `Person.id`; nil: nobody's.
        package let holder: String?
        /// What for.
        package let purpose: String
        /// Whether it still waits to be approved.
        package let isRequested: Bool

        /// An item.
        package init(_ occurrence: BookingOccurrence, holder: String?, purpose: String, isRequested: Bool) {
            self.occurrence = occurrence
            self.holder = holder
            self.purpose = purpose
            self.isRequested = isRequested
        }
    }

    /// In order of their beginnings; none overlaps another.
    package private(set) var items: [Item]
    /// Until when it reaches.
    package let end: Timestamp

    /// A lease is for so long (`ScheduleLease`), in seconds.
    package static let leaseSeconds: Int64 = 48 * 3_600
    /// It is read anew before it is shorter than a lease.
    package static let lengthSeconds: Int64 = 54 * 3_600

    /// A window.
    package init(_ items: [Item], end: Timestamp) {
        self.items = items
        self.end = end
    }

    /// When it has to be read anew.
    package var refreshAt: Timestamp { end.advanced(bySeconds: -RoomWindow.leaseSeconds) }

    /// The booking that has the room at an instant; nil: none.
    package func current(at now: Timestamp) -> Item? { items.first { $0.occurrence.time.contains(now) } }

    /// The first booking that is not over and begins by `end`; nil: none.
    package func first(between now: Timestamp, and end: Timestamp) -> Item? {
        items.first { !$0.occurrence.time.isEmpty && $0.occurrence.begin <= end && $0.occurrence.time.upperBound > now }
    }

    /// The next booking that begins after an instant; nil: none in the window.
    package func next(after now: Timestamp) -> Item? {
        items.first { $0.occurrence.begin > now && !$0.occurrence.time.isEmpty }
    }

    /// The times that are taken; what is only requested takes power as well: somebody counts on it.
    package var times: [Range<Timestamp>] { items.lazy.map(\.occurrence.time).filter { !$0.isEmpty } }

    /// Until when the room is free from an instant on: the beginning of the next booking, or the instant itself if it is taken; nil: nothing
    /// comes in the window.
    package func freeUntil(from now: Timestamp) -> Timestamp? {
        current(at: now) != nil ? now : next(after: now)?.occurrence.begin
    }

    /// Puts an occurrence in the place of what was known of it.
    package mutating func replace(_ occurrence: BookingOccurrence) {
        guard let index = items.firstIndex(where: { $0.occurrence.id == occurrence.id }) else { return }
        items[index].occurrence = occurrence
    }
}
