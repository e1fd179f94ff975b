import Foundation
import SQL
import Testing

/// What happens to the files of a database behind its back.
@Suite struct FileDamageTests {
    private func open(_ path: String) throws -> Database {
        try Database.open(DatabaseConfiguration(.file(path), readers: 1))
    }

    /// A database with one row for each of `rows`, each in a transaction of its own.
    private func filled(_ path: String, rows: Range<Int64> = 0..<1) async throws -> Database {
        let database = try open(path)
        try await database.write { try $0.execute("CREATE TABLE t (k BIGINT)") }
        for row in rows { try await insert(row, into: database) }
        return database
    }

    private func insert(_ row: Int64, into database: Database) async throws {
        try await database.write { try $0.execute("INSERT INTO t VALUES ($1)", [.integer(row)]) }
    }

    private func rows(_ database: Database) async throws -> [Int64] {
        try await database.read { try $0.query("SELECT k FROM t ORDER BY k").map { try $0.integer(0) } }
    }

    /// The files of a database whose process was killed.
    private func copyOfRunning(_ database: String, to copy: String) throws {
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: database + suffix, toPath: copy + suffix)
        }
    }

    @Test(arguments: ["removed", "replaced", "log removed", "index removed", "folder moved"])
    func nothingIsStoredInAFileThatIsNotInItsPlaceAndAllIsWellWhenItIsBack(fate: String) async throws {
        let folder = try Folder()
        let files = FileManager.default
        let place = folder.file("place")
        try files.createDirectory(atPath: place, withIntermediateDirectories: false)
        let path = place + "/a.db"
        let database = try await filled(path)
        let moved = ["log removed": "a.db-wal", "index removed": "a.db-shm"][fate] ?? "a.db"
        if fate == "folder moved" {
            try files.moveItem(atPath: place, toPath: folder.file("elsewhere"))
        } else {
            try files.moveItem(atPath: place + "/" + moved, toPath: folder.file(moved))
            if fate == "replaced" { try files.copyItem(atPath: folder.file(moved), toPath: path) }
        }
        #expect(!database.isInPlace)
        #expect(await code { try await insert(1, into: database) } == .displaced)
        // Folding must not make a new file where there is none.
        try await database.checkpoint()
        #expect(files.fileExists(atPath: path) == (fate != "removed" && fate != "folder moved"))
        if fate == "replaced" { try files.removeItem(atPath: path) }
        if fate == "folder moved" {
            try files.moveItem(atPath: folder.file("elsewhere"), toPath: place)
        } else {
            try files.moveItem(atPath: folder.file(moved), toPath: place + "/" + moved)
        }
        #expect(database.isInPlace)
        try await insert(2, into: database)
        #expect(try await rows(database) == [0, 2])
    }

    @Test func aTransactionDuringWhichTheFileGoesIsNotSaidToBeStored() async throws {
        let folder = try Folder()
        let database = try await filled(folder.file("a.db"))
        let failure = await code {
            try await database.write { transaction in
                try transaction.execute("INSERT INTO t VALUES (1)")
                try FileManager.default.removeItem(atPath: folder.file("a.db"))
            }
        }
        #expect(failure == .displaced)
    }

    @Test func closingADisplacedDatabaseLeavesTheLogOfAnotherAlone() async throws {
        let folder = try Folder()
        let database = try await filled(folder.file("a.db"))
        try copyOfRunning(folder.file("a.db"), to: folder.file("b.db"))
        for suffix in ["", "-wal"] {
            try FileManager.default.removeItem(atPath: folder.file("a.db\(suffix)"))
            try FileManager.default.moveItem(
                atPath: folder.file("b.db\(suffix)"), toPath: folder.file("a.db\(suffix)"))
        }
        try database.close()
        #expect(FileManager.default.fileExists(atPath: folder.file("a.db-wal")))
        #expect(try await rows(open(folder.file("a.db"))) == [0])
    }

    @Test func theFileAloneIsTheWholeDatabaseAfterItWasClosed() async throws {
        let folder = try Folder()
        let database = try await filled(folder.file("a.db"), rows: 0..<20)
        // A reader that is open closes last, and cannot fold the log.
        #expect(try await rows(database).count == 20)
        try await database.checkpoint()
        try await insert(20, into: database)
        try database.close()
        try FileManager.default.copyItem(atPath: folder.file("a.db"), toPath: folder.file("b.db"))
        #expect(try await rows(open(folder.file("b.db"))) == Array(0...20))
    }

    @Test(arguments: ["empty", "missing"])
    func aLogThatHoldsTheDataOfAnEmptyFileIsNotThrownAway(fate: String) async throws {
        let folder = try Folder()
        let database = try await filled(folder.file("a.db"))
        let copy = folder.file("copy.db")
        try copyOfRunning(folder.file("a.db"), to: copy)
        try database.close()
        let log = FileManager.default.contents(atPath: copy + "-wal")
        try FileManager.default.removeItem(atPath: copy)
        if fate == "empty" { try Data().write(to: URL(fileURLWithPath: copy)) }
        let failure = try #require(throws: SQLFailure.self) { _ = try open(copy) }
        #expect(failure.code == .corrupt)
        #expect(failure.message.hasPrefix("copy.db: it is \(fate), but copy.db-wal beside it holds"))
        #expect(FileManager.default.contents(atPath: copy + "-wal") == log)
    }

    @Test func aFailureToOpenNamesTheFile() throws {
        let folder = try Folder()
        try Data(repeating: 0x55, count: 8192).write(to: URL(fileURLWithPath: folder.file("a.db")))
        let failure = try #require(throws: SQLFailure.self) { _ = try open(folder.file("a.db")) }
        #expect(failure.message.hasPrefix("a.db: "))
    }

    @Test func damageInTheMiddleOfALogIsToldFromATransactionThatWasTorn() async throws {
        let folder = try Folder()
        let database = try await filled(folder.file("a.db"), rows: 0..<6)
        let copy = folder.file("copy.db")
        try copyOfRunning(folder.file("a.db"), to: copy)
        try database.close()
        #expect(LogInspection.of(copy) == .sound)
        let log = [UInt8](try Data(contentsOf: URL(fileURLWithPath: copy + "-wal")))
        let frame = 24 + 4096
        let frames = (log.count - 32) / frame
        func inspect(_ change: (inout [UInt8]) -> Void) throws -> LogInspection {
            var bytes = log
            change(&bytes)
            try Data(bytes).write(to: URL(fileURLWithPath: copy + "-wal"))
            return LogInspection.of(copy)
        }
        // The last six frames are the six transactions of a row each.
        func page(_ index: Int) -> Int { 32 + (frames - 6 + index) * frame + 24 + 100 }
        #expect(try inspect { $0[page(2)] ^= 1 } == .damaged(lostTransactions: 3))
        #expect(try inspect { $0[page(0)] ^= 1 } == .damaged(lostTransactions: 5))
        #expect(try inspect { $0[page(5)] ^= 1 } == .sound, "a torn end is what a power cut leaves")
        #expect(try inspect { $0.removeLast(frame + 7) } == .sound)
        #expect(try inspect { $0[0] ^= 1 } == .noLog(bytes: log.count))
        #expect(try inspect { $0[17] ^= 1 } == .noLog(bytes: log.count))
        #expect(try inspect { $0 = [] } == .sound)
        // What SQLite itself sees bears the count out: the rows before the damaged frame.
        _ = try inspect { $0[page(2)] ^= 1 }
        #expect(try await rows(open(copy)) == [0, 1])
    }
}
