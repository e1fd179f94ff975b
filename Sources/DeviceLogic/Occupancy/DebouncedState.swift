/// A yes or no that a sensor says, and what of it is believed.
///
/// The first change after a quiet time counts at once, so that people see it within the second; a change back right after it must last, so that
/// lights do not flicker. Silence confirms, since many sensors speak only of changes.
///
/// Instants are whole numbers of one unit that the caller chooses, as is the span for which a change must last: a device takes milliseconds of
/// its monotonic clock, the hub microseconds since 1970. Two clocks are told apart, the sensor's (`observedAt`) and the listener's (`heardAt`),
/// which may differ by any amount; for a device that listens to its own sensor they are one. Differences too large for 64 bits are clamped.
public struct DebouncedState: Sendable, Hashable {
    /// What is believed.
    public struct Belief: Sendable, Hashable {
        /// What the sensor said.
        public var isOccupied: Bool
        /// Since when, by the sensor's clock.
        public var since: Int64

        /// A belief since an instant.
        public init(isOccupied: Bool, since: Int64) {
            self.isOccupied = isOccupied
            self.since = since
        }
    }

    /// A change that waits to be believed.
    public struct Candidate: Sendable, Hashable {
        /// What the sensor said.
        public var isOccupied: Bool
        /// When it was observed, by the sensor's clock.
        public var since: Int64
        /// When it was heard, by the listener's.
        public var heardAt: Int64

        /// A change that was observed and heard at these instants.
        public init(isOccupied: Bool, since: Int64, heardAt: Int64) {
            self.isOccupied = isOccupied
            self.since = since
            self.heardAt = heardAt
        }
    }

    /// For how long a change back must last unless it is said, in milliseconds.
    public static let usualMilliseconds: Int64 = 2_000

    /// What is believed; nil: nothing was ever said.
    public var belief: Belief?
    /// A change that has not lasted long enough; nil: none waits.
    public var candidate: Candidate?

    /// A state of which nothing is known.
    public init(belief: Belief? = nil, candidate: Candidate? = nil) {
        self.belief = belief
        self.candidate = candidate
    }

    /// What the sensor said last.
    public var latest: Bool? { candidate?.isOccupied ?? belief?.isOccupied }

    /// Takes what a sensor says.
    /// - Parameters:
    ///   - instant: when that was so, by its clock.
    ///   - heardAt: when it was heard, by the listener's.
    ///   - span: for how long a change back must last.
    public mutating func take(_ isOccupied: Bool, observedAt instant: Int64, heardAt: Int64, span: Int64) {
        guard let known = belief else {
            believe(isOccupied, since: instant)
            return
        }
        guard isOccupied != known.isOccupied else {
            candidate = nil
            return
        }
        if let waiting = candidate {
            guard instant.distance(since: waiting.since) >= span else { return }
            believe(isOccupied, since: waiting.since)
        } else if instant.distance(since: known.since) >= span || instant < known.since {
            // Before it only when a clock was set back: the listener's, or the sensor's.
            believe(isOccupied, since: instant)
        } else {
            candidate = Candidate(isOccupied: isOccupied, since: instant, heardAt: heardAt)
        }
    }

    /// Believes a change against which no word has come for long enough; also one that was heard later than now, because then the clock was set
    /// back and nobody knows how long ago that was.
    public mutating func settle(at now: Int64, span: Int64) {
        guard let waiting = candidate, now.distance(since: waiting.heardAt) >= span || waiting.heardAt > now else {
            return
        }
        believe(waiting.isOccupied, since: waiting.since)
    }

    /// When `settle` has something to believe, by the listener's clock; nil while nothing waits.
    public func deadline(span: Int64) -> Int64? { candidate.map { $0.heardAt.clampedSum(span) } }

    private mutating func believe(_ isOccupied: Bool, since instant: Int64) {
        belief = Belief(isOccupied: isOccupied, since: instant)
        candidate = nil
    }
}
