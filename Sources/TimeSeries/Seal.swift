internal import SQL
internal import Synchronization

/// What one seal did.
public struct Sealed: Sendable, Hashable {
    /// Series with rows to seal.
    public var series = 0
    /// Rows (reports) sealed, late ones included.
    public var rows = 0
    /// Chunks written or replaced.
    public var chunks = 0
    /// Their bytes.
    public var bytes = 0
    /// Journal rows trimmed.
    public var journalRows = 0
    /// Chunks that could not be read when rows had to be merged into them; they were set aside in their file.
    public var damagedChunks = 0

    /// Nothing was done.
    public init() {}
}

extension TimeSeriesStore {
    /// Seals when a slot and its grace are over, or the heads are larger than they should be. Call it every few
    /// seconds.
    /// - Parameter now: µs since 1970 UTC.
    /// - Returns: what was done, nil when nothing was due.
    /// - Throws: `TimeSeriesFailure` or `SQLFailure`; what was not sealed stays in memory and journal for the next
    ///   time.
    @discardableResult
    public func sealIfDue(now: Int64) async throws -> Sealed? {
        try await saveDamage(now: now)
        let slot = Int64(configuration.slotSeconds) * 1_000_000
        let grace = Int64(configuration.graceSeconds) * 1_000_000
        let due = heads.withLock { heads in
            guard heads.bytes > 0 else { return heads.hasLeftover }
            return heads.bytes >= configuration.headBytes
                || Month.floorDivide(now &- grace, slot) > Month.floorDivide(heads.lastSeal &- grace, slot)
        }
        return due ? try await seal(now: now) : nil
    }

    /// Moves all rows from memory into chunks, then trims the journal.
    ///
    /// The order makes a crash harmless at any point: chunks are on the disk before the journal lets go of the rows,
    /// and a row that is replayed although it is in a chunk merges with itself.
    /// - Parameter now: µs since 1970 UTC.
    /// - Throws: `TimeSeriesFailure` or `SQLFailure`; what was not sealed stays in memory and journal for the next
    ///   time.
    @discardableResult
    public func seal(now: Int64) async throws -> Sealed {
        try await gate.exclusively {
            let (blocks, through) = heads.withLock { $0.beginSeal(at: now) }
            var sealed = Sealed()
            sealed.series = blocks.count
            var totals: [Month: MonthTotals] = [:]
            for (month, runs) in SealRun.runs(blocks) {
                totals[month] = try await seal(runs, into: month, now, &sealed)
            }
            let latest = heads.withLock { heads in
                heads.dropSealed()
                return heads.takeUnsavedLatest()
            }
            do {
                try await save(latest)
            } catch {
                heads.withLock { $0.markUnsaved(latest.map(\.series)) }
                throw error
            }
            try await record(totals, now: now)
            // The journal is the last copy: it goes only when the chunks are where they will be looked for.
            for month in totals.keys where !months.isInPlace(month) {
                throw SQLFailure(.displaced, "\(month.fileName): the file is gone")
            }
            sealed.journalRows = try await trim(through: through)
            return sealed
        }
    }

    /// Writes a month's runs into its file. A file that turns out to be damaged, or another's, is set aside, and a new one takes the runs.
    private func seal(
        _ runs: [SealRun], into month: Month, _ now: Int64, _ sealed: inout Sealed
    ) async throws -> MonthTotals {
        let before = sealed
        do {
            return try await write(runs, into: month, now, &sealed)
        } catch let failure as SQLFailure {
            guard let reason = failure.reason(of: months.path(month)) else { throw failure }
            // Without descriptors or memory no file can be opened: that one is not to blame.
            guard reason != .unreadable || MonthFiles.isBarred(months.path(month)) else { throw failure }
            sealed = before
            let name = try months.setAside(month, now: now)
            damages.forgetUnreadable(month)
            damages.note(Damage(reason, month, setAside: name, detail: failure.message))
            return try await write(runs, into: month, now, &sealed)
        }
    }

    private func write(
        _ runs: [SealRun], into month: Month, _ now: Int64, _ sealed: inout Sealed
    ) async throws -> MonthTotals {
        if months.contains(month), !months.isInPlace(month) {
            months.forget(month)
            damages.note(Damage(.missing, month, detail: "it was there when it was last opened"))
        }
        if !months.contains(month), months.exists(month) {
            // Somebody has put one there.
            var hub: String? = identity.withLock { $0 }
            try await admit(month, recorded: nil, hub: &hub, now: now)
        }
        if !months.contains(month) {
            try await months.make(month, hub: identity.withLock { $0 }, now: now)
            try await supersede(month, now: now)
        }
        let names = heads.withLock { heads in runs.compactMap { heads.names(series: $0.series) } }
        let start = sealed
        let done = try await months.use(month) { [damages] file in
            var sealed = start
            try await file.describe(names)
            try await file.write(runs, &sealed) { id, problem in
                damages.note(
                    chunk: .init(month: month, id: id), range: file.range(ofChunk: id),
                    detail: problem + "; it was set aside in the file")
            }
            return (sealed, try await file.database.read { try MonthFile.totals($0) })
        }
        guard let (after, totals) = done else {
            throw SQLFailure(.displaced, "\(month.fileName): the file is gone")
        }
        sealed = after
        months.note(month, totals)
        return totals
    }

