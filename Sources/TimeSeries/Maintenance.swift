internal import Foundation
internal import SQL
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

    /// All zero.
    public init() {}
}

extension TimeSeriesStore {
    /// Counts of what is in memory, cheap enough to be asked at any time; those of chunks and month files are 0.
    public var memoryStatistics: TimeSeriesStatistics {
        heads.withLock { heads in
            var result = TimeSeriesStatistics()
            result.series = heads.all.count
            result.headBytes = heads.bytes
            result.journalRows = heads.journal.rows
            result.journalBytes = heads.journal.bytes
            result.damagedChunks = heads.damagedChunks
            return result
        }
    }

    /// Counts, cheap enough to be asked every second.
    /// - Throws: `SQLFailure`.
    public func statistics() async throws -> TimeSeriesStatistics {
        var result = memoryStatistics
        for file in months.all {
            let row = try await file.database.read { try $0.queryOne("SELECT chunks, bytes, points FROM total") }
            result.chunks += Int(try row.integer(0))
            result.chunkBytes += Int(try row.integer(1))
            result.sealedReports += Int(try row.integer(2))
            result.months += 1
        }
        return result
    }

    /// Removes the files of months that are beyond retention as a whole.
    /// - Parameter now: µs since 1970 UTC.
    /// - Returns: the names of the files removed.
    /// - Throws: `SQLFailure`, or the file system's error.
    @discardableResult
    public func enforceRetention(now: Int64) async throws -> [String] {
        guard configuration.retentionDays != nil else { return [] }
        let oldest = configuration.oldest(now: now)
        return try await gate.exclusively {
            var removed: [String] = []
            for file in months.all where file.month.next.start <= oldest {
                try months.remove(file.month)
                removed.append(file.month.fileName)
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
            for file in months.all {
                try await file.database.backup(to: folder + "/" + file.month.fileName)
                names.append(file.month.fileName)
            }
            return names
        }
    }

    /// Reads every chunk and names those that are damaged, and what SQLite finds wrong with the month files.
    /// - Throws: `SQLFailure`.
    public func integrityCheck() async throws -> [String] {
        var problems: [String] = []
        for file in months.all {
            problems += try await file.database.integrityCheck().map { "\(file.month.fileName): \($0)" }
            problems += try await file.database.read { reader in
                var damaged: [String] = []
                try reader.queryEach("SELECT id, data FROM chunk ORDER BY id") { row in
                    do {
                        _ = try Chunk(try row.blob(1)).block()
                    } catch let error as FormatError {
                        let id = try row.integer(0)
                        damaged.append("\(file.month.fileName): chunk \(id): \(error.reason.rawValue)")
                    }
                }
                return damaged
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
}
