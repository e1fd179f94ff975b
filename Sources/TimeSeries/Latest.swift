internal import Synchronization

/// The latest values of a series: those of the last report that was not marked late, whatever its time says, and of late
/// ones what is newer than that.
public struct LatestReport: Sendable, Hashable {
    /// The series.
    public var series: SeriesKey
    /// The time of its latest report, µs since 1970 UTC.
    public var time: Int64
    /// When that report came in, µs since 1970 UTC, where it was given.
    public var receivedAt: Int64?
    /// That report's marks.
    public var flags: ReportFlags
    /// Each field's latest value, with its own time: a device need not report all fields every time.
    public var fields: [LatestField]

    /// Makes a report.
    public init(
        series: SeriesKey, time: Int64, receivedAt: Int64? = nil, flags: ReportFlags = [], fields: [LatestField]
    ) {
        self.series = series
        self.time = time
        self.receivedAt = receivedAt
        self.flags = flags
        self.fields = fields
    }
}

/// A field's latest value.
public struct LatestField: Sendable, Hashable {
    /// The field's name.
    public var name: String
    /// When it was measured, µs since 1970 UTC.
    public var time: Int64
    /// Its value.
    public var value: Value

    /// Makes a field.
    public init(_ name: String, time: Int64, _ value: Value) {
        self.name = name
        self.time = time
        self.value = value
    }
}

/// A series and its fields.
public struct SeriesInfo: Sendable, Hashable {
    /// The series.
    public var key: SeriesKey
    /// Its fields, in the order in which they were first seen.
    public var fields: [String]
    /// The time of its latest report, µs since 1970 UTC.
    public var lastTime: Int64
}

extension TimeSeriesStore {
    /// The latest values of a series, from memory; nil when nothing was ever stored.
    public func latest(_ series: SeriesKey) -> LatestReport? {
        heads.withLock { $0.head(series)?.latestReport }
    }

    /// The latest values of all series of a source, from memory, in the order in which they were first seen.
    public func latest(source: String) -> [LatestReport] {
        heads.withLock { heads in
            (heads.bySource[source] ?? []).compactMap { heads.all[Int($0)].latestReport }
        }
    }

    /// The series of a source, or all, in the order in which they were first seen.
    public func series(source: String? = nil) -> [SeriesInfo] {
        heads.withLock { heads in
            guard let source else { return heads.all.map(\.info) }
            return (heads.bySource[source] ?? []).map { heads.all[Int($0)].info }
        }
    }
}

extension SeriesHead {
    fileprivate var latestReport: LatestReport? {
        guard latest.time > Int64.min else { return nil }
        return LatestReport(
            series: key, time: latest.time, receivedAt: latest.delay.map { latest.time &+ $0 },
            flags: ReportFlags(rawValue: latest.flags),
            fields: zip(fields.names, latest.entries).compactMap { name, entry in
                entry.value.map { LatestField(name, time: entry.time, $0) }
            })
    }

    fileprivate var info: SeriesInfo {
        SeriesInfo(key: key, fields: fields.names, lastTime: latest.time)
    }
}

extension LatestValues.Entry {
    fileprivate var value: Value? {
        if cell.tag == Cell.text { return .text(text) }
        return Column(tags: [cell.tag], words: [cell.word]).value(0)
    }
}
