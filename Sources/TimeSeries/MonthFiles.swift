internal import Foundation
internal import SQL
internal import Synchronization

/// How much a month's file holds.
struct MonthTotals: Sendable, Hashable {
    var chunks: Int64 = 0
    var bytes: Int64 = 0
    var reports: Int64 = 0
}

/// The month files of a folder. They are opened when they are used, and those used longest ago are closed: a device whose clock was
/// never right can make hundreds of them, and each takes several of the process's descriptors.
final class MonthFiles: Sendable {
    private struct Open {
        let file: MonthFile
        /// Tells it from another that was opened for the same month after this one was set aside.
        let number: UInt64
        var uses = 0
        var lastUse: UInt64 = 0
    }

    private struct State {
        /// The files that are there.
        var present: [Month: MonthTotals] = [:]
        var open: [Month: Open] = [:]
        var uses: UInt64 = 0
        /// Those who wait for a file to be closed.
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    let folder: String
    private let slot: Int64
    private let maximum: Int
    private let state = Mutex(State())
    /// Held while a file is opened or closed, which may wait for the disk.
    private let opening = Mutex(())

    init(_ configuration: TimeSeriesConfiguration) {
        folder = configuration.folder
        slot = Int64(configuration.slotSeconds) * 1_000_000
        maximum = max(1, configuration.openMonths)
    }

    /// The months that have a file, oldest first.
    var all: [Month] { state.withLock { $0.present.keys.sorted() } }

    /// How many files are open at this moment.
    var openCount: Int { state.withLock { $0.open.count } }

    /// What all files hold together.
    var totals: [MonthTotals] { state.withLock { Array($0.present.values) } }

    func contains(_ month: Month) -> Bool { state.withLock { $0.present[month] != nil } }

    func note(_ month: Month, _ totals: MonthTotals) { state.withLock { $0.present[month] = totals } }

    func path(_ month: Month) -> String { folder + "/" + month.fileName }

