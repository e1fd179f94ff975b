/// How a store keeps its data.
public struct TimeSeriesConfiguration: Sendable, Hashable {
    /// The folder of the month files `telemetry-YYYY-MM.db`. It must exist.
    public var folder: String
    /// Chunks hold the rows of one slot of this many seconds; it must divide a day. Files keep the slot they were made
    /// with. Default 14,400 (4 h).
    public var slotSeconds: Int
    /// A slot is sealed this many seconds after it is over, so that what comes a little late is sealed with it.
    /// Default 600.
    public var graceSeconds: Int
    /// Heads are sealed early at this many bytes; at twice as many `append` throws `headFull`. Default 256 MiB.
    public var headBytes: Int
    /// Reports older than this many days are refused and month files that are older as a whole are removed by
    /// `enforceRetention`. nil keeps everything. Default nil.
    public var retentionDays: Int?
    /// Month files that are open at the same time; each takes some seven descriptors while it is read. More than these are
    /// opened in turn. Default 12.
    public var openMonths: Int
    /// What is accepted.
    public var limits: StoreLimits

    /// A configuration with the defaults named at each property.
    public init(folder: String) {
        self.folder = folder
        self.slotSeconds = 14_400
        self.graceSeconds = 600
        self.headBytes = 256 << 20
        self.retentionDays = nil
        self.openMonths = 12
        self.limits = StoreLimits()
    }

    /// The earliest time of a report that is taken, µs since 1970 UTC.
    func earliest(now: Int64) -> Int64 {
        guard let past = limits.past else { return oldest(now: now) }
        return max(oldest(now: now), now.subtractingReportingOverflow(past).partialValue)
    }

    /// The earliest time that is kept, µs since 1970 UTC; nothing is kept from before 1970.
    func oldest(now: Int64) -> Int64 {
        guard let retentionDays else { return 0 }
        let (span, tooLong) = Int64(max(0, retentionDays)).multipliedReportingOverflow(by: Month.day)
        return tooLong ? 0 : max(0, now.subtractingReportingOverflow(span).partialValue)
    }
}
