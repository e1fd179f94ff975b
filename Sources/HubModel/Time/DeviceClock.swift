/// A device's clock, as far as the hub sees it: the one rule by which a time stamp becomes the time of a reading, and by
/// which a reading is news or history (docs/decisions/008-clocks.md).
///
/// One value for each series of a device, told of every report in the order of receipt. What it remembers is kept with the
/// device (`text`), so that a restart changes no decision.
public struct DeviceClock: Hashable, Sendable {
    /// The newest stamp of what was news, by the device's own clock, but never later than its receipt: a clock that runs
    /// ahead must not make later reports late.
    public private(set) var newest: Timestamp?
    /// When the newest news was received.
    public private(set) var heardAt: Timestamp?
    /// The latest time under which news was stored. Nothing else is stored before it as news, so that a clock that repeats an
    /// hour overwrites nothing.
    private(set) var storedUntil: Timestamp?
    /// What speaks against the clock at present.
    private(set) var doubt: Doubt?

    /// Whether the last stamps did not fit to what was known; rare, and to be kept at once.
    public var isInDoubt: Bool { doubt != nil }

    /// Reports that do not fit to the newest stamp.
    struct Doubt: Hashable, Sendable {
        /// The stamp from which the next one is looked at …
        var stamp: Timestamp
        /// … and when it was received.
        var heardAt: Timestamp
        /// When the first of these reports was received.
        var since: Timestamp
        /// How many of them came one by one, at times at which a device speaks of the present.
        var count: Int64
    }

    /// What becomes of one report.
    private typealias Observation = (observed: ObservationTime, isLate: Bool)

    /// The clock of a device that was not heard of yet.
    public init() {}

    /// The clock of a device of which only the newest stamp is known, and when it was received.
    public init(newest: Timestamp?, heardAt: Timestamp?) {
        guard let newest else { return }
        self.newest = newest
        self.heardAt = max(heardAt ?? newest, newest)
        storedUntil = newest
    }

    /// From here on apart, a report may be of the present; what comes faster is a buffer that is emptied, or one breath.
    private static let burst: Int64 = 500_000
    /// So long a clock is watched before it is believed to run.
    private static let watch: Int64 = 2_000_000
    /// By so much a stamp may miss the pace, beside a tenth of the time that passed: whole seconds, and a slow network.
    private static let jitter: Int64 = 1_500_000
    /// This many reports one by one that do not fit to each other either, and the stamps are of no use.
    private static let patience: Int64 = 3
    /// So long a buffer may be emptied without any news in between, in microseconds.
    private static let longestDrain: Int64 = 60_000_000
    /// By so much one report may overtake another on its way through the hub: the body of a slow request.
    private static let overtaking: Int64 = 10_000_000
    /// A clock that runs, but is behind by more, is of no use: as one that is ahead by more (`ObservationTime`).
    private static let farthestBehind: Int64 = 86_400_000_000

    /// Judges a report.
    /// - Parameters:
    ///   - claimed: the stamp; nil when the report has none that can be read.
    ///   - receivedAt: when the hub received it.
    ///   - isRepeat: whether the device sends it once more because it heard of no acknowledgement: that a stamp is old, or comes again,
    ///     then says nothing of its clock.
    /// - Returns: the time under which it is stored, and whether it is history: the present knows better.
    public mutating func take(
        _ claimed: Timestamp?, receivedAt: Timestamp, isRepeat: Bool = false
    ) -> (observed: ObservationTime, isLate: Bool) {
        // The hub's own clock was set back: all that was known is of another time.
        if let heardAt, heardAt.microseconds(since: receivedAt) > DeviceClock.overtaking { self = DeviceClock() }
        let believed = ObservationTime(claimed: claimed, receivedAt: receivedAt)
        // Two doors may hand over in another order than they received.
        let receivedAt = max(receivedAt, heardAt ?? receivedAt)
        guard believed.source == .device else {
            // It says nothing of the clock, and is the newest of all.
            newest = receivedAt
            return news(nil, receivedAt)
        }
        let stamp = believed.instant
        if let doubt, doubt.count >= DeviceClock.patience { return whileUseless(stamp, doubt, receivedAt) }
        guard let newest, let heardAt else { return follow(stamp, receivedAt) }
        if stamp > newest {
            let isFarBehind = receivedAt.microseconds(since: stamp) > DeviceClock.farthestBehind
            let isRunning = isFarBehind && DeviceClock.runs(from: newest, at: heardAt, to: stamp, at: receivedAt)
            return follow(stamp, receivedAt, isOfUse: !isRunning)
        }
        if isRepeat { return stamp == newest ? news(stamp, receivedAt, isAgain: true) : history(stamp) }
        return stamp == newest ? again(stamp, heardAt, receivedAt) : before(stamp, heardAt, receivedAt)
    }

    /// A stamp that the clock is believed to have reached.
    private mutating func follow(_ stamp: Timestamp, _ receivedAt: Timestamp, isOfUse: Bool = true) -> Observation {
        doubt = nil
        newest = min(stamp, receivedAt)
        return news(isOfUse ? stamp : nil, receivedAt)
    }

