package import HubModel

/// A car that came, or left: what sessions and reservations follow.
package struct CarChange: Hashable, Sendable {
    package var isThere: Bool
    /// Since when; not after now.
    package var at: Timestamp

    package init(isThere: Bool, at: Timestamp) {
        self.isThere = isThere
        self.at = at
    }
}

/// Whether a car stands in a spot, as money takes it. People are told at once what a sensor sees; nobody owes anything for what did not
/// last: who walks by is no car, and a car that is lost from sight for a moment has not left.
package struct CarPresence: Hashable, Sendable {
    /// Whether a car counts as being there.
    package var isThere = false
    /// Since when; for an empty spot also since when a person's word against its sensor is over.
    package var since: Timestamp
    /// What the sensor has said for long enough; nil: nothing yet.
    package var sensed: Sensed?
    /// What it says now and has not said for long enough.
    package var pending: Pending?

    /// What a sensor sees, and since when.
    package struct Sensed: Hashable, Sendable {
        package var isOccupied: Bool
        package var since: Timestamp
    }

    /// What a sensor sees and has not seen for long enough.
    package struct Pending: Hashable, Sendable {
        package var isOccupied: Bool
        /// Since when it counts, if it lasts.
        package var since: Timestamp
        /// When it was observed, by the sensor's clock …
        package var observedAt: Timestamp
        /// … and heard, by the hub's: it has lasted when either says so.
        package var heardAt: Timestamp
    }

    /// What counts for a spot at present.
    enum Authority: Hashable, Sendable {
        /// Nobody parks there; who stands there may leave.
        case outOfService
        /// A person's word.
        case override(isOccupied: Bool)
        /// The sensor, if it is not silent.
        case sensor(isSilent: Bool)
    }

    /// What people have just decided, as far as it ends something.
    struct Decision: Hashable, Sendable {
        /// When a person's word began to count or ceased to; nil: none did.
        var at: Timestamp?
        /// When an override was over; nil: none is.
        var overrideEnd: Timestamp?
    }

    package init(since: Timestamp) {
        self.since = since
    }

    /// Takes what a sensor sees.
    /// - Parameters:
    ///   - instant: by the sensor's clock.
    ///   - beginning: since when it counts if it is something else than before.
    ///   - debounce: how long it must last, in microseconds.
    mutating func hear(
        _ isOccupied: Bool, at instant: Timestamp, heardAt: Timestamp, beginning: Timestamp, debounce: Int64
    ) {
        if let waiting = pending {
            // What was kept while the network was away comes all at once.
            if instant.microseconds(since: waiting.observedAt) >= debounce
                || heardAt.microseconds(since: waiting.heardAt) >= debounce
            {
                believe(waiting)
            } else if waiting.isOccupied == isOccupied {
                return
            } else {
                pending = nil
            }
        }
        guard isOccupied != sensed?.isOccupied else { return }
        pending = Pending(isOccupied: isOccupied, since: beginning, observedAt: instant, heardAt: heardAt)
    }

    /// What has lasted by now: sensors that speak only of changes confirm by silence.
    /// - Returns: whether anything has.
    mutating func ripen(at now: Timestamp, debounce: Int64) -> Bool {
        guard let waiting = pending, now.microseconds(since: waiting.heardAt) >= debounce || waiting.heardAt > now
        else { return false }
        believe(waiting)
        return true
    }

    private mutating func believe(_ waiting: Pending) {
        sensed = Sensed(isOccupied: waiting.isOccupied, since: waiting.since)
        pending = nil
    }

    /// What has become of the car by now.
    mutating func settle(by authority: Authority, after decision: Decision, at now: Timestamp) -> CarChange? {
        switch authority {
        case .override(let isOccupied):
            return isOccupied == isThere ? nil : count(isOccupied, from: now, at: now)
        case .sensor(let isSilent) where !isThere:
            // Nobody came while people said that nobody is there.
            if let decided = decision.at { since = max(since, decided) }
            guard let sensed, sensed.isOccupied, !isSilent else { return nil }
            return count(true, from: max(sensed.since, since), at: now)
        case .outOfService where !isThere: return nil
        case .sensor, .outOfService:
            if let sensed, !sensed.isOccupied, sensed.since >= since {
                return count(false, from: sensed.since, at: now)
            }
            // A silence is no departure. But who stood there only because a person said so is gone with their word.
            guard sensed?.isOccupied != true, pending?.isOccupied != true else { return nil }
            if let end = decision.overrideEnd { return count(false, from: end, at: now) }
            return authority == .outOfService ? nil : count(false, from: now, at: now)
        }
    }

    private mutating func count(_ isThere: Bool, from instant: Timestamp, at now: Timestamp) -> CarChange {
        self.isThere = isThere
        since = min(instant, now)
        return CarChange(isThere: isThere, at: since)
    }
}
