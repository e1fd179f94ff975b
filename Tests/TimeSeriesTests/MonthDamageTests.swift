import Foundation
import SQL
import Synchronization
import Testing
import TimeSeries

/// Month files that are not as they were left.
@Suite struct MonthDamageTests {
    private static let january = Month(evening)
    private static let february = Month(evening + 5 * day)
    private static let whole = january.start..<january.next.start

    /// What was told of damage.
    private final class Told: Sendable {
        private let content = Mutex<[Damage]>([])
        func add(_ damage: Damage) { content.withLock { $0.append(damage) } }
        var all: [Damage] { content.withLock { $0 } }
    }

    /// Three reports in January and one in February, sealed; the folder as a hub leaves it that was stopped.
    private func stopped() async throws -> Folder {
        let station = try await Station()
        try await station.add(
            (0..<3).map { report(evening + $0 * second, .integer($0)) } + [report(evening + 5 * day, 9)])
        try await station.store.seal(now: evening)
        try await station.close()
        return station.folder
    }

    private func path(_ month: Month, in folder: Folder) -> String { folder.path + "/" + month.fileName }

    private func open(_ folder: Folder, _ told: Told = Told()) async throws -> Station {
        try await Station(folder) { _ in
        } tell: {
            told.add($0)
        }
    }

    private func gaps(_ station: Station) async throws -> [Gap] {
        let gaps = try await station.store.range(node, from: 0, to: .max, limit: 99).gaps
        #expect(try await station.store.aggregate(node, from: 0, to: .max, step: day).gaps == gaps)
        return gaps
    }

    private func times(_ station: Station) async throws -> [Int64] {
        try await station.store.range(node, from: 0, to: .max, limit: 99).times
    }

    /// Does something to January's file; says what it must be called, and whether the file is set aside.
    private func harm(_ way: String, _ folder: Folder) async throws -> (Damage.Reason, isSetAside: Bool) {
        let path = path(Self.january, in: folder)
        let files = FileManager.default
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        switch way {
        case "missing":
            try files.removeItem(atPath: path)
            return (.missing, false)
        case "empty":
            try Data().write(to: URL(fileURLWithPath: path))
            return (.empty, true)
        case "noise":
            try Data((0..<bytes.count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }).write(
                to: URL(fileURLWithPath: path))
            return (.damaged, true)
        case "truncated":
            try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
            return (.damaged, true)
        case "another program's":
            try files.removeItem(atPath: path)
            let other = try Database.open(DatabaseConfiguration(.file(path)))
            try await other.write { try $0.execute("CREATE TABLE t (k BIGINT)") }
            try other.close()
            return (.damaged, true)
        case "another hub's":
            let other = try await stopped()
            try files.removeItem(atPath: path)
            try files.copyItem(atPath: self.path(Self.january, in: other), toPath: path)
            return (.foreign, true)
        case "no file":
            try files.removeItem(atPath: path)
            try files.createDirectory(atPath: path, withIntermediateDirectories: false)
            return (.unreadable, false)
        default:
            Issue.record("no such way: \(way)")
            return (.damaged, false)
        }
    }

    @Test(arguments: ["missing", "empty", "noise", "truncated", "another program's", "another hub's", "no file"])
    func aFileThatCannotBeUsedIsNamedSetAsideAndTheStoreOpens(way: String) async throws {
        let folder = try await stopped()
        let (reason, isSetAside) = try await harm(way, folder)
        let told = Told()
        let station = try await open(folder, told)
        #expect(told.all.map(\.reason) == [reason])
        #expect(told.all.map(\.file) == [Self.january.fileName])
        #expect((told.all.first?.setAside != nil) == isSetAside)
        if let name = told.all.first?.setAside {
            #expect(FileManager.default.fileExists(atPath: folder.path + "/" + name))
            #expect(!FileManager.default.fileExists(atPath: path(Self.january, in: folder)))
        }
        #expect(station.store.statistics().damagedFiles == 1)
        #expect(try await times(station) == [evening + 5 * day])
        #expect(try await gaps(station) == [Gap(Self.whole, reason)])
        #expect(try await station.store.range(node, from: Self.february.start, to: .max, limit: 9).gaps == [])
        #expect(try await station.store.integrityCheck().count == 1)
        // What is measured in that month later goes into a new file; what was lost stays lost, also after a restart.
        try await station.add([report(evening + 60 * second, 4)])
        try await station.store.seal(now: evening)
        #expect(station.store.statistics().journalRows == 0)
        let after = try await station.crashed()
        #expect(try await times(after) == [evening + 60 * second, evening + 5 * day])
        let lost = try await gaps(after)
        #expect(lost.map(\.range) == [Self.whole])
        #expect(lost.map(\.reason) == [reason])
    }

    @Test func aMissingFileIsToldAgainAtTheNextStartAndIsWholeWhenItIsPutBack() async throws {
        let folder = try await stopped()
        let kept = folder.path + "/kept"
        try FileManager.default.moveItem(atPath: path(Self.january, in: folder), toPath: kept)
        for _ in 0..<2 {
            let told = Told()
            let station = try await open(folder, told)
            #expect(told.all == [Damage(.missing, file: Self.january.fileName, range: Self.whole)])
            try await station.close()
        }
        try FileManager.default.moveItem(atPath: kept, toPath: path(Self.january, in: folder))
        for _ in 0..<2 {
            let told = Told()
            let station = try await open(folder, told)
            #expect(told.all == [])
            #expect(try await gaps(station) == [])
            #expect(try await times(station).count == 4)
            try await station.close()
        }
    }

