internal import HubModel

/// A report of a spot's sensor, as far as it decides.
struct SpotReport: Hashable, Sendable {
    /// What the sensor itself thinks; nil if it says nothing of that.
    var isOccupied: Bool?
    /// What it measures to the next thing below it, cm; nil if it says nothing of that.
    var distanceCentimetres: Double?
    /// When it was so.
    var observedAt: Timestamp
    /// When the hub heard it.
    var receivedAt: Timestamp
}

/// Why a status changed.
enum ChangeSource: String, Sendable {
    case sensor, override, stale, reservation, owner
}

/// One spot's state: what its sensor says, what people decided, and what follows. A value; the line tells it what happens and when.
struct SpotState: Hashable, Sendable {
    var kind: SpotKind
    var settings: SensorSettings
    /// How long silence is no news, in seconds; the lot's.
    var staleSeconds: Int64

    /// What the sensor says, after threshold and debounce; nil: it never said anything.
    var sensed: Bool?
    /// Since when.
    var sensedSince: Timestamp?
    /// A change that has not yet lasted long enough.
    var candidate: Candidate?
    var distanceCentimetres: Double?
    var observedAt: Timestamp?
    var heardAt: Timestamp?
    var isOutOfService = false
    var override: Override?
    /// Whether a reservation holds it at present.
    var isReserved = false

    /// What people are told.
    var status = SpotStatus.unknown
    var statusSince: Timestamp

    /// A change that waits to be believed.
    struct Candidate: Hashable, Sendable {
        var isOccupied: Bool
        var since: Timestamp
    }

    /// What became of a report.
    enum Taking: Hashable, Sendable {
        /// It counts; `settle` says what follows.
        case taken
        /// It is older than what is known: for history only.
        case late
    }

    /// Takes a report.
    mutating func take(_ report: SpotReport) -> Taking {
        if let observedAt, report.observedAt < observedAt { return .late }
        observedAt = report.observedAt
        heardAt = max(heardAt ?? report.receivedAt, report.receivedAt)
        if let distance = report.distanceCentimetres { distanceCentimetres = distance }
        guard let isOccupied = reading(of: report) else { return .taken }
        sense(isOccupied, at: report.observedAt)
        return .taken
    }

    /// What a report says of the spot; nil inside the band of the hysteresis while nothing is known.
    private func reading(of report: SpotReport) -> Bool? {
        let byDistance: Bool? = report.distanceCentimetres.flatMap { distance in
            let half = settings.hysteresisCentimetres / 2
            if distance < settings.thresholdCentimetres - half { return true }
            if distance > settings.thresholdCentimetres + half { return false }
            return candidate?.isOccupied ?? sensed
        }
        switch settings.decides {
        case .flag: return report.isOccupied ?? byDistance
        case .distance: return byDistance ?? report.isOccupied
        }
    }

    /// The first change after a quiet time counts at once, so that a page shows a car within the second; a change back right after it
    /// must last, so that a person who walks by makes no session.
    private mutating func sense(_ isOccupied: Bool, at instant: Timestamp) {
        guard let known = sensed, let since = sensedSince else {
            (sensed, sensedSince, candidate) = (isOccupied, instant, nil)
            return
        }
        guard isOccupied != known else {
            candidate = nil
            return
        }
        let debounce = settings.debounceMilliseconds * 1_000
        if let waiting = candidate {
            guard instant.microseconds(since: waiting.since) >= debounce else { return }
            (sensed, sensedSince, candidate) = (isOccupied, waiting.since, nil)
        } else if instant.microseconds(since: since) >= debounce {
            (sensed, sensedSince) = (isOccupied, instant)
        } else {
            candidate = Candidate(isOccupied: isOccupied, since: instant)
        }
    }

    /// What has become of the status by now.
    /// - Returns: whether it changed, and why.
    mutating func settle(at now: Timestamp) -> ChangeSource? {
        if let until = override?.until, now >= until { override = nil }
        if let waiting = candidate, let heardAt,
            now.microseconds(since: waiting.since) >= settings.debounceMilliseconds * 1_000,
            // Only what is still being said: silence confirms nothing.
            heardAt >= waiting.since
        {
            (sensed, sensedSince, candidate) = (waiting.isOccupied, waiting.since, nil)
        }
        let (next, source) = judge(at: now)
        guard next != status else { return nil }
        status = next
        statusSince = now
        return source
    }

    private func judge(at now: Timestamp) -> (SpotStatus, ChangeSource) {
        if isOutOfService { return (.outOfService, .owner) }
        if let override { return (override.isOccupied ? .occupied : isReserved ? .reserved : .free, .override) }
        guard let sensed, let heardAt, now < heardAt.advanced(bySeconds: staleSeconds) else { return (.unknown, .stale) }
        if sensed { return (.occupied, .sensor) }
        return isReserved ? (.reserved, .reservation) : (.free, .sensor)
    }

    /// When time alone may change the status next; nil: never.
    var nextDeadline: Timestamp? {
        var deadlines: [Timestamp] = []
        if let until = override?.until { deadlines.append(until) }
        if let candidate {
            deadlines.append(candidate.since.advanced(byMicroseconds: settings.debounceMilliseconds * 1_000))
        }
        if let heardAt, status != .unknown, !isOutOfService, override == nil {
            deadlines.append(heardAt.advanced(bySeconds: staleSeconds))
        }
        return deadlines.min()
    }

    /// What lights up.
    var color: LEDColor {
        switch status {
        case .free: kind == .disabled ? .blue : .green
        case .occupied: .red
        case .reserved: .redBlink
        case .outOfService: .off
        case .unknown: .amber
        }
    }
}
