package import HubModel

/// How it is with the presence that a booking needs.
package enum PresenceState: String, CaseIterable, Sendable {
    /// Nobody has been there, and there is time.
    case awaited
    /// Nobody has been there for so long that the rest will be given away.
    case warned
    /// Somebody was there, or checked in.
    case confirmed
    /// Nobody came: the rest was given away.
    case released
    /// It is over, and no sensor could tell whether somebody came.
    case unverified
    /// It is over, and nobody came, but it is not one that is given away.
    case unused
}

/// When a booking that nobody uses is given away: what people set, for each room.
package struct PresenceRule: Hashable, Sendable {
    /// Whether bookings are given away at all.
    package var releases = true
    /// Minutes after the beginning at which nobody was there yet and a warning is given.
    package var warnAfter: Int64 = 10
    /// Minutes after the warning at which the rest is given away.
    package var releaseAfter: Int64 = 5
    /// A booking of so many minutes or more is never given away: an exam, an open day.
    package var exemptFrom: Int64 = 480

    /// The rule of a room of which nobody has said anything.
    package init() {}

    /// Bounds of what people may set.
    package enum Bounds {
        package static let warnAfter: ClosedRange<Int64> = 5...240
        package static let releaseAfter: ClosedRange<Int64> = 1...240
        package static let exemptFrom: ClosedRange<Int64> = 15...10_080
    }

    /// Who comes a little early is there.
    private static let early: Int64 = 600_000_000

    /// What is known of a room's sensor, for one booking.
    package struct Sight: Hashable, Sendable {
        /// Whether somebody is there now.
        package var occupancy: Occupancy
        /// When somebody was there last; nil: never.
        package var lastOccupied: Timestamp?
        /// Since when the sensor has been heard without a break; nil: it is not.
        package var seenSince: Timestamp?

        /// What is known.
        package init(occupancy: Occupancy, lastOccupied: Timestamp?, seenSince: Timestamp?) {
            self.occupancy = occupancy
            self.lastOccupied = lastOccupied
            self.seenSince = seenSince
        }
    }

    /// What becomes of a booking now; nil: nothing. To be asked until there is nothing more.
    /// - Parameters:
    ///   - state: how it was.
    ///   - time: when the room is booked.
    ///   - madeAt: when it was booked: somebody who books for now has as much time to come as others.
    package func next(
        _ state: PresenceState, _ time: Range<Timestamp>, madeAt: Timestamp, _ sight: Sight, at now: Timestamp
    ) -> PresenceState? {
        switch state {
        case .confirmed, .released, .unverified, .unused: return nil
        case .awaited, .warned: break
        }
        let opens = time.lowerBound.advanced(byMicroseconds: -PresenceRule.early)
        guard now >= opens else { return nil }
        if sight.occupancy == .occupied { return .confirmed }
        if let last = sight.lastOccupied, last >= opens, last < time.upperBound { return .confirmed }
        guard now < time.upperBound else { return wasWatched(time, sight) ? .unused : .unverified }
        guard isReleased(time) else { return nil }
        // Only what a sensor saw from the beginning on is proof.
        guard wasWatched(time, sight) else { return state == .warned ? .awaited : nil }
        let warning = warning(time, madeAt: madeAt)
        guard now >= warning else { return nil }
        guard state == .warned else { return .warned }
        return now >= warning.advanced(bySeconds: releaseAfter * 60) ? .released : nil
    }

    /// When time alone may change the state next; nil: it cannot.
    package func deadline(
        _ state: PresenceState, _ time: Range<Timestamp>, madeAt: Timestamp, after now: Timestamp
    ) -> Timestamp? {
        switch state {
        case .confirmed, .released, .unverified, .unused: return nil
        case .awaited, .warned: break
        }
        let opens = time.lowerBound.advanced(byMicroseconds: -PresenceRule.early)
        let warning = warning(time, madeAt: madeAt)
        let release = warning.advanced(bySeconds: releaseAfter * 60)
        return [opens, warning, release, time.upperBound].filter { $0 > now }.min()
    }

    /// Until when somebody has to come, so that the rest is not given away; nil: it never is.
    package func comeBefore(_ time: Range<Timestamp>, madeAt: Timestamp) -> Timestamp? {
        guard isReleased(time) else { return nil }
        let release = warning(time, madeAt: madeAt).advanced(bySeconds: releaseAfter * 60)
        return release < time.upperBound ? release : nil
    }

    private func isReleased(_ time: Range<Timestamp>) -> Bool {
        releases && time.upperBound.microseconds(since: time.lowerBound) < exemptFrom * 60_000_000
    }

    private func warning(_ time: Range<Timestamp>, madeAt: Timestamp) -> Timestamp {
        max(time.lowerBound, madeAt).advanced(bySeconds: warnAfter * 60)
    }

    private func wasWatched(_ time: Range<Timestamp>, _ sight: Sight) -> Bool {
        guard sight.occupancy == .idle, let since = sight.seenSince else { return false }
        return since <= time.lowerBound
    }
}