    @Test func anOlderCopyOfAFileIsToldFromTheFile() async throws {
        let folder = try await stopped()
        let copy = try Data(contentsOf: URL(fileURLWithPath: path(Self.january, in: folder)))
        let station = try await open(folder)
        try await station.add([report(evening + 50 * second, 1)])
        try await station.store.seal(now: evening)
        try await station.close()
        try copy.write(to: URL(fileURLWithPath: path(Self.january, in: folder)))
        let told = Told()
        let again = try await open(folder, told)
        #expect(told.all.map(\.reason) == [.outdated])
        #expect(told.all.first?.detail == "3 of 4 reports")
        #expect(try await gaps(again) == [Gap(Self.whole, .outdated)])
        #expect(try await times(again).count == 4)
    }

    @Test func aPageThatIsDamagedInsideAFileIsSaidAndRememberedAndTheNextSealGoesOn() async throws {
        let station = try await Station()
        // Incompressible, so that the file has many pages.
        var dice = Dice(4)
        let noise = (0..<4000).map {
            report(evening + Int64($0) * second, .double(Double.random(in: 0...1, using: &dice)))
        }
        try await station.add(noise)
        try await station.store.seal(now: evening)
        try await station.close()
        let file = path(Self.january, in: station.folder)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let page = 8192
        // The kind of the page is its first byte: no kind of SQLite's. The first nine are the roots of the tables.
        for number in 12..<(bytes.count / page) { bytes[number * page] = 0x55 }
        try bytes.write(to: URL(fileURLWithPath: file))
        let told = Told()
        let harmed = try await open(station.folder, told)
        #expect(told.all == [], "a start does not read the files to their end")
        #expect(try await gaps(harmed) == [Gap(Self.whole, .damaged)])
        #expect(told.all.map(\.reason) == [.damaged], "said once")
        try await harmed.store.sealIfDue(now: evening)
        try await harmed.close()
        let again = Told()
        let reopened = try await open(station.folder, again)
        #expect(again.all.map(\.reason) == [.damaged], "known before anybody asks")
        try await reopened.add([report(evening + 5000 * second, 4)])
        try await reopened.store.seal(now: evening)
        #expect(reopened.store.statistics().journalRows == 0)
        #expect(try await times(reopened).contains(evening + 5000 * second))
        #expect(try await gaps(reopened).map(\.range) == [Self.whole])
    }

    @Test(arguments: ["removed", "replaced"])
    func aFileThatIsTakenAwayWhileItIsOpenIsMissedAndTheJournalKept(fate: String) async throws {
        let folder = try await stopped()
        let told = Told()
        let station = try await open(folder, told)
        #expect(try await times(station).count == 4)
        let file = path(Self.january, in: folder)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        try FileManager.default.removeItem(atPath: file)
        if fate == "replaced" { try bytes.write(to: URL(fileURLWithPath: file)) }
        #expect(try await gaps(station).map(\.reason) == [.missing])
        #expect(told.all.map(\.reason) == [.missing])
        try await station.add([report(evening + 50 * second, 1)])
        try await station.store.seal(now: evening)
        let after = try await station.crashed()
        #expect(try await times(after).contains(evening + 50 * second))
        #expect(try await times(after).count == (fate == "replaced" ? 5 : 2))
    }

    @Test func aRowInAnotherRowsPlaceIsDamage() async throws {
        let station = try await Station()
        try await station.add([report(evening, 1), report(evening + 5 * hour, 2)])
        try await station.store.seal(now: evening)
        let month = try Database.open(DatabaseConfiguration(.file(path(Self.january, in: station.folder))))
        // The end of January's last slot is in February.
        let february = try Database.open(DatabaseConfiguration(.file(path(Self.february, in: station.folder))))
        let other = try await february.read { try $0.queryOne("SELECT data FROM chunk").blob(0) }
        try await month.write { try $0.execute("UPDATE chunk SET data = $1", [.blob(other)]) }
        let result = try await station.store.range(node, from: 0, to: .max, limit: 9)
        #expect((result.times, result.gaps) == ([evening + 5 * hour], [Gap(evening..<evening + 1, .chunk)]))
    }

    @Test func retentionForgetsWhatWasLostBeyondIt() async throws {
        let folder = try await stopped()
        try FileManager.default.removeItem(atPath: path(Self.january, in: folder))
        let station = try await Station(folder) { $0.retentionDays = 40 }
        #expect(try await gaps(station).count == 1)
        #expect(try await station.store.enforceRetention(now: Self.january.next.start + 41 * day) == [])
        #expect(try await gaps(station) == [])
        #expect(try await station.crashed().store.damage == [])
    }

    @Test func aRestoredOlderMainDatabaseMissesNothing() async throws {
        // Files that the main database does not know of are taken, not taken for another's.
        let station = try await Station()
        let copy = try Folder()
        try await station.database.backup(to: copy.path + "/martlet.db")
        try await station.add([report(evening, 1)])
        try await station.store.seal(now: evening)
        try await station.close()
        try FileManager.default.copyItem(
            atPath: path(Self.january, in: station.folder), toPath: path(Self.january, in: copy))
        let told = Told()
        let restored = try await open(copy, told)
        #expect(told.all == [])
        #expect(try await times(restored) == [evening])
    }
}
