package import DeviceLogic
package import HubModel
package import SolutionKit

/// A report of a spot's sensor, as far as it decides.
package struct SpotReport: Hashable, Sendable {
    /// What the sensor itself thinks; nil if it says nothing of that.
    package var isOccupied: Bool?
    /// What it measures to the next thing below it, cm; nil if it says nothing of that.
    package var distanceCentimetres: Double?
    /// When it was so.
    package var observedAt: Timestamp
    /// When the hub heard it.
    package var receivedAt: Timestamp

    package init(
        isOccupied: Bool?, distanceCentimetres: Double?, observedAt: Timestamp, receivedAt: Timestamp
    ) {
        self.isOccupied = isOccupied
        self.distanceCentimetres = distanceCentimetres
        self.observedAt = observedAt
        self.receivedAt = receivedAt
    }
}

/// Why a status changed.
package enum ChangeSource: String, Sendable {
    case sensor, override, stale, reservation, owner
}

/// A change of a spot's status.
package struct StatusChange: Hashable, Sendable {
    package var from: SpotStatus
    package var to: SpotStatus
    /// Since when it is so: for what a sensor said, when it observed it.
    package var at: Timestamp
    package var source: ChangeSource
}

/// What a report, a decision or time has changed of a spot.
package struct SpotChanges: Hashable, Sendable {
    /// What people are told.
    package var status: StatusChange?
    /// What sessions follow.
    package var car: CarChange?

    package init(status: StatusChange? = nil, car: CarChange? = nil) {
        self.status = status
        self.car = car
    }
}

