/// How values that fall into one step are brought together.
public enum Aggregate: String, CaseIterable, Sendable {
    case mean, min, max, sum, count, first, last
}

/// What to read of a device's past.
public struct ReadingQuery: Sendable {
    /// Whose readings.
    public var device: DeviceID
    /// Of which measurement.
    public var measurement: String
    /// Which fields; nil means all.
    public var fields: [String]?
    /// The first instant, inclusive.
    public var from: Timestamp
    /// The end, exclusive.
    public var to: Timestamp
    /// Most rows to give; the newest are kept.
    public var limit: Int
    /// Bring values together by steps of this many microseconds (aligned to 1970) with this function; nil gives them
    /// raw.
    public var step: (microseconds: Int64, aggregate: Aggregate)?

    /// A query.
    public init(
        device: DeviceID, measurement: String, fields: [String]? = nil, from: Timestamp, to: Timestamp, limit: Int,
        step: (microseconds: Int64, aggregate: Aggregate)? = nil
    ) {
        self.device = device
        self.measurement = measurement
        self.fields = fields
        self.from = from
        self.to = to
        self.limit = limit
        self.step = step
    }
}

/// The answer: a table with one row an instant (or step), in order of time.
public struct ReadingTable: Sendable {
    /// The columns' field names.
    public var fields: [String]
    /// The rows; a value that the instant lacks is nil.
    public var rows: [(time: Timestamp, values: [ReadingValue?])]
    /// Whether older rows were left out because of the limit.
    public var isTruncated: Bool
    /// Parts of the range for which not everything that was stored can be read, by time. Empty when all is whole.
    public var gaps: [ReadingGap]

    /// A table.
    public init(
        fields: [String], rows: [(time: Timestamp, values: [ReadingValue?])], isTruncated: Bool,
        gaps: [ReadingGap] = []
    ) {
        self.fields = fields
        self.rows = rows
        self.isTruncated = isTruncated
        self.gaps = gaps
    }
}

/// A piece of an answer that is too long to be held in memory at once: rows in order of time, and where the next ones begin.
public struct ReadingPage: Sendable {
    /// Its rows. Whether older ones were left out, and which are lost, is said of the whole answer, and the first page says it.
    public var table: ReadingTable
    /// Where the next page begins; nil: this one is the last.
    public var next: ReadingPlace?

    /// A page.
    public init(_ table: ReadingTable, next: ReadingPlace? = nil) {
        self.table = table
        self.next = next
    }
}

/// Where a page of readings begins.
public struct ReadingPlace: Sendable {
    /// The columns of all pages.
    public var fields: [String]
    /// Its first instant, inclusive.
    public var from: Timestamp
    /// How many rows the answer still has at most.
    public var rows: Int
    /// What the first page said of gaps.
    public var gaps: [ReadingGap]

    /// A place.
    public init(fields: [String], from: Timestamp, rows: Int, gaps: [ReadingGap]) {
        self.fields = fields
        self.from = from
        self.rows = rows
        self.gaps = gaps
    }
}

/// A part of a range in which readings are lost, or cannot be read now.
public struct ReadingGap: Sendable, Hashable {
    /// Why, as documented words.
    public enum Reason: String, CaseIterable, Sendable {
        /// The file that held them is gone.
        case missing
        /// It has no bytes any more.
        case empty
        /// It cannot be opened.
        case unreadable
        /// Its contents, or some of them, do not agree with their checksums.
        case damaged
        /// Another hub's file is in its place.
        case foreign
        /// An older copy of the file is in its place.
        case outdated
    }

    /// When it begins.
    public var from: Timestamp
    /// When it is over, exclusive.
    public var to: Timestamp
    /// Why.
    public var reason: Reason

    /// A gap.
    public init(from: Timestamp, to: Timestamp, reason: Reason) {
        self.from = from
        self.to = to
        self.reason = reason
    }
}

/// The newest value of a field, and when it was observed.
public struct LatestValue: Sendable {
    /// The field's name.
    public var field: String
    /// Its newest value.
    public var value: ReadingValue
    /// When that was observed.
    public var observedAt: Timestamp

    /// A newest value.
    public init(field: String, value: ReadingValue, observedAt: Timestamp) {
        self.field = field
        self.value = value
        self.observedAt = observedAt
    }
}

/// Reads what was measured; never goes through the writer.
public protocol ReadingHistory: Sendable {
    /// The newest value of every field of a device's measurement, ordered by name; empty when nothing is known.
    func latest(device: DeviceID, measurement: String) async throws -> [LatestValue]
    /// The readings that a query asks for, all at once: for limits of some thousand rows.
    /// - Throws: `Refusal` with `too_many_steps` when the range holds more steps than the store gives at once.
    func readings(_ query: ReadingQuery) async throws -> ReadingTable

    /// A page of the readings that a query asks for: any number of rows in the memory of some thousand.
    /// - Parameter place: what the page before named; nil: the first page.
    /// - Throws: `Refusal` with `too_many_steps` when the range holds more than 100,000 steps; `internal_error` for a later page of which
    ///   something turns out to be lost that the first one did not know of.
    func page(of query: ReadingQuery, at place: ReadingPlace?) async throws -> ReadingPage
}
