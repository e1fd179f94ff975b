package import HubModel

/// Whether somebody is in a room, as far as anybody knows.
package enum Occupancy: String, CaseIterable, Sendable {
    /// Somebody moved within the time after which the device reports.
    case occupied
    /// Nobody did.
    case idle
    /// Its device was not heard of for too long, or never.
    case unknown
}

/// A person's word on a room's power, which counts more than its policy.
package struct PowerOverride: Hashable, Sendable {
    /// Whether the power shall be on.
    package let isOn: Bool
    /// Until when it counts; nil: until another is given.
    package let until: Timestamp?
    /// Who said it, by `Person.id`; nil: somebody without an account, on an open hub.
    package let by: String?
    /// When.
    package let since: Timestamp

    /// A word.
    package init(isOn: Bool, until: Timestamp?, by: String?, since: Timestamp) {
        self.isOn = isOn
        self.until = until
        self.by = by
        self.since = since
    }

    /// Whether it still counts.
    package func counts(at now: Timestamp) -> Bool { until.map { now < $0 } ?? true }
}

/// What is known of a room when its power is decided.
package struct PowerFacts: Hashable, Sendable {
    /// Whether somebody is there.
    package var occupancy: Occupancy
    /// Since when that is so.
    package var since: Timestamp
    /// Whether the power is on, as the device said last; nil: it never did.
    package var isPowerOn: Bool?
    /// What a person said.
    package var override: PowerOverride?
    /// The bookings that may matter, in order: from when to before when.
    package var bookings: [Range<Timestamp>]

    /// Facts.
    package init(
        occupancy: Occupancy, since: Timestamp, isPowerOn: Bool?, override: PowerOverride? = nil,
        bookings: [Range<Timestamp>] = []
    ) {
        self.occupancy = occupancy
        self.since = since
        self.isPowerOn = isPowerOn
        self.override = override
        self.bookings = bookings
    }
}

/// What a room's power shall be, and why. A value without memory: equal facts give equal decisions, on the line and in a what-if.
package struct PowerDecision: Hashable, Sendable {
    /// Why.
    package enum Cause: String, CaseIterable, Sendable {
        /// A person said so.
        case manual
        /// The room is booked now.
        case booked
        /// It is booked soon.
        case bookedSoon = "booked_soon"
        /// Somebody is there.
        case occupied
        /// It became idle not long ago.
        case held
        /// Nobody is there.
        case idle
        /// Nobody knows whether somebody is there: it stays as it is.
        case unknown
        /// The hub does not switch it.
        case notAutomatic = "not_automatic"
    }

    /// Whether the room is booked, or will be within the time before a booking.
    package let isBooked: Bool
    /// Whether the power shall be on.
    package let isPowerWanted: Bool
    /// Why.
    package let cause: Cause
    /// The next instant at which time alone may decide otherwise; nil: none.
    package let changesAt: Timestamp?

    /// Decides.
    package init(_ facts: PowerFacts, by policy: PowerPolicy, at now: Timestamp) {
        let booking = PowerDecision.booking(facts.bookings, policy, now)
        isBooked = booking.isBooked
        var next = booking.changesAt
        func consider(_ instant: Timestamp?) {
            guard let instant, instant > now else { return }
            next = min(next ?? instant, instant)
        }
        // A room of which nothing was ever heard gets power: that is what its device does before the first reply.
        let asItIs = facts.isPowerOn ?? true
        if let override = facts.override, override.counts(at: now) {
            consider(override.until)
            (isPowerWanted, cause) = (override.isOn, .manual)
        } else if !policy.isAutomatic {
            (isPowerWanted, cause) = (asItIs, .notAutomatic)
        } else if booking.isBooked {
            (isPowerWanted, cause) = (true, booking.hasBegun ? .booked : .bookedSoon)
        } else {
            switch facts.occupancy {
            case .occupied: (isPowerWanted, cause) = (true, .occupied)
            case .unknown: (isPowerWanted, cause) = (asItIs, .unknown)
            case .idle:
                let until = facts.since.advanced(bySeconds: policy.holdAfter)
                consider(until)
                (isPowerWanted, cause) = now < until ? (asItIs, .held) : (false, .idle)
            }
        }
        changesAt = next
    }

    private static func booking(
        _ bookings: [Range<Timestamp>], _ policy: PowerPolicy, _ now: Timestamp
    ) -> (isBooked: Bool, hasBegun: Bool, changesAt: Timestamp?) {
        var (isBooked, hasBegun) = (false, false)
        var next: Timestamp?
        for booking in bookings where booking.upperBound > now {
            let from = booking.lowerBound.advanced(bySeconds: -policy.prePower * 60)
            let change = from > now ? from : booking.lowerBound > now ? booking.lowerBound : booking.upperBound
            next = min(next ?? change, change)
            isBooked = isBooked || from <= now
            hasBegun = hasBegun || booking.lowerBound <= now
        }
        return (isBooked, hasBegun, next)
    }
}
