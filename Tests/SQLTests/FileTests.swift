import Foundation
import SQL
import Synchronization
import Testing

@Suite struct FileTests {
    private func open(_ path: String, timeout: Duration = .seconds(5)) throws -> Database {
        var configuration = DatabaseConfiguration(.file(path), readers: 2)
        configuration.busyTimeout = timeout
        return try Database.open(configuration)
    }

    @Test func commitsOutliveTheProcessAndFullSyncIsOn() async throws {
        let folder = try Folder()
        let database = try open(folder.file("a.db"))
        let scratch = try await database.write { try $0.queryOne("PRAGMA temp_store").integer(0) }
        #expect(scratch == 2, "savepoints write nothing to a disk")
        let synchronous = try await database.write { transaction in
            try transaction.execute("CREATE TABLE t (k BIGINT)")
            try transaction.execute("INSERT INTO t VALUES (1)")
            return try transaction.queryOne("PRAGMA synchronous").integer(0)
        }
        #expect(synchronous == 2)
        // Nothing is closed or folded in: a copy of the files is what a crash leaves behind.
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: folder.file("a.db\(suffix)"), toPath: folder.file("b.db\(suffix)"))
        }
        let copy = try open(folder.file("b.db"))
        #expect(try await copy.read { try $0.queryOne("SELECT k FROM t").integer(0) } == 1)
    }

    @Test func manyMayOpenANewFileAtOnce() throws {
        let folder = try Folder()
        let failures = Mutex<[String]>([])
        for round in 0..<40 {
            DispatchQueue.concurrentPerform(iterations: 6) { _ in
                do {
                    try open(folder.file("\(round).db")).close()
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }
        #expect(failures.withLock { $0 } == [])
    }

    @Test func aReaderKeepsItsSnapshotWhileTheWriterCommits() async throws {
        let folder = try Folder()
        let database = try open(folder.file("a.db"))
        try await database.write { try $0.execute("CREATE TABLE t (k BIGINT)") }
        let (before, after) = try database.readBlocking { reader in
            let before = try reader.queryOne("SELECT count(*) FROM t").integer(0)
            try database.writeBlocking { try $0.execute("INSERT INTO t VALUES (1)") }
            return (before, try reader.queryOne("SELECT count(*) FROM t").integer(0))
        }
        #expect((before, after) == (0, 0))
        #expect(try await database.read { try $0.queryOne("SELECT count(*) FROM t").integer(0) } == 1)
    }

    @Test func backupIsConsistentWhileTheWriterGoesOn() async throws {
        let folder = try Folder()
        let database = try open(folder.file("a.db"))
        try await database.write { transaction in
            try transaction.execute("CREATE TABLE t (k BIGINT)")
            try transaction.execute("CREATE TABLE u (k BIGINT)")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for key in 0..<300 as Range<Int64> {
                    try await database.write { transaction in
                        try transaction.execute("INSERT INTO t VALUES ($1)", [.integer(key)])
                        try transaction.execute("INSERT INTO u VALUES ($1)", [.integer(key)])
                    }
                }
            }
            for copy in 0..<3 {
                try await database.backup(to: folder.file("copy\(copy).db"))
            }
            try await group.waitForAll()
        }
        for copy in 0..<3 {
            let backup = try open(folder.file("copy\(copy).db"))
            #expect(try await backup.integrityCheck() == [])
            let row = try await backup.read {
                try $0.queryOne("SELECT (SELECT count(*) FROM t) AS t, (SELECT count(*) FROM u) AS u")
            }
            #expect(try row.integer("t") == row.integer("u"))
        }
        #expect(await code { try await database.backup(to: folder.file("copy0.db")) } == .misuse)
    }

    @Test func aCheckpointFoldsTheLogInWhileAWriterIsAtWork() async throws {
        let folder = try Folder()
        let database = try open(folder.file("a.db"))
        try await database.write { try $0.execute("CREATE TABLE t (k BIGINT)") }
        let before = try await database.checkpoint()
        #expect(before.logPages > 0)
        #expect(before.foldedPages == before.logPages)
        // The transaction that is open neither waits for it nor keeps it waiting.
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (started, goOn) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
            group.addTask {
                try await database.write { transaction in
                    try transaction.execute("INSERT INTO t VALUES (1)")
                    started.continuation.finish()
                    goOn.wait()
                }
            }
            for await _ in started.stream {}
            try await database.checkpoint()
            goOn.signal()
            try await group.waitForAll()
        }
        #expect(try await database.read { try $0.queryOne("SELECT count(*) FROM t").integer(0) } == 1)
    }

    @Test func anotherProcessHoldingTheLockIsBusy() async throws {
        let folder = try Folder()
        let first = try open(folder.file("a.db"))
        let second = try open(folder.file("a.db"), timeout: .milliseconds(20))
        let seen = try first.writeBlocking { transaction in
            try transaction.execute("CREATE TABLE t (k BIGINT)")
            do {
                try second.writeBlocking { _ in }
                return nil as SQLFailure.Code?
            } catch let failure as SQLFailure {
                return failure.code
            }
        }
        #expect(seen == .busy)
    }

    @Test func whatIsNoDatabaseIsSaidToBeCorrupt() async throws {
        let folder = try Folder()
        try Data(repeating: 0x55, count: 8192).write(to: URL(fileURLWithPath: folder.file("a.db")))
        #expect(await code { _ = try open(folder.file("a.db")) } == .corrupt)
        #expect(await code { _ = try open(folder.file("no/such/folder.db")) } == .cannotOpen)
    }

    @Test func aClosedDatabaseThrows() async throws {
        let folder = try Folder()
        let database = try open(folder.file("a.db"))
        try database.close()
        #expect(await code { try await database.write { _ in } } == .misuse)
        #expect(await code { try await database.read { _ in } } == .misuse)
    }

    @Test func aCancelledTaskRollsBack() async throws {
        let folder = try Folder()
        let database = try open(folder.file("a.db"))
        try await database.write { try $0.execute("CREATE TABLE t (k BIGINT)") }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await database.write { try $0.execute("INSERT INTO t VALUES (1)") }
        }
        #expect(await code { try await task.value } == .interrupted)
        #expect(try await database.read { try $0.queryOne("SELECT count(*) FROM t").integer(0) } == 0)
    }
}