    /// A month has a new file: what was damaged before cannot be put back in its place any more.
    private func supersede(_ month: Month, now: Int64) async throws {
        try await saveDamage(now: now)
        guard damages.found.contains(where: { $0.file == month.fileName }) else { return }
        try await database.write {
            _ = try $0.execute(
                "UPDATE telemetry_damage SET superseded = 1 WHERE month = $1", [.integer(Int64(month.number))])
        }
    }

    /// Writes down which months have files, so that one that is missing is missed.
    private func record(_ totals: [Month: MonthTotals], now: Int64) async throws {
        try await saveDamage(now: now)
        try await database.write { transaction in
            for (month, totals) in totals {
                try transaction.execute(
                    """
                    INSERT INTO telemetry_month (month, reports) VALUES ($1, $2)
                    ON CONFLICT (month) DO UPDATE SET reports = excluded.reports
                    """, [.integer(Int64(month.number)), .integer(totals.reports)])
            }
        }
    }

    /// Writes the latest values of the sealed series, some hundred a transaction: the writer has other work too.
    private func save(_ latest: [(series: Int64, data: [UInt8])]) async throws {
        for start in stride(from: 0, to: latest.count, by: 500) {
            let part = Array(latest[start..<min(start + 500, latest.count)])
            try await database.write { transaction in
                for (series, data) in part {
                    try transaction.execute(
                        """
                        INSERT INTO telemetry_latest (series, data) VALUES ($1, $2)
                        ON CONFLICT (series) DO UPDATE SET data = excluded.data
                        """, [.integer(series), .blob(data)])
                }
            }
        }
    }

    /// Removes journal rows whose reports are sealed, some hundred a transaction.
    private func trim(through: Int64) async throws -> Int {
        var trimmed = 0
        while true {
            let (rows, bytes) = try await database.write { transaction in
                let rows = try transaction.query(
                    "SELECT seq, length(data) FROM telemetry_journal WHERE seq <= $1 ORDER BY seq LIMIT 200",
                    [.integer(through)])
                guard let last = rows.last else { return (0, 0) }
                try transaction.execute(
                    "DELETE FROM telemetry_journal WHERE seq <= $1", [.integer(try last.integer(0))])
                return (rows.count, try rows.reduce(0) { $0 + Int(try $1.integer(1)) })
            }
            guard rows > 0 else { return trimmed }
            trimmed += rows
            heads.withLock { $0.trimmed(rows: rows, bytes: bytes) }
        }
    }
}

/// The rows of one series that go to one slot of one month.
struct SealRun: Sendable {
    var series: Int64
    var block: Block

    /// Sorted blocks by month, oldest first.
    static func runs(_ blocks: [(series: Int64, block: Block)]) -> [(Month, [SealRun])] {
        var months: [Month: [SealRun]] = [:]
        for (series, block) in blocks {
            let sorted = block.sorted()
            var start = 0
            while start < sorted.count {
                let month = Month(sorted.times[start])
                let end = sorted.lowerBound(month.next.start)
                let part = start == 0 && end == sorted.count ? sorted : sorted.slice(start..<end)
                months[month, default: []].append(SealRun(series: series, block: part))
                start = end
            }
        }
        return months.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension Heads {
    /// A seal wrote its chunks but could not trim the journal; the next one will.
    var hasLeftover: Bool { pendingIsEmpty && bytes == 0 && journal.rows > 0 }

    /// The latest values that are newer than their row in the main database. Once the journal is trimmed they are
    /// nowhere else to be had at once.
    func takeUnsavedLatest() -> [(series: Int64, data: [UInt8])] {
        all.filter(\.latest.isUnsaved).map { head in
            head.latest.isUnsaved = false
            return (series: head.id, data: head.latest.encode(series: head.id, fields: head.fields.ids))
        }
    }

    func markUnsaved(_ ids: [Int64]) {
        for id in ids {
            if let position = position(id: id) { all[Int(position)].latest.isUnsaved = true }
        }
    }
}
