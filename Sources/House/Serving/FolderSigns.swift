internal import Foundation
internal import SQL
internal import TimeSeries

/// What a data folder says of itself before its database is opened: whether a hub has lived there, whose it is, who else may read it.
///
/// The lock file carries the name of the hub whose data lies beside it. A backup does not hold it, so a restored folder may be any hub's.
struct FolderSigns {
    let path: String

    private var lock: String { path + "/lock" }
    private var database: String { path + "/martlet.db" }

    /// The hub that has stored something here, as the lock file has it; nil when none has.
    var hub: String? { lines.first.flatMap { UUID(uuidString: $0) == nil ? nil : $0 } }

    /// Whether a hub was working here when it ended: its last changes are in the log.
    private var wasAtWork: Bool { hub != nil && lines.dropFirst().first == FolderSigns.atWork }

    private static let atWork = "at work"

    private var lines: [String] {
        guard let data = FileManager.default.contents(atPath: lock) else { return [] }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }

    /// Writes down whose data this is, and whether a hub works on it. Called with the folder locked.
    func sign(_ hub: String, isAtWork: Bool) throws {
        // In place: another file of this name would not be locked.
        guard let file = FileHandle(forUpdatingAtPath: lock) else {
            throw SettingError("the data folder \(path) cannot be written to")
        }
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data((hub + "\n" + (isAtWork ? FolderSigns.atWork + "\n" : "")).utf8))
        try file.close()
    }

    /// Notes that a command has opened the database and folded its log, when no hub is at work.
    func noteFolded() {
        guard let hub, wasAtWork, let folder = try? DataFolder(path) else { return }
        defer { folder.unlock() }
        try? sign(hub, isAtWork: false)
    }

    /// What is missing when a hub was killed and its log is not there any more; nil when nothing is.
    var lostLog: String? {
        let size = (try? FileManager.default.attributesOfItem(atPath: database + "-wal")[.size] as? NSNumber)?
            .int64Value
        guard wasAtWork, size ?? 0 == 0 else { return nil }
        return """
            the hub was not stopped in order, and martlet.db-wal, which held its last changes, is \(size == nil ? "missing" : "empty"): \
            what was stored last is lost, unless another program has opened the database since
            """
    }

    /// Files of telemetry, also those that were set aside.
    private var telemetry: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasPrefix("telemetry-") }
            .sorted()
    }

    /// Makes sure that a database that ought to be there is there. A new one in its place would be an empty hub that anybody may take
    /// over.
    /// - Throws: `SettingError` that says what to do.
    func requireDatabase() throws {
        let size = (try? FileManager.default.attributesOfItem(atPath: database)[.size] as? NSNumber)?.int64Value
        guard size ?? 0 == 0 else { return }
        let what = size == nil ? "missing" : "empty"
        if let log = try? FileManager.default.attributesOfItem(atPath: database + "-wal")[.size] as? NSNumber,
            log.int64Value > 0
        {
            throw SettingError(
                """
                martlet.db in \(path) is \(what), but martlet.db-wal beside it holds \(log.int64Value) bytes of its data. Nothing was \
                changed. \(FolderSigns.advice)
                """)
        }
        guard let trace = hub != nil ? "a hub has stored data there" : telemetry.first.map({ "\($0) is there" }) else {
            return
        }
        throw SettingError(
            "martlet.db in \(path) is \(what), although \(trace). Nothing was changed. \(FolderSigns.advice)")
    }

    private static let advice = """
        Put the file back if you have it, or restore a backup into a new folder: \(Invocation.program) restore BACKUP --data NEW. To begin anew, name \
        a folder that does not exist yet.
        """

    /// The sentence for a database that cannot be opened.
    func refusal(_ failure: SQLFailure) -> SettingError? {
        switch failure.code {
        case .corrupt:
            return SettingError(
                "\(path) cannot be used: \(failure.message). Nothing was changed. \(FolderSigns.advice)")
        case .cannotOpen, .readOnly:
            return SettingError(
                "\(path) cannot be used: \(failure.message). Look at the rights of martlet.db and its folder, and whose they are."
            )
        default: return nil
        }
    }

    /// Makes sure that the database is that of the hub that the folder belongs to.
    /// - Throws: `SettingError`.
    func requireSameHub(_ database: Database) async throws {
        let found: String?
        do {
            found = try await TimeSeriesStore.identity(of: database)
        } catch let failure as SQLFailure where failure.code == .syntax {
            // A database of an older version, or a new one, does not say.
            return
        }
        guard let here = hub, let found, found != here else { return }
        throw SettingError(
            """
            martlet.db in \(path) is another hub's than the one whose data is beside it. Put the right one back. If this one is meant to \
            take over, remove \(path)/lock; the telemetry of the other hub will be set aside.
            """)
    }

    /// Keeps a copy of a log that is damaged in the middle: SQLite overwrites what it cannot replay.
    /// - Returns: what was lost, in one sentence; nil when nothing was.
    func keepDamagedLog(now: Int64) throws -> String? {
        let what: String
        switch LogInspection.of(database) {
        case .sound: return nil
        case .noLog(let bytes): what = "martlet.db-wal is no log of a database, so \(bytes) bytes of changes are lost"
        case .damaged(let lost): what = "martlet.db-wal is damaged, so its last \(lost) changes are lost"
        }
        let copy = "martlet.db-wal.aside-\(now / 1_000_000)"
        if !FileManager.default.fileExists(atPath: path + "/" + copy) {
            try FileManager.default.copyItem(atPath: database + "-wal", toPath: path + "/" + copy)
        }
        return "\(what); a copy is in \(copy)"
    }

    /// The same for a command that is about to open the database; a hub that is at work has its log open and sound.
    func keepLostLog(now: Int64) throws -> String? {
        DataFolder.isInUse(path) ? nil : try lostLog ?? keepDamagedLog(now: now)
    }

    /// What is careless about the folder's rights, each in one sentence.
    var warnings: [String] {
        var warnings: [String] = []
        guard let folder = FileFacts(of: path) else { return [] }
        let mode = folder.rights
        if mode & 0o077 != 0 {
            let may = mode & 0o022 != 0 ? "read and change" : "read"
            warnings.append(
                "other users of this machine may \(may) what is in \(path) (mode \(String(mode, radix: 8))); run: chmod 700 \(path)"
            )
        }
        if folder.owner != Int(geteuid()) {
            warnings.append("\(path) belongs to another user (uid \(folder.owner)) than the one who runs martlet")
        }
        for name in ["ca/ca.key", "tls/server.key", "martlet.db"] {
            guard let file = FileFacts(of: path + "/" + name), file.rights & 0o077 != 0 else { continue }
            warnings.append(
                "\(path)/\(name) has mode \(String(file.rights, radix: 8)), so others could read it; run: chmod 600 \(path)/\(name)"
            )
        }
        return warnings
    }
}
