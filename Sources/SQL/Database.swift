internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// A database: one writer, a pool of readers. The engine is SQLite; the interface and the SQL text are kept to what
/// PostgreSQL understands as well.
///
/// Bodies are synchronous closures on the engine's own threads. They must not wait for anything but the database.
public final class Database: Sendable {
    /// How it was opened.
    public let configuration: DatabaseConfiguration
    private let engine: any DatabaseWriter
    /// Where the data is on the disk; nil for a database in memory.
    private let files: DatabaseFiles?
    /// The connection that folds the log. Opened by its name each time, it would make a file that was taken away anew.
    private let folding = Mutex<DatabaseQueue?>(nil)

    /// Opens, and makes where it does not exist, a database.
    /// Blocks for as long as `busyTimeout` while other processes open the same file.
    /// - Throws: `SQLFailure` (`cannotOpen`, `corrupt`, `busy`, `misuse` for a configuration out of range, ...).
    public static func open(_ configuration: DatabaseConfiguration) throws(SQLFailure) -> Database {
        do {
            if case .file(let path) = configuration.location { try DatabaseFiles.refuseLogAlone(path) }
            return try openWaiting(configuration)
        } catch {
            guard case .file(let path) = configuration.location else { throw error }
            throw SQLFailure(error.code, "\(DatabaseFiles.name(path)): \(error.message)", statement: error.statement)
        }
    }

    private static func openWaiting(_ configuration: DatabaseConfiguration) throws(SQLFailure) -> Database {
        let deadline = ContinuousClock.now + configuration.busyTimeout
        while true {
            do {
                return try Database(opening: configuration)
            } catch {
                let failure = SQLFailure(engine: error)
                // Two processes that give a new file its write-ahead log at once hold a lock each that the other waits for.
                // SQLite tells one of them `busy` without the engine's own waiting, since only letting go helps.
                guard failure.code == .busy, ContinuousClock.now < deadline else { throw failure }
                Thread.sleep(forTimeInterval: 0.005)
            }
        }
    }