/// One spot's state: what its sensor says, what people decided, and what follows. A value; the line tells it what happens and when.
package struct SpotState: Hashable, Sendable {
    package var kind: SpotKind
    package var settings: SensorSettings
    /// How long silence is no news; the lot's.
    package var silence: FixedSilence

    /// What the sensor says, after threshold and debounce, in microseconds since 1970. The sensor's clock and the hub's may differ by any
    /// amount. What sessions follow is `car`, for which the first change must last as well.
    package var occupancy = DebouncedState()
    package var distanceCentimetres: Double?
    /// When the newest report was observed; never later than it was heard.
    package var observedAt: Timestamp?
    /// When the newest report was heard.
    package var heardAt: Timestamp?
    package var isOutOfService = false
    package var override: Override?
    /// Whether a reservation holds it at present.
    package var isReserved = false

    /// What people are told.
    package var status = SpotStatus.unknown
    package var statusSince: Timestamp
    /// Whether a car stands there, as money takes it.
    package var car: CarPresence

    /// How long silence is no news, in seconds.
    package var staleSeconds: Int64 { silence.seconds }

    /// What the sensor says, after threshold and debounce; nil: it never said anything.
    package var sensed: Bool? { occupancy.belief?.isOccupied }

    /// Since when, as it was observed.
    package var sensedSince: Timestamp? { (occupancy.belief?.since).map(Timestamp.init(microseconds:)) }

    /// A change that has not yet lasted long enough.
    package var candidate: DebouncedState.Candidate? {
        get { occupancy.candidate }
        set { occupancy.candidate = newValue }
    }

    /// A spot of which nothing is known yet.
    package init(kind: SpotKind, settings: SensorSettings = SensorSettings(), staleSeconds: Int64, since: Timestamp) {
        self.kind = kind
        self.settings = settings
        silence = FixedSilence(seconds: staleSeconds)
        statusSince = since
        car = CarPresence(since: since)
    }

    /// Takes a report that is news: `Spot.clock` knows what is history.
    package mutating func take(_ report: SpotReport) {
        // A sensor whose clock is ahead must not make its own next reports late.
        let instant = min(report.observedAt, report.receivedAt)
        observedAt = instant
        heardAt = report.receivedAt
        if let distance = report.distanceCentimetres { distanceCentimetres = distance }
        guard let isOccupied = reading(of: report) else { return }
        car.hear(
            isOccupied, at: instant, heardAt: report.receivedAt,
            beginning: beginning(of: instant, at: report.receivedAt), debounce: debounce)
        occupancy.take(
            isOccupied, observedAt: instant.microseconds, heardAt: report.receivedAt.microseconds, span: debounce)
    }

    /// What a report says of the spot; nil inside the band of the hysteresis while nothing is known.
    private func reading(of report: SpotReport) -> Bool? {
        let byDistance: Bool? = report.distanceCentimetres.flatMap { distance in
            settings.threshold.reading(ofCentimetres: distance, before: occupancy.latest)
        }
        switch settings.decides {
        case .flag: return report.isOccupied ?? byDistance
        case .distance: return byDistance ?? report.isOccupied
        }
    }

    /// What time alone has changed next, as of its own moment. To be asked until there is nothing more before anything else is taken: what
    /// came due must not depend on when somebody looked, so that a hub that was busy, or away, says the same as one that was not.
    /// - Returns: the changes, as far as there are any, and when they were; nil when nothing has come due.
    package mutating func settleNext(upTo now: Timestamp) -> (changes: SpotChanges, at: Timestamp)? {
        guard let due = nextDeadline, due <= now else { return nil }
        let before = self
        let changes = settle(at: due)
        return self == before ? nil : (changes, due)
    }

    /// What has become of the spot by now.
    /// - Parameters:
    ///   - cause: what a person or a reservation has just changed; nil after a report, and when only time has passed.
    ///   - moment: when that was, if it was before now.
    /// - Returns: the changes, as far as there are any.
    package mutating func settle(
        at now: Timestamp, after cause: ChangeSource? = nil, of moment: Timestamp? = nil
    ) -> SpotChanges {
        let isDecision = cause == .override || cause == .owner
        var decision = CarPresence.Decision(
            at: isDecision ? now : nil, overrideEnd: cause == .override && override == nil ? now : nil)
        var cause = cause
        if let until = override?.until, now >= until {
            override = nil
            cause = cause ?? .override
            decision.overrideEnd = until
            decision.at = decision.at ?? until
        }
        if let heard = heardAt, heard > now { heardAt = now }
        occupancy.settle(at: now.microseconds, span: debounce)
        let hasLasted = car.ripen(at: now, debounce: debounce)
        let change = settleStatus(at: now, after: cause, of: moment ?? now)
        // What has just lasted did so before the silence, if there is one: the line may have slept.
        let authority = authority(isSilent: status == .unknown && !hasLasted)
        return SpotChanges(status: change, car: car.settle(by: authority, after: decision, at: now))
    }

    private mutating func settleStatus(
        at now: Timestamp, after cause: ChangeSource?, of moment: Timestamp
    ) -> StatusChange? {
        let (next, source) = judge(at: now)
        guard next != status else { return nil }
        let at =
            source == .sensor && cause == nil
            ? beginning(of: sensedSince ?? now, at: now) : max(min(moment, now), statusSince)
        let change = StatusChange(from: status, to: next, at: at, source: cause ?? source)
        status = next
        statusSince = at
        return change
    }

    private func authority(isSilent: Bool) -> CarPresence.Authority {
        if isOutOfService { return .outOfService }
        return override.map { .override(isOccupied: $0.isOccupied) } ?? .sensor(isSilent: isSilent)
    }

    /// Since when something counts that the sensor has just reported. It was observed before it was heard; but a claim from long before the
    /// present status began is a clock that is wrong, and money must not be made of it.
    private func beginning(of instant: Timestamp, at now: Timestamp) -> Timestamp {
        guard instant <= now else { return max(now, statusSince) }
        if instant >= statusSince { return instant }
        return statusSince.microseconds(since: instant) <= silence.microseconds
            ? statusSince : max(now, statusSince)
    }

    private func judge(at now: Timestamp) -> (SpotStatus, ChangeSource) {
        if isOutOfService { return (.outOfService, .owner) }
        if let override { return (override.isOccupied ? .occupied : isReserved ? .reserved : .free, .override) }
        guard let sensed, let heardAt, !silence.isOver(at: now, since: heardAt) else {
            return (.unknown, .stale)
        }
        if sensed { return (.occupied, .sensor) }
        return isReserved ? (.reserved, .reservation) : (.free, .sensor)
    }

    /// Whether the status rests on a sensor that has been silent for too long; or on an override that is over.
    package func isSilent(at now: Timestamp) -> Bool {
        guard !isOutOfService else { return false }
        if let override, override.until.map({ now < $0 }) ?? true { return false }
        guard sensed != nil, let heardAt else { return true }
        return silence.isOver(at: now, since: heardAt)
    }

    /// When time alone may change something next; nil: never.
    package var nextDeadline: Timestamp? {
        var next = override?.until
        func consider(_ instant: Timestamp) { next = min(next ?? instant, instant) }
        if let due = occupancy.deadline(span: debounce) { consider(Timestamp(microseconds: due)) }
        if let pending = car.pending { consider(pending.heardAt.advanced(byMicroseconds: debounce)) }
        if let heardAt, status != .unknown, !isOutOfService, override == nil {
            consider(silence.end(after: heardAt))
        }
        return next
    }

    /// In microseconds.
    private var debounce: Int64 { settings.debounceMilliseconds * 1_000 }

    /// What lights up.
    package var color: LEDColor { color(of: status) }

    /// What lights up over a spot of this kind that has a status.
    package func color(of status: SpotStatus) -> LEDColor {
        switch status {
        case .free: kind == .disabled ? .blue : .green
        case .occupied: .red
        case .reserved: .redBlink
        case .outOfService: .off
        case .unknown: .amber
        }
    }
}
