internal import HubModel

/// What is known of a node's being there.
enum NodeState: String, Sendable, CaseIterable {
    /// Heard of, and nothing says that it is gone.
    case online
    /// Its client said a proper goodbye, as nodes do that report and sleep: heard of in time, and expected again.
    case asleep
    /// Gone by its last will, or by its own word.
    case offline
    /// Not heard of for too long: nobody knows.
    case unknown
}

/// The life of a node: heard of, asleep, gone, silent. Every method says whether the state changed.
struct Liveness: Sendable {
    private(set) var state: NodeState
    private(set) var since: Timestamp
    private(set) var lastSeen: Timestamp
    /// How often it reports while it is awake.
    private(set) var interval: UsualInterval
    /// How long it sleeps.
    private(set) var nap: UsualInterval
    /// When it went to sleep; nil: it was heard of since, or is gone.
    private(set) var asleepSince: Timestamp?

    /// A node on first contact.
    init(firstHeardAt instant: Timestamp) {
        self.init(
            state: .online, since: instant, lastSeen: instant, interval: UsualInterval(.awake),
            nap: UsualInterval(.asleep), asleepSince: nil)
    }

    /// A node as it was kept.
    init(
        state: NodeState, since: Timestamp, lastSeen: Timestamp, interval: UsualInterval, nap: UsualInterval,
        asleepSince: Timestamp?
    ) {
        self.state = state
        self.since = since
        self.lastSeen = lastSeen
        self.interval = interval
        self.nap = nap
        self.asleepSince = asleepSince
    }

    /// The node said something.
    mutating func heard(at instant: Timestamp) -> Bool {
        if let asleepSince {
            nap.note(duration: instant.microseconds(since: asleepSince))
            interval.pause(at: instant)
        } else if state == .offline {
            // The time it was known to be away says nothing about its habits.
            interval.pause(at: instant)
        } else {
            interval.note(instant, after: lastSeen)
        }
        asleepSince = nil
        lastSeen = instant
        return become(.online, at: instant)
    }

    /// The client of a node said goodbye as a client should. One that reported in time is asleep; of one that was gone or silent before,
    /// nothing new is known.
    mutating func disconnected(at instant: Timestamp) -> Bool {
        guard state == .online else { return false }
        asleepSince = instant
        return become(.asleep, at: instant)
    }

    /// The node is gone by its will or its own word.
    mutating func left(at instant: Timestamp) -> Bool {
        asleepSince = nil
        return become(.offline, at: instant)
    }

    /// Whether it was silent for so long that nobody knows any more. When the machine's clock was set back by more than that,
    /// nobody knows either: it would otherwise be waited for twice as long, or for hours.
    func isOverdue(at now: Timestamp) -> Bool {
        switch state {
        case .online, .asleep: now > staleAt || lastSeen.microseconds(since: now) > staleAfter
        case .offline, .unknown: false
        }
    }

    /// Time went by. Unknown begins when the silence became too long, which may be before now if nobody looked.
    mutating func passed(to now: Timestamp) -> Bool {
        isOverdue(at: now) && become(.unknown, at: min(staleAt, now))
    }

    /// Silence since it was last heard of that makes its state unknown, in microseconds. Of a node that sleeps it is measured by its
    /// naps; where none is known, by how it reports while it is awake, or it is the longest that is waited for a node: an hour.
    var staleAfter: Int64 {
        if asleepSince != nil {
            return usualNap.map { nap.patience(for: $0) + awake }
                ?? (interval.median == nil ? UsualInterval.longestPatience : interval.staleAfter)
        }
        // One report each time that it wakes.
        if interval.median == nil, let usualNap { return nap.patience(for: usualNap) }
        return interval.staleAfter
    }

    /// When a node that is asleep should be heard of next; nil where it cannot be told.
    var expectedAt: Timestamp? {
        guard state == .asleep, let asleepSince else { return nil }
        if let usualNap { return asleepSince.advanced(byMicroseconds: usualNap) }
        return interval.median.map { lastSeen.advanced(byMicroseconds: $0) }
    }

    /// A node that otherwise reports all the time may have been away once; twice is a habit.
    private var usualNap: Int64? {
        nap.count >= (interval.median == nil ? 1 : 2) ? nap.median : nil
    }

