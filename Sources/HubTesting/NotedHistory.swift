public import HubModel
internal import Synchronization

/// History that holds what the line appended, or says what a test has put in its mouth.
public final class NotedHistory: ReadingHistory {
    private struct State {
        var readings: [Reading] = []
        var asked: [ReadingQuery] = []
        var newest: [LatestValue]?
        var table: ReadingTable?
        var pageRows = Int.max
        var failsAt: Timestamp?
    }

    private let state = Mutex(State())

    /// History in which nothing stands.
    public init() {}

    /// Notes readings.
    public func append(_ more: [Reading]) { state.withLock { $0.readings += more } }

    /// What it was asked, in order.
    public var asked: [ReadingQuery] { state.withLock { $0.asked } }

    /// What it says is newest, whatever it holds; nil: what it holds.
    public var newest: [LatestValue]? {
        get { state.withLock { $0.newest } }
        set { state.withLock { $0.newest = newValue } }
    }

    /// What it answers to every query, whatever it holds; nil: what it holds.
    public var table: ReadingTable? {
        get { state.withLock { $0.table } }
        set { state.withLock { $0.table = newValue } }
    }

    /// How many rows its pages have at most.
    public var pageRows: Int {
        get { state.withLock { $0.pageRows } }
        set { state.withLock { $0.pageRows = newValue } }
    }

    /// Where the page begins that cannot be read; nil: all can.
    public var failsAt: Timestamp? {
        get { state.withLock { $0.failsAt } }
        set { state.withLock { $0.failsAt = newValue } }
    }

    /// A page of what `readings` gives.
    public func page(of query: ReadingQuery, at place: ReadingPlace?) async throws -> ReadingPage {
        if let place, place.from == failsAt { throw Refusal(.internalFailure, "the page cannot be read") }
        var table = try await readings(query)
        let pageRows = pageRows
        if let place { table.rows = table.rows.suffix(place.rows) }
        let left = table.rows.count - pageRows
        guard left > 0 else { return ReadingPage(table) }
        let next = ReadingPlace(
            fields: table.fields, from: table.rows[pageRows].time, rows: left, gaps: table.gaps)
        table.rows = Array(table.rows.prefix(pageRows))
        return ReadingPage(table, next: next)
    }

    /// The newest value of each field.
    public func latest(device: DeviceID, measurement: String) async throws -> [LatestValue] {
        state.withLock { state in
            if let newest = state.newest { return newest }
            var found: [String: LatestValue] = [:]
            for reading in state.readings where reading.device == device && reading.measurement == measurement {
                for field in reading.fields
                where found[field.name].map({ $0.observedAt <= reading.observed.instant }) ?? true {
                    found[field.name] = LatestValue(
                        field: field.name, value: field.value, observedAt: reading.observed.instant)
                }
            }
            return found.values.sorted { $0.field < $1.field }
        }
    }

    /// The readings that a query asks for, one row each; steps are not made.
    public func readings(_ query: ReadingQuery) async throws -> ReadingTable {
        state.withLock { state in
            state.asked.append(query)
            if let table = state.table { return table }
            let fields = query.fields ?? []
            let rows = state.readings.filter {
                $0.device == query.device && $0.measurement == query.measurement
                    && $0.observed.instant >= query.from && $0.observed.instant < query.to
            }.map { reading in
                let values = fields.map { name in reading.fields.first { $0.name == name }?.value }
                return (time: reading.observed.instant, values: values)
            }
            return ReadingTable(
                fields: fields, rows: Array(rows.suffix(query.limit)), isTruncated: rows.count > query.limit)
        }
    }
}
