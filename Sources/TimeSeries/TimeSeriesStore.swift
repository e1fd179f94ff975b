public import SQL
internal import Synchronization

/// Telemetry: reports of many series, kept compressed for years and read by range, bucket or last value.
///
/// Writing is in two steps, so that a batch of reports is one row of the caller's own transaction:
/// `append` inside it, then `apply` once it has committed, or `discard` when it was rolled back. After the commit
/// nothing is lost, whatever happens; after `apply` every query sees it. `sealIfDue`, called every few seconds, moves
/// rows from memory and journal into compressed chunks in month files. FORMAT.md has the bytes.
public final class TimeSeriesStore: Sendable {
    /// How it was opened.
    public let configuration: TimeSeriesConfiguration
    /// What opening found.
    public var recovery: Recovery { heads.withLock { $0.recovery } }

    let database: Database
    let months: MonthFiles
    let damages: DamageList
    let heads = Mutex(Heads())
    let gate = Gate()
    /// What tells this store's files from another's; set once, while the store is opened.
    let identity = Mutex("")
    /// The same.
    public var hub: String { identity.withLock { $0 } }

    init(database: Database, configuration: TimeSeriesConfiguration, damages: DamageList) {
        self.database = database
        self.configuration = configuration
        self.damages = damages
        months = MonthFiles(configuration)
    }

    /// Why a report would not be stored whatever its series, nil when it would: for a caller that must answer its
    /// device before the batch. `append` asks the same.
    /// - Parameter now: µs since 1970 UTC.
    public func refusal(_ report: Report, now: Int64) -> ReportRejection? {
        configuration.limits.refusal(report, now: now, oldest: configuration.earliest(now: now))
            ?? (configuration.limits.allows(report.series)
                && report.fields.allSatisfy { configuration.limits.allowsName($0.name) } ? nil : .badName)
    }

    /// Writes reports as one journal row inside the caller's transaction, with new series and fields in the dictionary.
    ///
    /// Reports that are refused are named in the result and not stored; the others are. Follow it by `apply` after the
    /// commit. If the commit fails, nothing needs to be done; `discard` only lets the journal be trimmed sooner.
    /// - Parameters:
    ///   - reports: at most a few thousand; all go into one row.
    ///   - now: µs since 1970 UTC, for retention and the bound on the future.
    /// - Throws: `TimeSeriesFailure.headFull`, or `SQLFailure`; nothing is stored then.
    public func append(_ reports: [Report], now: Int64, in transaction: Transaction) throws -> Appended {
        let limits = configuration.limits
        let oldest = configuration.earliest(now: now)
        let (first, bytes) = heads.withLock { heads in
            (
                heads.stage(reports, limits: limits, now: now, oldest: oldest, names: NewNames(), refusedAlready: [:]),
                heads.bytes
            )
        }
        guard bytes < configuration.headBytes * 2 else { throw TimeSeriesFailure.headFull(bytes: bytes) }
        var staged = first
        var names = NewNames()
        if !first.unknown.isEmpty {
            var refused: [Int: ReportRejection] = [:]
            names = try newNames(reports, first.unknown, &refused, in: transaction)
            staged = heads.withLock { heads in
                heads.stage(reports, limits: limits, now: now, oldest: oldest, names: names, refusedAlready: refused)
            }
        }
        precondition(staged.unknown.isEmpty, "every report not refused has its names by now")
        guard !staged.batch.rows.isEmpty else { return Appended(refused: staged.refused) }
        let row = try transaction.queryOne(
            "INSERT INTO telemetry_journal (data) VALUES ($1) RETURNING seq", [.blob(staged.journal.bytes)])
        let sequence = try row.integer(0)
        let ticket = heads.withLock { $0.expect(sequence) }
        return Appended(
            refused: staged.refused, batch: staged.batch, names: names, sequence: sequence, ticket: ticket,
            size: staged.journal.count)
    }

    /// Makes a batch visible to queries. Call it once, after the transaction of its `append` has committed.
    public func apply(_ appended: Appended) {
        guard let ticket = appended.ticket else { return }
        heads.withLock { heads in
            var batch = appended.batch
            heads.install(appended.names, &batch)
            heads.apply(batch, sequence: appended.sequence, size: appended.size)
            heads.forget(ticket)
        }
    }

    /// Forgets a batch whose transaction (or savepoint) was rolled back.
    public func discard(_ appended: Appended) {
        guard let ticket = appended.ticket else { return }
        heads.withLock { $0.forget(ticket) }
    }
}

/// A batch between its `append` and its `apply`.
public struct Appended: Sendable {
    /// A report that is not stored.
    public struct Refused: Sendable, Hashable {
        /// Its position among the reports given to `append`.
        public var index: Int
        /// Why.
        public var reason: ReportRejection

        /// Makes a note.
        public init(_ index: Int, _ reason: ReportRejection) {
            self.index = index
            self.reason = reason
        }
    }

    /// The reports that are not stored, by position.
    public var refused: [Refused]
    /// How many reports are.
    public var accepted: Int { batch.rows.count }

    var batch = Batch()
    var names = NewNames()
    var sequence: Int64 = 0
    var ticket: Int?
    var size = 0
}
