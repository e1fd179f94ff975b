public import Foundation
public import SQL
internal import Synchronization

/// What opening a store found.
public struct Recovery: Sendable, Hashable {
    /// Journal rows replayed into memory.
    public var journalRows = 0
    /// Reports in them.
    public var reports = 0
    /// Rows that are damaged. They were moved to `telemetry_quarantine`, with the reason; nothing else was touched.
    public var quarantined: [Quarantined] = []

    /// Nothing was found.
    public init() {}

    /// A damaged row.
    public struct Quarantined: Sendable, Hashable {
        /// `journal` or `latest`.
        public var kind: String
        /// The row's number in its table.
        public var origin: Int64
        /// `checksum`, `truncated`, ...
        public var reason: String
    }
}

extension TimeSeriesStore {
    /// Opens a store: reads the dictionary and the latest values, replays the journal, looks at the month files. Those that
    /// cannot be used are set aside; the store opens without them.
    /// - Parameters:
    ///   - database: the main database, with `migrations` applied. The store reads from it, and writes to it when it
    ///     seals and when it quarantines.
    ///   - now: µs since 1970 UTC.
    ///   - newIdentity: what tells its files from another hub's, for a database that has none yet.
    ///   - tell: told of each damage once, when it is found: now, by a query or by a seal. On any thread; must not block.
    /// - Throws: `TimeSeriesFailure`, or `SQLFailure`.
    public static func open(
        _ database: Database, _ configuration: TimeSeriesConfiguration, now: Int64,
        newIdentity: String = UUID().uuidString.lowercased(), tell: @escaping @Sendable (Damage) -> Void = { _ in }
    ) async throws -> TimeSeriesStore {
        guard configuration.slotSeconds >= 60, 86_400 % configuration.slotSeconds == 0 else {
            throw TimeSeriesFailure.badConfiguration(reason: "slotSeconds must divide 86,400 and be 60 or more")
        }
        guard configuration.headBytes > 0, configuration.graceSeconds >= 0 else {
            throw TimeSeriesFailure.badConfiguration(reason: "headBytes or graceSeconds")
        }
        let store = TimeSeriesStore(database: database, configuration: configuration, damages: DamageList(tell: tell))
        store.heads.withLock { $0.lastSeal = now }
        try await store.readDictionary()
        try await store.admitMonths(now: now, newIdentity: newIdentity)
        let damaged = try await store.readLatest() + store.replayJournal()
        try await store.findLatest()
        if !damaged.isEmpty {
            try await database.write { try quarantine(damaged, now: now, in: $0) }
        }
        return store
    }

    /// Moves damaged rows where they harm nothing and can be looked at.
    private static func quarantine(_ damaged: [DamagedRow], now: Int64, in transaction: Transaction) throws {
        for row in damaged {
            try transaction.execute(
                """
                INSERT INTO telemetry_quarantine (kind, origin, reason, found_at, data)
                VALUES ($1, $2, $3, $4, $5)
                """,
                [
                    .text(row.found.kind), .integer(row.found.origin), .text(row.found.reason), .integer(now),
                    .blob(row.data),
                ])
            switch row.found.kind {
            case "journal":
                try transaction.execute("DELETE FROM telemetry_journal WHERE seq = $1", [.integer(row.found.origin)])
            default:
                try transaction.execute("DELETE FROM telemetry_latest WHERE series = $1", [.integer(row.found.origin)])
            }
        }
    }
}

/// A damaged row with its bytes.
struct DamagedRow {
    var found: Recovery.Quarantined
    var data: [UInt8]
}

extension TimeSeriesStore {
    /// Series and fields.
    private func readDictionary() async throws {
        let series = try await database.read { reader in
            try reader.query("SELECT id, source, measurement, tags FROM telemetry_series ORDER BY id").map { row in
                let tags = SeriesKey.tags(of: try row.text(3))
                let key = SeriesKey(source: try row.text(1), measurement: try row.text(2), tags: tags)
                return (id: try row.integer(0), key: key)
            }
        }
        let fields = try await database.read { reader in
            try reader.query("SELECT id, series, name FROM telemetry_field ORDER BY id").map { row in
                (id: try row.integer(0), series: try row.integer(1), name: try row.text(2))
            }
        }
        heads.withLock { heads in
            for (id, key) in series { _ = heads.install(key, id: id) }
            for field in fields {
                guard let position = heads.position(id: field.series) else { continue }
                _ = heads.all[Int(position)].install(field.name, id: field.id)
            }
        }
    }

    private func readLatest() async throws -> [DamagedRow] {
        try await pages("SELECT series, data FROM telemetry_latest WHERE series > $1 ORDER BY series LIMIT 500") {
            page in
            heads.withLock { heads in
                page.compactMap { row in
                    heads.decode("latest", row) { heads, batch in heads.restoreLatest(batch) }
                }
            }
        }
    }

    private func replayJournal() async throws -> [DamagedRow] {
        try await pages("SELECT seq, data FROM telemetry_journal WHERE seq > $1 ORDER BY seq LIMIT 200") { page in
            heads.withLock { heads in
                page.compactMap { row in
                    heads.decode("journal", row) { heads, batch in
                        heads.apply(batch, sequence: row.key, size: row.data.count)
                        heads.recovery.journalRows += 1
                        heads.recovery.reports += batch.rows.count
                    }
                }
            }
        }
    }

    /// Reads a table page by page: a journal may be as large as memory allows.
    private func pages(_ sql: String, _ use: ([StoredRow]) -> [DamagedRow]) async throws -> [DamagedRow] {
        var damaged: [DamagedRow] = []
        var last = Int64.min
        while true {
            let after = last
            let page = try await database.read { reader in
                try reader.query(sql, [.integer(after)]).map { StoredRow(key: try $0.integer(0), data: try $0.blob(1)) }
            }
            guard let end = page.last else { return damaged }
            last = end.key
            damaged += use(page)
        }
    }
}

/// A row of the journal or of the latest values.
private struct StoredRow: Sendable {
    var key: Int64
    var data: [UInt8]
}

extension Heads {
    /// Decodes all of a row before any of it is used; gives the row back when it is damaged.
    fileprivate mutating func decode(
        _ kind: String, _ row: StoredRow, _ use: (inout Heads, Batch) -> Void
    ) -> DamagedRow? {
        do {
            let batch = try Journal.decode(row.data, series: { position(id: $0) }) { series, field in
                all[Int(series)].fields.position(id: field)
            }
            use(&self, batch)
            return nil
        } catch {
            let found = Recovery.Quarantined(kind: kind, origin: row.key, reason: error.reason.rawValue)
            recovery.quarantined.append(found)
            return DamagedRow(found: found, data: row.data)
        }
    }

    fileprivate func restoreLatest(_ batch: Batch) {
        var start = 0
        // Decoding made every row's `end` a position in the entries.
        batch.entries.withUnsafeBufferPointer { entries in
            for row in batch.rows {
                let added = entries[start..<Int(row.end)]
                all[Int(row.series)].latest.restore(row, added, batch.texts)
                start = Int(row.end)
            }
        }
    }
}
