internal import Foundation
public import SQL
internal import Synchronization

/// How much there is.
public struct TimeSeriesStatistics: Sendable, Hashable {
    /// Series.
    public var series = 0
    /// Bytes of memory that unsealed rows take, about.
    public var headBytes = 0
    /// Journal rows not yet trimmed.
    public var journalRows = 0
    /// Their bytes.
    public var journalBytes = 0
    /// Sealed chunks.
    public var chunks = 0
    /// Their bytes.
    public var chunkBytes = 0
    /// Sealed reports.
    public var sealedReports = 0
    /// Month files.
    public var months = 0
    /// Chunks found damaged since the store was opened.
    public var damagedChunks = 0
    /// Month files that are missing, damaged or set aside.
    public var damagedFiles = 0

    /// All zero.
    public init() {}
}

extension TimeSeriesStore {
    /// Counts, cheap enough to be asked every second.
    public func statistics() -> TimeSeriesStatistics {
        var result = heads.withLock { heads in
            var result = TimeSeriesStatistics()
            result.series = heads.all.count
            result.headBytes = heads.bytes
            result.journalRows = heads.journal.rows
            result.journalBytes = heads.journal.bytes
            return result
        }
        result.damagedChunks = damages.chunks
        result.damagedFiles = damages.found.count
        for totals in months.totals {
            result.chunks += Int(totals.chunks)
            result.chunkBytes += Int(totals.bytes)
            result.sealedReports += Int(totals.reports)
            result.months += 1
        }
        return result
    }

    /// Removes the files of months that are beyond retention as a whole, and what is known of those that were lost.
    /// - Parameter now: µs since 1970 UTC.
    /// - Returns: the names of the files removed.
    /// - Throws: `SQLFailure`, or the file system's error.
    @discardableResult
    public func enforceRetention(now: Int64) async throws -> [String] {
        guard configuration.retentionDays != nil else { return [] }
        let oldest = configuration.oldest(now: now)
        return try await gate.exclusively {
            let known = damages.found.compactMap { Month(fileName: $0.file) }
            let over = Set(months.all + known).filter { $0.next.start <= oldest }.sorted()
            guard !over.isEmpty else { return [] }
            // Before the files: one that is gone must not be missed.
            try await database.write { transaction in
                for month in over {
                    for table in ["telemetry_month", "telemetry_damage"] {
                        try transaction.execute(
                            "DELETE FROM \(table) WHERE month = $1", [.integer(Int64(month.number))])
                    }
                }
            }
            var removed: [String] = []
            for month in over {
                damages.forget(month)
                guard months.contains(month) else { continue }
                try months.remove(month)
                removed.append(month.fileName)
            }
            return removed
        }
    }

    /// Copies the main database and all month files into a folder while writers go on. Together the copies are the
    /// state at one moment: nothing is sealed meanwhile, so no row is missing from both the journal and the chunks.
    /// - Parameters:
    ///   - folder: an empty folder.
    ///   - mainName: the name of the main database's copy, such as `martlet.db`.
    /// - Returns: the names of the files written.
    /// - Throws: `SQLFailure`, with `misuse` when a file exists.
    public func backup(to folder: String, mainName: String) async throws -> [String] {
        try await gate.exclusively {
            try await database.backup(to: folder + "/" + mainName)
            var names = [mainName]
            for month in months.all {
                let copy = folder + "/" + month.fileName
                guard try await months.use(month, { try await $0.database.backup(to: copy) }) != nil else { continue }
                names.append(month.fileName)
            }
            return names
        }
    }

    /// Reads every chunk and names those that are damaged, what SQLite finds wrong with the month files, and what is known to be
    /// missing.
    /// - Throws: `SQLFailure`.
    public func integrityCheck() async throws -> [String] {
        var problems = damages.found.map(\.description)
        for month in months.all {
            do {
                let found = try await months.use(month) { file in
                    let structure = try await file.database.integrityCheck()
                    return structure.isEmpty
                        ? try await file.database.read { try MonthFile.damagedChunks($0) } : structure
                }
                problems += (found ?? []).map { "\(month.fileName): \($0)" }
            } catch let failure as SQLFailure {
                guard failure.reason(of: months.path(month)) != nil else { throw failure }
                // Named already when it was found at the start.
                guard !damages.found.contains(where: { $0.file == month.fileName }) else { continue }
                problems.append("\(month.fileName): \(failure.message)")
            }
        }
        return problems
    }

    /// Closes the month files after sealing and the like have ended; the main database is the caller's. What is not
    /// sealed is in the journal.
    /// - Throws: `SQLFailure`.
    public func close() async throws {
        try await gate.exclusively { try months.close() }
    }

    /// What is wrong inside a month's file that no hub has open: its structure, and each chunk's checksum.
    /// - Parameter path: the file.
    /// - Throws: `SQLFailure` when it cannot be opened.
    public static func inspect(monthFile path: String) async throws -> [String] {
        let database = try Database.open(DatabaseConfiguration(.file(path), readers: 0))
        defer { try? database.close() }
        let structure = try await database.integrityCheck()
        guard structure.isEmpty else { return structure }
        return try await database.read { try MonthFile.damagedChunks($0) }
    }

    /// What tells this database's telemetry from another's; nil before a store was first opened on it.
    /// - Parameter database: with `migrations` applied.
    /// - Throws: `SQLFailure`.
    public static func identity(of database: Database) async throws -> String? {
        try await database.read { try $0.queryFirst("SELECT id FROM telemetry_hub").map { try $0.text(0) } }
    }

    /// What a main database says of its months, without opening a store: which files there ought to be, and what is known to be damaged.
    /// - Parameter database: with `migrations` applied.
    /// - Throws: `SQLFailure`.
    public static func months(of database: Database) async throws -> (files: [String], damage: [Damage]) {
        try await database.read { reader in
            let months = try reader.query("SELECT month FROM telemetry_month ORDER BY month").map {
                Month(number: Int(try $0.integer(0))).fileName
            }
            let damage = try reader.query("SELECT month, reason, detail, set_aside FROM telemetry_damage ORDER BY id")
                .map {
                    row in
                    Damage(
                        Damage.Reason(rawValue: try row.text(1)) ?? .damaged, Month(number: Int(try row.integer(0))),
                        setAside: try row.optionalText("set_aside"), detail: try row.text(2))
                }
            return (months, damage)
        }
    }
}

extension MonthFile {
    /// The chunks whose bytes do not agree with their checksum, and those that were set aside for it, in words.
    static func damagedChunks(_ reader: some SQLReading) throws -> [String] {
        var damaged: [String] = []
        try reader.queryEach("SELECT id, data FROM chunk ORDER BY id", []) { row in
            do {
                _ = try Chunk(try row.blob(1)).block()
            } catch let error as FormatError {
                damaged.append("chunk \(try row.integer(0)): \(error.reason.rawValue)")
            }
        }
        try reader.queryEach("SELECT id, reason FROM quarantine ORDER BY id", []) { row in
            damaged.append("chunk \(try row.integer(0)) was set aside: \(try row.text(1))")
        }
        return damaged
    }
}