    private init(opening configuration: DatabaseConfiguration) throws {
        guard configuration.readers >= 0, configuration.checkpointPages >= 0, configuration.cacheBytes >= 0 else {
            throw SQLFailure(.misuse, "readers, cacheBytes or checkpointPages out of range")
        }
        self.configuration = configuration
        var settings = GRDB.Configuration()
        settings.maximumReaderCount = max(1, configuration.readers)
        settings.busyMode = .timeout(configuration.busyTimeout / .seconds(1))
        settings.prepareDatabase { database in
            if !database.configuration.readonly {
                try database.execute(sql: "PRAGMA page_size = \(configuration.pageBytes)")
                try database.execute(sql: "PRAGMA wal_autocheckpoint = \(configuration.checkpointPages)")
                // After a burst the log file is cut back to this, or it would keep its largest size for ever.
                try database.execute(sql: "PRAGMA journal_size_limit = \(64 << 20)")
            }
            try database.execute(sql: "PRAGMA cache_size = -\(configuration.cacheBytes >> 10)")
        }
        switch configuration.location {
        case .file(let path) where configuration.readers == 0:
            let isNew = DatabaseFiles.isEmpty(path)
            let queue = try DatabaseQueue(path: path, configuration: settings)
            try queue.writeWithoutTransaction { database in
                // A pool does this itself; what another program has made stays as it is.
                if isNew { try database.execute(sql: "PRAGMA journal_mode = WAL") }
                // The first read takes hold of the log: from here on no other process removes it as the last that used it.
                try database.execute(sql: "SELECT count(*) FROM sqlite_master")
            }
            engine = queue
            files = DatabaseFiles(of: path)
        case .file(let path):
            engine = try DatabasePool(path: path, configuration: settings)
            files = DatabaseFiles(of: path)
        case .memory:
            engine = try DatabaseQueue(configuration: settings)
            files = nil
        }
        // The pool sets NORMAL when it turns on the write-ahead log, so this comes after it.
        try engine.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = \(configuration.durability == .full ? "FULL" : "NORMAL")")
            try Database.keepScratch(in: .memory, of: database)
        }
    }

    /// Where the writer keeps what lives no longer than a transaction.
    private enum Scratch: String {
        /// What a savepoint needs to undo: of one message, a few pages. In a file it is most of what a busy hub would write, to a card
        /// that wears out by it.
        case memory = "MEMORY"
        /// What sorting needs, which may be as large as the table.
        case file = "FILE"
    }

    private static func keepScratch(in place: Scratch, of database: GRDB.Database) throws {
        try database.execute(sql: "PRAGMA temp_store = \(place.rawValue)")
    }

    /// As `write`, for work that sorts whole tables, such as making an index over years of rows.
    /// - Throws: what `body` throws, or `SQLFailure`.
    func writeSorting<T: Sendable>(_ body: @Sendable (Transaction) throws -> T) async throws -> T {
        do {
            return try await engine.writeWithoutTransaction { database in
                try Database.keepScratch(in: .file, of: database)
                defer { try? Database.keepScratch(in: .memory, of: database) }
                return try transact(database, body)
            }
        } catch {
            throw Database.unwrapped(error)
        }
    }

    /// Runs `body` in one transaction on the writer and commits; rolls back when it throws.
    ///
    /// When it returns, the changes are durable as `DatabaseConfiguration.durability` says and every later read sees
    /// them. A cancelled task's transaction is rolled back.
    /// - Throws: what `body` throws, or `SQLFailure`: `displaced` when the file is no longer where it was opened.
    @discardableResult
    public func write<T: Sendable>(_ body: @Sendable (Transaction) throws -> T) async throws -> T {
        do {
            return try await engine.writeWithoutTransaction { try transact($0, body) }
        } catch {
            throw Database.unwrapped(error)
        }
    }

    /// As `write`, but blocks the calling thread: for a thread that does nothing but write. Never call it from async
    /// code, nor inside another access to this database.
    /// - Throws: what `body` throws, or `SQLFailure`.
    @discardableResult
    public func writeBlocking<T>(_ body: (Transaction) throws -> T) throws -> T {
        do {
            return try engine.writeWithoutTransaction { try transact($0, body) }
        } catch {
            throw Database.unwrapped(error)
        }
    }

    /// Runs `body` on one of the readers, on a snapshot that no writer changes. Keep it short: the write-ahead log
    /// cannot be folded in while a snapshot needs it.
    /// - Throws: what `body` throws, or `SQLFailure`.
    public func read<T: Sendable>(_ body: @Sendable (Reader) throws -> T) async throws -> T {
        do {
            return try await engine.read { try body(Reader(connection: SQLConnection($0))) }
        } catch {
            throw Database.unwrapped(error)
        }
    }

    /// As `read`, but blocks the calling thread. Never call it from async code, nor inside another access to this
    /// database.
    /// - Throws: what `body` throws, or `SQLFailure`.
    public func readBlocking<T>(_ body: (Reader) throws -> T) throws -> T {
        do {
            return try engine.read { try body(Reader(connection: SQLConnection($0))) }
        } catch {
            throw Database.unwrapped(error)
        }
    }

    private func transact<T>(_ database: GRDB.Database, _ body: (Transaction) throws -> T) throws -> T {
        var result: T?
        // IMMEDIATE: a transaction that has begun never fails half way because another process writes.
        try database.inTransaction(.immediate) {
            let connection = SQLConnection(database)
            result = try body(Transaction(connection: connection))
            guard !connection.failed else {
                throw SQLFailure(.transactionFailed, "a statement failed and its error was dropped")
            }
            // Whoever is told that it is stored must be able to find it. Here it can still be taken back; a file that goes in the
            // milliseconds of the commit itself takes along what it would have taken a moment later.
            try requireFiles()
            return .commit
        }
        guard let result else { throw SQLFailure(.other, "the transaction did not run") }
        return result
    }

    /// - Throws: `SQLFailure` with `displaced`.
    private func requireFiles() throws(SQLFailure) {
        guard isInPlace else {
            throw SQLFailure(.displaced, "the file was removed, moved or replaced while it was open")
        }
    }

    /// Whether the names of the file and its log still lead to what is open. While they do not, nothing can be written; when
    /// the same files are back, everything goes on. Costs about a microsecond.
    public var isInPlace: Bool { files?.areInPlace ?? true }

    /// An engine's error as `SQLFailure`; what a body threw as it is.
    private static func unwrapped(_ error: any Error) -> any Error {
        error is DatabaseError || error is CancellationError ? SQLFailure(engine: error) : error
    }
}

