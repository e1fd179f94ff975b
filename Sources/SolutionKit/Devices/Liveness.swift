public import HubModel

/// What is known of a device's being there.
public enum LivenessState: String, Sendable, CaseIterable {
    /// Heard of, and nothing says that it is gone.
    case online
    /// Its client said a proper goodbye, as devices do that report and sleep: heard of in time, and expected again.
    case asleep
    /// Gone by its last will, or by its own word.
    case offline
    /// Not heard of for too long: nobody knows.
    case unknown
}

/// The life of a device: heard of, asleep, gone, silent. Every method says whether the state changed.
///
/// How long a silence is no news follows from the device's own habits (`UsualInterval`): three times its usual interval, or its usual sleep;
/// or it is fixed (`SilenceLimit`), and then no habits are noted. A value; the line tells it what happens, and the clock.
public struct Liveness: Sendable {
    /// How it is.
    public private(set) var state: LivenessState
    /// Since when.
    public private(set) var since: Timestamp
    /// When it was last heard.
    public private(set) var lastSeen: Timestamp
    /// How often it reports while it is awake.
    public private(set) var interval: UsualInterval
    /// How long it sleeps.
    public private(set) var nap: UsualInterval
    /// When it went to sleep; nil: it was heard of since, or is gone.
    public private(set) var asleepSince: Timestamp?
    /// How long it may be silent.
    public let limit: SilenceLimit

    /// A device on first contact.
    public init(firstHeardAt instant: Timestamp, limit: SilenceLimit = .usual) {
        self.init(
            state: .online, since: instant, lastSeen: instant, interval: UsualInterval(.awake),
            nap: UsualInterval(.asleep), asleepSince: nil, limit: limit)
    }

    /// A device as it was kept.
    public init(
        state: LivenessState, since: Timestamp, lastSeen: Timestamp, interval: UsualInterval, nap: UsualInterval,
        asleepSince: Timestamp?, limit: SilenceLimit = .usual
    ) {
        self.state = state
        self.since = since
        self.lastSeen = lastSeen
        self.interval = interval
        self.nap = nap
        self.asleepSince = asleepSince
        self.limit = limit
    }

    /// The device said something.
    public mutating func heard(at instant: Timestamp) -> Bool {
        if case .usual = limit { noteHabit(at: instant) }
        asleepSince = nil
        lastSeen = instant
        return become(.online, at: instant)
    }

    private mutating func noteHabit(at instant: Timestamp) {
        if let asleepSince {
            nap.note(duration: instant.microseconds(since: asleepSince))
            interval.pause(at: instant)
        } else if state == .offline {
            // The time it was known to be away says nothing about its habits.
            interval.pause(at: instant)
        } else {
            interval.note(instant, after: lastSeen)
        }
    }

    /// The client of a device said goodbye as a client should. One that reported in time is asleep; of one that was gone or silent before,
    /// nothing new is known.
    public mutating func disconnected(at instant: Timestamp) -> Bool {
        guard state == .online else { return false }
        asleepSince = instant
        return become(.asleep, at: instant)
    }

    /// The device is gone by its will or its own word.
    public mutating func left(at instant: Timestamp) -> Bool {
        asleepSince = nil
        return become(.offline, at: instant)
    }

    /// Whether it was silent for so long that nobody knows any more. When the machine's clock was set back by more than that,
    /// nobody knows either: it would otherwise be waited for twice as long, or for hours.
    public func isOverdue(at now: Timestamp) -> Bool {
        switch state {
        case .online, .asleep: now >= unknownFrom || lastSeen.microseconds(since: now) > staleAfter
        case .offline, .unknown: false
        }
    }

    /// When a silence makes it unknown, if nothing is heard of it; now, if it is overdue. Nil for one of which nothing is expected.
    public func deadline(at now: Timestamp) -> Timestamp? {
        switch state {
        case .online, .asleep: isOverdue(at: now) ? min(now, unknownFrom) : unknownFrom
        case .offline, .unknown: nil
        }
    }

    /// Time went by. Unknown begins when the silence became too long, which may be before now if nobody looked.
    public mutating func passed(to now: Timestamp) -> Bool {
        isOverdue(at: now) && become(.unknown, at: min(staleAt, now))
    }

    /// Silence since it was last heard of that makes its state unknown, in microseconds. Of a device that sleeps it is measured by its
    /// naps; where none is known, by how it reports while it is awake, or it is the longest that is waited for one: an hour.
    public var staleAfter: Int64 {
        if case .fixed(let silence) = limit { return silence.microseconds }
        if asleepSince != nil {
            return usualNap.map { nap.patience(for: $0) + awake }
                ?? (interval.median == nil ? UsualInterval.longestPatience : interval.staleAfter)
        }
        // One report each time that it wakes.
        if interval.median == nil, let usualNap { return nap.patience(for: usualNap) }
        return interval.staleAfter
    }

    /// When a device that is asleep should be heard of next; nil where it cannot be told.
    public var expectedAt: Timestamp? {
        guard state == .asleep, let asleepSince else { return nil }
        if let usualNap { return asleepSince.advanced(byMicroseconds: usualNap) }
        return interval.median.map { lastSeen.advanced(byMicroseconds: $0) }
    }

    /// A device that otherwise reports all the time may have been away once; twice is a habit.
    private var usualNap: Int64? {
        nap.count >= (interval.median == nil ? 1 : 2) ? nap.median : nil
    }

    /// From its last report until it went to sleep.
    private var awake: Int64 { asleepSince.map { max(0, $0.microseconds(since: lastSeen)) } ?? 0 }

    private var staleAt: Timestamp { lastSeen.advanced(byMicroseconds: staleAfter) }

    /// The first instant at which the silence is too long: a habit may be kept to the end of its time.
    private var unknownFrom: Timestamp {
        switch limit {
        case .usual: staleAt.advanced(byMicroseconds: 1)
        case .fixed(let silence): silence.end(after: lastSeen)
        }
    }

    private mutating func become(_ next: LivenessState, at instant: Timestamp) -> Bool {
        guard next != state else { return false }
        state = next
        since = instant
        return true
    }
}