    /// From its last report until it went to sleep.
    private var awake: Int64 { asleepSince.map { max(0, $0.microseconds(since: lastSeen)) } ?? 0 }

    private var staleAt: Timestamp { lastSeen.advanced(byMicroseconds: staleAfter) }

    private mutating func become(_ next: NodeState, at instant: Timestamp) -> Bool {
        guard next != state else { return false }
        state = next
        since = instant
        return true
    }
}

/// How often a node usually reports, or how long it usually sleeps: the median of the last times, in microseconds.
///
/// What comes within a second counts as one report: a node that sends telemetry and status in one breath every five minutes has
/// an interval of five minutes.
struct UsualInterval: Sendable {
    /// What is measured.
    enum Kind: Sendable {
        /// From report to report.
        case awake
        /// From a goodbye to the next report.
        case asleep

        /// What counts as this much at most: one night's pause must not look like a habit of days. Three of these are the silence that
        /// always counts: an hour, and for one that sleeps a day.
        fileprivate var longest: Int64 {
            switch self {
            case .awake: 1_200_000_000
            case .asleep: 28_800_000_000
            }
        }
    }

    /// Silence longer than this makes the node's state unknown: three intervals, between 30 s and 1 h; 90 s while no interval is known.
    private(set) var staleAfter: Int64 = 90_000_000
    /// The median; nil while none is known.
    private(set) var median: Int64?
    private let kind: Kind
    private var recent: [Int64] = []
    private var next = 0
    private var reportBegan: Timestamp?

    private static let breath: Int64 = 1_000_000
    private static let kept = 5
    /// How long one waits for a node that has gone to sleep for the first time.
    static let longestPatience: Int64 = 3_600_000_000

    /// No interval known yet.
    init(_ kind: Kind) {
        self.kind = kind
    }

    /// An interval as it was kept: a habit.
    init(_ kind: Kind, median: Int64?) {
        self.kind = kind
        guard let median else { return }
        add(median)
        if kind == .asleep { add(median) }
    }

    /// As `text` kept it; of a row that has none yet, as the median says.
    init(_ kind: Kind, text: String?, median: Int64?) {
        self.init(kind, median: median)
        guard let text else { return }
        let numbers = text.split(separator: " ", omittingEmptySubsequences: false).map { Int64($0) }
        self.init(kind)
        reportBegan = numbers.first.flatMap { $0 }.map(Timestamp.init(microseconds:))
        for case let interval? in numbers.dropFirst().prefix(UsualInterval.kept) where interval > 0 { add(interval) }
    }

    /// All that is known, so that a restart changes no median: when the present report began, then the last times, oldest first.
    var text: String {
        let oldestFirst = recent[next...] + recent[..<next]
        let began = reportBegan.map { String($0.microseconds) } ?? ""
        return ([began] + oldestFirst.map(String.init)).joined(separator: " ")
    }

    /// Of how many times the median is, at most five.
    var count: Int { recent.count }

    /// A message arrived; `previous` is when the one before it did.
    mutating func note(_ instant: Timestamp, after previous: Timestamp) {
        let elapsed = instant.microseconds(since: reportBegan ?? previous)
        // A clock that was set back begins anew.
        guard elapsed >= UsualInterval.breath || elapsed < 0 else { return }
        reportBegan = instant
        if elapsed > 0 { add(min(elapsed, kind.longest)) }
    }

    /// A time of this length is over. None of a clock that was set back.
    mutating func note(duration: Int64) {
        if duration > 0 { add(min(duration, kind.longest)) }
    }

    /// A message arrived after a time that does not count.
    mutating func pause(at instant: Timestamp) {
        reportBegan = instant
    }

    /// Three times an interval, at least 30 s and at most three times the longest.
    func patience(for interval: Int64) -> Int64 { min(max(3 * interval, 30_000_000), 3 * kind.longest) }

    private mutating func add(_ interval: Int64) {
        if recent.count < UsualInterval.kept {
            recent.append(interval)
        } else {
            recent[next] = interval
            next = (next + 1) % UsualInterval.kept
        }
        let median = recent.sorted()[recent.count / 2]
        self.median = median
        staleAfter = patience(for: median)
    }
}