extension Database {
    /// Folds the write-ahead log into the file, so that the file alone is the whole database, and closes all connections. Later
    /// accesses throw `misuse`.
    /// - Throws: `SQLFailure` (`busy` while a statement runs).
    public func close() throws(SQLFailure) {
        do {
            if let connection = folding.withLock({ $0.take() }) { try connection.close() }
            // The pool closes its readers last, and a connection that only reads cannot fold the log in.
            try? engine.writeWithoutTransaction { database in
                guard !isInPlace else {
                    // The first keeps nobody waiting and does the work; the second only cuts the log, and gives way to whoever is
                    // in its way: another process may be writing.
                    _ = try database.checkpoint(.passive)
                    try database.execute(sql: "PRAGMA busy_timeout = 0")
                    _ = try database.checkpoint(.truncate)
                    return
                }
                // Closing removes the log by its name, which may be another database's by now.
                var keeps: Int32 = 1
                sqlite3_file_control(database.sqliteConnection, nil, SQLITE_FCNTL_PERSIST_WAL, &keeps)
            }
            try engine.close()
        } catch {
            throw SQLFailure(engine: error)
        }
    }

    /// Copies a consistent snapshot into a new file while writers go on.
    /// - Parameter path: a file that does not exist yet.
    /// - Throws: `SQLFailure`, with `misuse` when the file exists.
    public func backup(to path: String) async throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw SQLFailure(.misuse, "the target of a backup exists")
        }
        do {
            let target = try DatabaseQueue(path: path)
            try await engine.read { source in
                // The source's reader, not its writer: commits go on during the copy.
                try target.writeWithoutTransaction { try source.backup(to: $0) }
            }
            try target.close()
        } catch {
            throw SQLFailure(engine: error)
        }
    }

    /// Folds the write-ahead log into the file as far as readers allow, on a connection of its own: writer and readers go
    /// on meanwhile. Called every second or so, it keeps the writer from having to do it within a commit, which waits
    /// for the disk. Does nothing while the file is not in its place.
    /// - Returns: the pages in the log, and those of them that are in the file now.
    /// - Throws: `SQLFailure`.
    @discardableResult
    public func checkpoint() async throws -> (logPages: Int, foldedPages: Int) {
        guard case .file(let path) = configuration.location, isInPlace else { return (0, 0) }
        do {
            let connection = try folding.withLock { connection in
                if let connection { return connection }
                let made = try DatabaseQueue(path: path)
                connection = made
                return made
            }
            let result = try await connection.writeWithoutTransaction { try $0.checkpoint(.passive) }
            return (result.walFrameCount, result.checkpointedFrameCount)
        } catch {
            throw SQLFailure(engine: error)
        }
    }

    /// What the engine finds wrong with the file: structure, indexes, foreign keys. Empty when all is well.
    /// - Throws: `SQLFailure`.
    public func integrityCheck() async throws -> [String] {
        do {
            return try await check()
        } catch let failure as SQLFailure where failure.code == .corrupt {
            // So damaged that the check itself cannot go on.
            return [failure.message]
        }
    }

    private func check() async throws -> [String] {
        try await read { reader in
            var problems = try reader.query("PRAGMA integrity_check").map { try $0.text(0) }.filter { $0 != "ok" }
            for row in try reader.query("PRAGMA foreign_key_check") {
                problems.append("a row of \(try row.text(0)) refers to a row of \(try row.text(2)) that is not there")
            }
            return problems
        }
    }
}