    /// The names of months in the folder.
    func listed() throws -> [Month] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap(Month.init(fileName:))
                .sorted()
        } catch {
            throw TimeSeriesFailure.badConfiguration(reason: "the folder \(folder) cannot be read")
        }
    }

    /// Lets `body` use a month's file, which stays open meanwhile; nil when there is no such file. Waits while as many as may be
    /// are in use, so `body` must not use another one.
    /// - Throws: what `body` throws, or `SQLFailure` when the file cannot be opened.
    func use<T: Sendable>(_ month: Month, _ body: (MonthFile) async throws -> T) async throws -> T? {
        while contains(month) {
            guard let open = try acquire(month) else {
                await waitForRelease()
                continue
            }
            defer { release(month, open.number) }
            guard open.file.database.isInPlace else {
                throw SQLFailure(.displaced, "\(month.fileName): the file was removed, moved or replaced")
            }
            return try await body(open.file)
        }
        return nil
    }

    /// Makes the file of a month that has none. It gets its name when it is whole: one that is empty, or has no tables, was
    /// damaged.
    /// - Parameter hub: whose it will be.
    func make(_ month: Month, hub: String, now: Int64) async throws {
        let unfinished = path(month) + ".new"
        try? FileManager.default.removeItem(atPath: unfinished)
        var configuration = configuration(month)
        configuration.location = .file(unfinished)
        configuration.readers = 0
        let database = try Database.open(configuration)
        do {
            try await database.migrate([TimeSeriesStore.monthMigrations], at: now)
            try await database.write { [slot] transaction in
                guard try transaction.queryFirst("SELECT slot FROM layout") == nil else { return }
                try transaction.execute(
                    "INSERT INTO layout (slot, hub) VALUES ($1, $2)", [.integer(slot), .text(hub)])
            }
        } catch {
            try? database.close()
            throw error
        }
        try database.close()
        try FileManager.default.moveItem(atPath: unfinished, toPath: path(month))
        note(month, MonthTotals())
    }

    /// Whether something has the name of a month's file.
    func exists(_ month: Month) -> Bool { FileManager.default.fileExists(atPath: path(month)) }

    private func configuration(_ month: Month) -> DatabaseConfiguration {
        // The present month and the one before are what most ask for, and at the same time. Opening with readers writes a little;
        // whoever looks through years must not wear the disk.
        let newest = state.withLock { $0.present.keys.max() } ?? month
        var configuration = DatabaseConfiguration(
            .file(path(month)), readers: month.number + 1 >= newest.number ? 2 : 0)
        configuration.cacheBytes = 1 << 20
        // Chunks of some hundred bytes to some KB: larger pages waste less at their ends.
        configuration.pageBytes = 8192
        return configuration
    }

    /// Nil while too many are in use.
    private func acquire(_ month: Month) throws -> (file: MonthFile, number: UInt64)? {
        if let open = lease(month) { return open }
        return try opening.withLock { _ in
            if let open = lease(month) { return open }
            while state.withLock({ $0.open.count >= maximum }) {
                guard closeOldest() else { return nil }
            }
            // It is there, as far as we know: opening it must not make it.
            guard FileManager.default.fileExists(atPath: path(month)) else {
                throw SQLFailure(.displaced, "\(month.fileName): the file is gone")
            }
            let database = try Database.open(configuration(month))
            do {
                let length = try database.readBlocking { try $0.queryOne("SELECT slot FROM layout").integer(0) }
                guard length > 0 else { throw SQLFailure(.corrupt, "\(month.fileName): no length of slots") }
                let file = MonthFile(month: month, database: database, slot: length)
                state.withLock { state in
                    state.uses += 1
                    state.open[month] = Open(file: file, number: state.uses)
                }
                return lease(month)
            } catch {
                try? database.close()
                throw error
            }
        }
    }

    private func lease(_ month: Month) -> (file: MonthFile, number: UInt64)? {
        state.withLock { state in
            guard let open = state.open[month] else { return nil }
            state.uses += 1
            state.open[month]?.uses += 1
            state.open[month]?.lastUse = state.uses
            return (open.file, open.number)
        }
    }

    /// Closes the file that was used longest ago and is not in use; false when all are.
    private func closeOldest() -> Bool {
        let oldest = state.withLock { state -> MonthFile? in
            let idle = state.open.filter { $0.value.uses == 0 }
            guard let month = idle.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else { return nil }
            return state.open.removeValue(forKey: month)?.file
        }
        guard let oldest else { return false }
        // What could not be folded is folded when the file is opened again.
        try? oldest.database.close()
        return true
    }

    private func release(_ month: Month, _ number: UInt64) {
        let waiting = state.withLock { state in
            if state.open[month]?.number == number { state.open[month]?.uses -= 1 }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func waitForRelease() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.open.count >= maximum, state.open.values.allSatisfy({ $0.uses > 0 }) else { return true }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    /// Whether a month's file is still the one that was opened, or, when it is closed, there at all.
    func isInPlace(_ month: Month) -> Bool {
        let file = state.withLock { $0.open[month]?.file }
        return file?.database.isInPlace ?? FileManager.default.fileExists(atPath: path(month))
    }

    /// Forgets a month and closes its file; reads under way end first.
    @discardableResult
    func forget(_ month: Month) -> MonthTotals? {
        opening.withLock { _ in
            let (totals, file) = state.withLock { state in
                (state.present.removeValue(forKey: month), state.open.removeValue(forKey: month)?.file)
            }
            // What cannot be closed stays open until the process ends; nobody uses it any more.
            try? file?.database.close()
            return totals
        }
    }

    /// Closes a month's file and removes it.
    func remove(_ month: Month) throws {
        forget(month)
        for suffix in ["", "-wal", "-shm"] {
            let path = path(month) + suffix
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        }
    }

    /// Closes a month's file and renames it, with its log, so that nothing takes it for the month's any more and a person can look at
    /// it. It is never deleted.
    /// - Parameter now: µs since 1970 UTC, for the name.
    /// - Returns: its new name; nil when it is not there.
    func setAside(_ month: Month, now: Int64) throws -> String? {
        forget(month)
        let files = FileManager.default
        var name = ""
        var number = now / 1_000_000
        repeat {
            name = "\(month.fileName).aside-\(number)"
            number += 1
        } while files.fileExists(atPath: folder + "/" + name)
        // The log first: beside a new file of the month it would be taken for that one's.
        if files.fileExists(atPath: path(month) + "-wal") {
            try files.moveItem(atPath: path(month) + "-wal", toPath: folder + "/" + name + "-wal")
        }
        if files.fileExists(atPath: path(month) + "-shm") { try files.removeItem(atPath: path(month) + "-shm") }
        guard files.fileExists(atPath: path(month)) else { return nil }
        try files.moveItem(atPath: path(month), toPath: folder + "/" + name)
        return name
    }

    func close() throws {
        let open = state.withLock { state in
            defer { state.open = [:] }
            return state.open.values.map(\.file)
        }
        for file in open { try file.database.close() }
    }
}
