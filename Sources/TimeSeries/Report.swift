/// What one message of a device says: some fields at one time.
public struct Report: Sendable, Hashable {
    /// The series it belongs to.
    public var series: SeriesKey
    /// When it was measured, µs since 1970 UTC. One report a series and time: a second one adds to the first, and
    /// replaces the fields both have.
    public var time: Int64
    /// When it came in, µs since 1970 UTC; nil where that is of no interest. Costs one to two bytes a report.
    public var receivedAt: Int64?
    /// Marks, kept with the report.
    public var flags: ReportFlags
    /// Names and values. Of two with one name the later one counts.
    public var fields: [Field]

    /// Makes a report.
    public init(
        series: SeriesKey, time: Int64, receivedAt: Int64? = nil, flags: ReportFlags = [], fields: [Field]
    ) {
        self.series = series
        self.time = time
        self.receivedAt = receivedAt
        self.flags = flags
        self.fields = fields
    }
}

/// One named value of a report.
public struct Field: Sendable, Hashable {
    /// The field's name, such as `temperature`.
    public var name: String
    /// Its value.
    public var value: Value

    /// Makes a field.
    public init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

/// Marks of a report, eight bits. Bits without a name here are the caller's.
public struct ReportFlags: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt8

    /// Makes marks from bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The device gave no usable time: `time` is the time of receipt.
    public static let timeOfReceipt = ReportFlags(rawValue: 1)
    /// It came out of order: it is history, and no news of the present.
    public static let late = ReportFlags(rawValue: 2)
}

/// Why a report is not stored. The other reports of its batch are.
public enum ReportRejection: String, Error, Sendable, Hashable, CaseIterable {
    /// Its time is before the retention's.
    case beyondRetention
    /// Its time is too far ahead: a wrong clock must not open a month that has not begun.
    case inTheFuture
    /// Source, measurement, tag or field name is empty where it must not be, too long, or holds U+0000.
    case badName
    /// It has no field, or more than a report may have.
    case fieldCount
    /// A decimal's scale is above 18, or a text is too long.
    case badValue
    /// It would begin a series beyond the limit.
    case tooManySeries
    /// It would add a field to its series beyond the limit.
    case tooManyFields
}

/// What a store accepts. Each guards memory or disk against a runaway device.
public struct StoreLimits: Sendable, Hashable {
    /// Series in all. Default 200,000.
    public var series = 200_000
    /// Fields a series. Default 256.
    public var fieldsOfSeries = 256
    /// Bytes of UTF-8 of a name. Default 256.
    public var nameBytes = 256
    /// Bytes of UTF-8 of a text value. Default 4,096.
    public var textBytes = 4096
    /// How long ago a report's time may be, µs; nil: as long as it likes. Each month that a wrong clock names would get a file of
    /// its own. Default nil.
    public var past: Int64?
    /// How far ahead of now a report's time may be, µs. Default 24 h.
    public var future: Int64 = 86_400_000_000
    /// Buckets of one aggregation. Default 100,000.
    public var buckets = 100_000
    /// Buckets of one aggregation by fields: each of them takes some 150 bytes. Default 500,000.
    public var bucketFields = 500_000
    /// Bytes of texts in the rows of one answer; the rows beyond are left out. Default 32 MiB.
    public var answerTextBytes = 33_554_432

    /// The defaults named at each property.
    public init() {}

    /// Why a report cannot be stored whatever the series are, nil when it can.
    /// - Parameters:
    ///   - now: µs since 1970 UTC.
    ///   - oldest: the earliest time that retention still keeps.
    func refusal(_ report: Report, now: Int64, oldest: Int64) -> ReportRejection? {
        if report.time < oldest { return .beyondRetention }
        if report.time > now.addingReportingOverflow(future).partialValue { return .inTheFuture }
        if report.fields.isEmpty || report.fields.count > fieldsOfSeries { return .fieldCount }
        for field in report.fields {
            switch field.value {
            case .decimal(_, let scale) where scale > Value.maximumScale: return .badValue
            case .text(let text) where text.utf8.count > textBytes: return .badValue
            default: break
            }
        }
        return nil
    }

    /// Whether a name may become part of the dictionary; asked only for those not yet in it.
    func allowsName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= nameBytes && !name.utf8.contains(0)
    }

    func allows(_ key: SeriesKey) -> Bool {
        allowsName(key.source) && allowsName(key.measurement)
            && key.tags.allSatisfy { allowsName($0.name) && ($0.value.isEmpty || allowsName($0.value)) }
            && key.tags.count <= 64
    }
}
