public import HubModel

/// How often a device usually reports, or how long it usually sleeps: the median of the last times, in microseconds.
///
/// What comes within a second counts as one report: a device that sends telemetry and status in one breath every five minutes has
/// an interval of five minutes.
public struct UsualInterval: Sendable {
    /// What is measured.
    public enum Kind: Sendable {
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

    /// Silence longer than this makes the device's state unknown: three intervals, between 30 s and 1 h; 90 s while no interval is known.
    public private(set) var staleAfter: Int64 = 90_000_000
    /// The median; nil while none is known.
    public private(set) var median: Int64?
    private let kind: Kind
    private var recent: [Int64] = []
    private var next = 0
    private var reportBegan: Timestamp?

    private static let breath: Int64 = 1_000_000
    private static let kept = 5
    /// How long one waits for a device that has gone to sleep for the first time.
    public static let longestPatience: Int64 = 3_600_000_000

    /// No interval known yet.
    public init(_ kind: Kind) {
        self.kind = kind
    }

    /// An interval as it was kept: a habit.
    public init(_ kind: Kind, median: Int64?) {
        self.kind = kind
        guard let median else { return }
        add(median)
        if kind == .asleep { add(median) }
    }

    /// As `text` kept it; of a row that has none yet, as the median says.
    public init(_ kind: Kind, text: String?, median: Int64?) {
        self.init(kind, median: median)
        guard let text else { return }
        let numbers = text.split(separator: " ", omittingEmptySubsequences: false).map { Int64($0) }
        self.init(kind)
        reportBegan = numbers.first.flatMap { $0 }.map(Timestamp.init(microseconds:))
        for case let interval? in numbers.dropFirst().prefix(UsualInterval.kept) where interval > 0 { add(interval) }
    }

    /// All that is known, so that a restart changes no median: when the present report began, then the last times, oldest first.
    public var text: String {
        let oldestFirst = recent[next...] + recent[..<next]
        let began = reportBegan.map { String($0.microseconds) } ?? ""
        return ([began] + oldestFirst.map(String.init)).joined(separator: " ")
    }

    /// Of how many times the median is, at most five.
    public var count: Int { recent.count }

    /// A message arrived; `previous` is when the one before it did.
    public mutating func note(_ instant: Timestamp, after previous: Timestamp) {
        let elapsed = instant.microseconds(since: reportBegan ?? previous)
        // A clock that was set back begins anew.
        guard elapsed >= UsualInterval.breath || elapsed < 0 else { return }
        reportBegan = instant
        if elapsed > 0 { add(min(elapsed, kind.longest)) }
    }

    /// A time of this length is over. None of a clock that was set back.
    public mutating func note(duration: Int64) {
        if duration > 0 { add(min(duration, kind.longest)) }
    }

    /// A message arrived after a time that does not count.
    public mutating func pause(at instant: Timestamp) {
        reportBegan = instant
    }

    /// Three times an interval, at least 30 s and at most three times the longest.
    public func patience(for interval: Int64) -> Int64 { min(max(3 * interval, 30_000_000), 3 * kind.longest) }

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