    /// The newest stamp once more: the same message again, or a clock that does not run.
    private mutating func again(
        _ stamp: Timestamp, _ heardAt: Timestamp, _ receivedAt: Timestamp
    ) -> Observation {
        if receivedAt.microseconds(since: heardAt) >= DeviceClock.burst { note(stamp, receivedAt, counts: true) }
        if let doubt, doubt.count >= DeviceClock.patience { return news(nil, receivedAt) }
        return news(stamp, receivedAt, isAgain: true)
    }

    /// A stamp from before the newest: history, unless the device says by the next ones that its clock was set back.
    private mutating func before(
        _ stamp: Timestamp, _ heardAt: Timestamp, _ receivedAt: Timestamp
    ) -> Observation {
        guard let doubt else {
            note(stamp, receivedAt, counts: true)
            return history(stamp)
        }
        let passed = receivedAt.microseconds(since: doubt.heardAt)
        if DeviceClock.keepsPace(stamp.microseconds(since: doubt.stamp), passed) {
            // Watched from the first of them on: a fast sensor is believed as soon as a slow one.
            return passed >= DeviceClock.watch ? follow(stamp, receivedAt) : history(stamp)
        }
        let isBuffered = passed < DeviceClock.burst || stamp.microseconds(since: doubt.stamp) > passed
        guard isBuffered else {
            note(stamp, receivedAt, counts: true)
            return self.doubt.map { $0.count >= DeviceClock.patience } == true ? news(nil, receivedAt) : history(stamp)
        }
        // Also a report without a stamp is news.
        let draining = receivedAt.microseconds(since: max(doubt.since, heardAt))
        guard draining <= DeviceClock.longestDrain else {
            // Nothing newer has come for so long that this is what there is. Its time stays its own.
            self.doubt = nil
            newest = stamp
            self.heardAt = receivedAt
            return (observed: ObservationTime(device: stamp), isLate: false)
        }
        note(stamp, receivedAt, counts: false)
        return history(stamp)
    }

    /// The stamps were of no use so far: they are again when they run.
    private mutating func whileUseless(
        _ stamp: Timestamp, _ doubt: Doubt, _ receivedAt: Timestamp
    ) -> Observation {
        if DeviceClock.runs(from: doubt.stamp, at: doubt.heardAt, to: stamp, at: receivedAt) {
            return follow(stamp, receivedAt)
        }
        note(stamp, receivedAt, counts: false)
        newest = receivedAt
        return news(nil, receivedAt)
    }

    private mutating func note(_ stamp: Timestamp, _ receivedAt: Timestamp, counts: Bool) {
        doubt = Doubt(
            stamp: stamp, heardAt: receivedAt, since: doubt?.since ?? receivedAt,
            count: min((doubt?.count ?? 0) + (counts ? 1 : 0), DeviceClock.patience))
    }

    private func history(_ stamp: Timestamp) -> Observation {
        (observed: ObservationTime(device: stamp), isLate: true)
    }

    /// News is stored in the order in which it comes: under its stamp where that is possible, else under the time of receipt.
    private mutating func news(
        _ stamp: Timestamp?, _ receivedAt: Timestamp, isAgain: Bool = false
    ) -> Observation {
        heardAt = receivedAt
        let observed: ObservationTime
        if let stamp, storedUntil.map({ stamp > $0 || isAgain && stamp == $0 }) ?? true {
            observed = ObservationTime(device: stamp)
        } else {
            observed = ObservationTime(claimed: nil, receivedAt: receivedAt)
        }
        storedUntil = max(storedUntil ?? observed.instant, observed.instant)
        return (observed: observed, isLate: false)
    }

    /// Whether a clock went on between two reports as time did, long enough to be believed.
    private static func runs(
        from stamp: Timestamp, at heardAt: Timestamp, to next: Timestamp, at receivedAt: Timestamp
    ) -> Bool {
        let passed = receivedAt.microseconds(since: heardAt)
        return passed >= watch && keepsPace(next.microseconds(since: stamp), passed)
    }

    private static func keepsPace(_ grown: Int64, _ passed: Int64) -> Bool {
        guard grown > 0, passed >= 0 else { return false }
        let (error, overflow) = grown.subtractingReportingOverflow(passed)
        return !overflow && error.magnitude <= UInt64(jitter + passed / 10)
    }
}

extension DeviceClock {
    /// What is to be kept beside `newest` and `heardAt`, as text; nil when there is nothing that they do not say.
    public var text: String? {
        guard doubt != nil || storedUntil != newest else { return nil }
        var parts = [storedUntil?.microseconds]
        if let doubt {
            parts += [doubt.stamp.microseconds, doubt.heardAt.microseconds, doubt.since.microseconds, doubt.count]
        }
        return parts.map { $0.map(String.init) ?? "" }.joined(separator: " ")
    }

    /// The clock as it was kept; what cannot be read of `text` is left out.
    public init(newest: Timestamp?, heardAt: Timestamp?, text: String?) {
        self.init(newest: newest, heardAt: heardAt)
        guard let text else { return }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false).map { Int64($0) }
        if let first = parts.first, let until = first { storedUntil = Timestamp(microseconds: until) }
        guard parts.count == 5, let stamp = parts[1], let heardAt = parts[2], let since = parts[3], let count = parts[4]
        else { return }
        doubt = Doubt(
            stamp: Timestamp(microseconds: stamp), heardAt: Timestamp(microseconds: heardAt),
            since: Timestamp(microseconds: since), count: count)
    }
}
