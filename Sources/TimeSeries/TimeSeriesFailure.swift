/// Why the store could not do what was asked.
public enum TimeSeriesFailure: Error, Sendable, Hashable {
    /// More unsealed rows than memory is meant for: sealing does not keep up, or fails. Try again later.
    case headFull(bytes: Int)
    /// A range that ends before it begins, a step or a limit below 1.
    case badRange
    /// The range has more buckets of the step than are allowed.
    case tooManyBuckets(limit: Int)
    /// The configuration cannot work; `reason` says why.
    case badConfiguration(reason: String)
    /// Sealing one slot of one series would need more chunks than a file can number.
    case slotFull(series: Int64)
    /// A month file belongs to another main database: it says so, or what it calls by an id is something else here.
    case foreignMonth(file: String, series: SeriesKey?)
}

extension TimeSeriesFailure: CustomStringConvertible {
    /// One sentence for the log.
    public var description: String {
        switch self {
        case .headFull(let bytes): "\(bytes) bytes of telemetry wait to be sealed, which is more than allowed"
        case .badRange: "a range that ends before it begins, or a step or limit below 1"
        case .tooManyBuckets(let limit): "more than \(limit) buckets"
        case .badConfiguration(let reason): "configuration: \(reason)"
        case .slotFull(let series): "too many chunks in a slot of series \(series)"
        case .foreignMonth(let file, let series):
            "\(file) belongs to another database"
                + (series.map { ": what it calls \($0.source) \($0.measurement) is another series here" } ?? "")
        }
    }
}
