internal import HubModel

/// What is known of a node's being there.
enum NodeState: String, Sendable, CaseIterable {
    /// Connected and heard of.
    case online
    /// Gone by its own word: last will, clean disconnect, or it said so.
    case offline
    /// Not heard of for too long: nobody knows.
    case unknown
}

/// The life of a node: heard of, gone, silent. Every method says whether the state changed.
struct Liveness: Sendable {
    private(set) var state: NodeState
    private(set) var since: Timestamp
    private(set) var lastSeen: Timestamp
    private(set) var interval: UsualInterval

    /// A node on first contact.
    init(firstHeardAt instant: Timestamp) {
        self.init(state: .online, since: instant, lastSeen: instant, interval: UsualInterval())
    }

    /// A node as it was kept.
    init(state: NodeState, since: Timestamp, lastSeen: Timestamp, interval: UsualInterval) {
        self.state = state
        self.since = since
        self.lastSeen = lastSeen
        self.interval = interval
    }

    /// The node said something.
    mutating func heard(at instant: Timestamp) -> Bool {
        // The time it was known to be away says nothing about its habits.
        if state == .offline { interval.pause(at: instant) } else { interval.note(instant, after: lastSeen) }
        lastSeen = instant
        return become(.online, at: instant)
    }

    /// The node is gone by its own word.
    mutating func left(at instant: Timestamp) -> Bool {
        become(.offline, at: instant)
    }

    /// Whether it was silent for so long that nobody knows any more. When the machine's clock was set back by more than that,
    /// nobody knows either: it would otherwise be waited for twice as long, or for hours.
    func isOverdue(at now: Timestamp) -> Bool {
        state == .online && (now > staleAt || lastSeen.microseconds(since: now) > interval.staleAfter)
    }

    /// Time went by. Unknown begins when the silence became too long, which may be before now if nobody looked.
    mutating func passed(to now: Timestamp) -> Bool {
        isOverdue(at: now) && become(.unknown, at: min(staleAt, now))
    }

    private var staleAt: Timestamp { lastSeen.advanced(byMicroseconds: interval.staleAfter) }

    private mutating func become(_ next: NodeState, at instant: Timestamp) -> Bool {
        guard next != state else { return false }
        state = next
        since = instant
        return true
    }
}

/// How often a node usually reports: the median of its last intervals, in microseconds.
///
/// What comes within a second counts as one report: a node that sends telemetry and status in one breath every five minutes has
/// an interval of five minutes.
struct UsualInterval: Sendable {
    /// Silence longer than this makes the node's state unknown: three intervals, between 30 s and 1 h; 90 s while no interval is known.
    private(set) var staleAfter: Int64 = 90_000_000
    /// The median; nil while none is known.
    private(set) var median: Int64?
    private var recent: [Int64] = []
    private var next = 0
    private var reportBegan: Timestamp?

    private static let breath: Int64 = 1_000_000
    private static let kept = 5
    /// Three of these are the hour beyond which silence always counts; one night's pause must not look like a habit of days.
    private static let longest: Int64 = 1_200_000_000

    /// No interval known yet.
    init() {}

    /// An interval as it was kept.
    init(median: Int64?) {
        if let median { add(median) }
    }

    /// A message arrived; `previous` is when the one before it did.
    mutating func note(_ instant: Timestamp, after previous: Timestamp) {
        let elapsed = instant.microseconds(since: reportBegan ?? previous)
        // A clock that was set back begins anew.
        guard elapsed >= UsualInterval.breath || elapsed < 0 else { return }
        reportBegan = instant
        if elapsed > 0 { add(min(elapsed, UsualInterval.longest)) }
    }

    /// A message arrived after a time that does not count.
    mutating func pause(at instant: Timestamp) {
        reportBegan = instant
    }

    private mutating func add(_ interval: Int64) {
        if recent.count < UsualInterval.kept {
            recent.append(interval)
        } else {
            recent[next] = interval
            next = (next + 1) % UsualInterval.kept
        }
        let median = recent.sorted()[recent.count / 2]
        self.median = median
        staleAfter = min(max(3 * median, 30_000_000), 3_600_000_000)
    }
}
