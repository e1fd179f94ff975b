public import HubModel

/// What a stale time would have done, replayed on what sensors said: how often a resource would have become unknown for nothing, and how
/// often a sensor that had fallen silent would have been noticed. Replays of several sensors add up with `+`.
public struct StaleReplay: Hashable, Sendable {
    /// How often the resource would have become unknown.
    public private(set) var unknowns = 0
    /// How often for nothing: the next report said the same as the one before.
    public private(set) var falseUnknowns = 0
    /// How long for nothing, in seconds.
    public private(set) var falseSeconds = 0.0
    /// Silences in which something was missed: a report stayed away, and the next one said something else, or none came any more.
    public private(set) var silences = 0
    /// How many of those would have been noticed.
    public private(set) var seen = 0
    /// How long pages went on showing what was no longer sure, in seconds, over all silences.
    public private(set) var unawareSeconds = 0.0

    /// The replay of no reports.
    public init() {}

    /// Replays a sensor's reports.
    /// - Parameters:
    ///   - reports: in order of time.
    ///   - end: how long the last one is followed.
    ///   - staleSeconds: the stale time, in seconds.
    public init<Said>(_ reports: [SensorReport<Said>], until end: Timestamp, staleSeconds: Int64) {
        guard let last = reports.last else { return }
        let pairs = zip(reports, reports.dropFirst())
        let lengths = pairs.map { $1.at.microseconds(since: $0.at) }
        let stale = staleSeconds * 1_000_000
        // A silence is two usual intervals at least: a report is missing.
        let usual = lengths.isEmpty ? 0 : lengths.sorted()[lengths.count / 2]
        for ((before, after), length) in zip(pairs, lengths) {
            count(interval: length, isSame: before.said == after.said, stale: stale, usual: usual)
        }
        let length = end.microseconds(since: last.at)
        if length > 2 * usual { count(interval: length, isSame: false, stale: stale, usual: usual) }
    }

    /// Replays a sensor's reports where some are lost or out of reach.
    /// - Parameter gaps: by time, none within another; what is in a gap is not taken for silence.
    public init<Said>(
        _ reports: [SensorReport<Said>], gaps: [ReadingGap], until end: Timestamp, staleSeconds: Int64
    ) {
        self = SensorReport.sections(of: reports, gaps: gaps, until: end).reduce(StaleReplay()) { sum, section in
            sum + StaleReplay(section.reports, until: section.end, staleSeconds: staleSeconds)
        }
    }

    private mutating func count(interval: Int64, isSame: Bool, stale: Int64, usual: Int64) {
        if interval > stale {
            unknowns += 1
            if isSame {
                falseUnknowns += 1
                falseSeconds += Double(interval - stale) / 1e6
            }
        }
        guard !isSame, interval > 2 * usual else { return }
        silences += 1
        if interval > stale { seen += 1 }
        unawareSeconds += Double(min(interval, stale)) / 1e6
    }

    /// The replays of two sensors together.
    public static func + (one: StaleReplay, other: StaleReplay) -> StaleReplay {
        var sum = one
        sum.unknowns += other.unknowns
        sum.falseUnknowns += other.falseUnknowns
        sum.falseSeconds += other.falseSeconds
        sum.silences += other.silences
        sum.seen += other.seen
        sum.unawareSeconds += other.unawareSeconds
        return sum
    }
}
