internal import Foundation
internal import SQL

/// What a look at a month's file found.
enum MonthExamination: Sendable {
    case sound(MonthContents)
    case unusable(Damage.Reason, detail: String)
}

/// What a sound file says of itself.
struct MonthContents: Sendable {
    var totals: MonthTotals
    /// Whose it is; nil for a file of an older version.
    var hub: String?
    var names: [SeriesNames]
    /// Of its log, what was lost.
    var logDamage: String?
}

extension MonthFiles {
    /// Opens a file on one connection, looks at what it must have, and closes it again: however many months there are, one is open.
    /// It is not read to its end: damage further in is found by whoever reads there.
    /// - Throws: `MigrationFailure` for a file of a newer version; `SQLFailure` when it is busy or the disk is full.
    func examine(_ month: Month, now: Int64) async throws -> MonthExamination {
        let path = path(month)
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return .unusable(.unreadable, detail: "it is no file")
        }
        guard status.st_size > 0 else { return .unusable(.empty, detail: "") }
        let logDamage = try keepDamagedLog(of: month, now: now)
        do {
            // One connection, which leaves nothing behind.
            let database = try Database.open(DatabaseConfiguration(.file(path), readers: 0))
            defer { try? database.close() }
            guard
                try await database.read({ try $0.queryFirst("SELECT 1 FROM sqlite_master WHERE name = 'layout'") })
                    != nil
            else { return .unusable(.damaged, detail: "it lacks the tables of a month") }
            try await database.migrate([TimeSeriesStore.monthMigrations], at: now)
            let (layout, totals) = try await database.read { reader in
                let layout = try reader.queryFirst("SELECT slot, hub FROM layout")
                return (
                    try layout.map { (try $0.integer(0), try $0.optionalText("hub")) }, try MonthFile.totals(reader)
                )
            }
            guard let layout, layout.0 > 0 else {
                return .unusable(.damaged, detail: "it lacks the length of its slots")
            }
            let names = try await MonthFile(month: month, database: database, slot: layout.0).names()
            return .sound(MonthContents(totals: totals, hub: layout.1, names: names, logDamage: logDamage))
        } catch let failure as SQLFailure {
            switch failure.code {
            case .busy, .full, .interrupted: throw failure
            case .cannotOpen, .ioError, .readOnly: return .unusable(.unreadable, detail: failure.message)
            default: return .unusable(.damaged, detail: failure.message)
            }
        }
    }

    /// Keeps a copy of a log that is damaged, because SQLite will overwrite what it cannot replay. Returns what is wrong with it.
    private func keepDamagedLog(of month: Month, now: Int64) throws -> String? {
        let detail: String
        switch LogInspection.of(path(month)) {
        case .sound: return nil
        case .noLog(let bytes): detail = "its log of \(bytes) bytes is none"
        case .damaged(let lost): detail = "its log is damaged, \(lost) transactions are lost"
        }
        let copy = "\(month.fileName)-wal.aside-\(now / 1_000_000)"
        if !FileManager.default.fileExists(atPath: folder + "/" + copy) {
            try FileManager.default.copyItem(atPath: path(month) + "-wal", toPath: folder + "/" + copy)
        }
        return detail + "; a copy is in \(copy)"
    }

    /// Whether a file itself is the reason why it cannot be opened: its rights, or that it is none.
    static func isBarred(_ path: String) -> Bool {
        let descriptor = Foundation.open(path, O_RDWR | O_CLOEXEC)
        guard descriptor < 0 else {
            _ = Foundation.close(descriptor)
            return false
        }
        return [EACCES, EPERM, EISDIR, ELOOP, ENXIO].contains(errno)
    }

    /// Says in a file of an older version whose it is.
    func stamp(_ month: Month, hub: String) async throws {
        try await use(month) { file in
            try await file.database.write { transaction in
                _ = try transaction.execute("UPDATE layout SET hub = $1 WHERE hub IS NULL", [.text(hub)])
            }
        }
    }
}

extension SQLFailure {
    /// Why a month's file cannot be used, when the failure says so; nil for one that has nothing to do with the file.
    func reason(of path: String) -> Damage.Reason? {
        switch code {
        case .corrupt: return .damaged
        case .displaced: return .missing
        case .cannotOpen, .ioError, .readOnly: return .unreadable
        // Tables that are gone, or have other columns.
        case .syntax, .noRow, .wrongType, .noColumn: return .damaged
        default: return nil
        }
    }
}
