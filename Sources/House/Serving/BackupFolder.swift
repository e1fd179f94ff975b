internal import Blobs
internal import Foundation
internal import HubModel
internal import SQL

/// A backup: a folder with consistent copies of the database files, the keys and certificates beside them, and a
/// `manifest.json` that names them with their sizes.
///
/// The hub may run meanwhile. Its database is copied first and the sealed months after it: sealing writes a month
/// before it trims the journal, so whatever the copied journal lacks, the copied months have; what both have is the
/// same.
struct BackupFolder {
    let path: String

    /// What a data folder holds that belongs into a backup.
    static func databases(in folder: String) throws -> [String] {
        let months = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("telemetry-") && $0.hasSuffix(".db") }.sorted()
        return ["martlet.db"] + months
    }

    /// What is copied as it is: keys, certificates, and the mark of a demonstration, whose account must not get into a real hub.
    private static func plainFiles(in folder: String) -> [String] {
        let mark =
            FileManager.default.fileExists(atPath: DataFolder.demoMark(in: folder)) ? [DataFolder.demoMarkName] : []
        return mark + keyFiles(in: folder)
    }

    /// The folders of a data folder with keys and certificates: without the authority's, no device could show its own any more.
    private static let keyFolders = ["ca", "tls"]

    /// Keys and certificates of a data folder, as `ca/ca.pem`.
    private static func keyFiles(in folder: String) -> [String] {
        let files = FileManager.default
        return keyFolders.flatMap { place in
            ((try? files.contentsOfDirectory(atPath: folder + "/" + place)) ?? []).sorted().map { place + "/" + $0 }
        }.filter { name in
            (try? files.attributesOfItem(atPath: folder + "/" + name)[.type] as? FileAttributeType) == .typeRegular
        }
    }

    /// Whether a name of a manifest is one that a backup may have; another would lead out of the folder.
    private static func isPlausible(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return false }
        return parts.count == 1 || BlobSurvey.hash(ofName: name) != nil
            || parts.count == 2 && keyFolders.contains(String(parts[0]))
    }

    /// Copies a data folder.
    /// - Returns: what is damaged or missing in the copy because it is in the folder, each in one sentence; empty when it is whole.
    /// - Throws: `SettingError` when there is nothing to copy, or something in the way; nothing of the copy stays then.
    func make(from data: String, now: Timestamp) async throws -> [String] {
        let source = try NewFolder.resolved(data)
        try FolderSigns(path: source).requireDatabase()
        guard FileManager.default.fileExists(atPath: source + "/martlet.db") else {
            throw SettingError("\(data) is not a data folder: there is no martlet.db in it")
        }
        guard try !NewFolder.isInside(NewFolder.resolved(path), source) else {
            throw SettingError("\(path) is in the data folder itself; name a folder elsewhere, best on another disk")
        }
        // Opening the database folds the log of a hub that was killed.
        let lost = try FolderSigns(path: source).keepLostLog(now: now.microseconds)
        defer { FolderSigns(path: source).noteFolded() }
        return try await NewFolder(named: path).fill(last: "martlet.db") { folder in
            try await copy(source, to: folder, lost.map { [$0] } ?? [], now: now)
        }
    }

    private func copy(
        _ data: String, to folder: String, _ lost: [String], now: Timestamp
    ) async throws -> [String] {
        let files = FileManager.default
        var problems = lost
        var sizes: [(name: String, bytes: Int64)] = []
        for name in try BackupFolder.databases(in: data) {
            // A month that retention removes at this very moment needs no copy.
            guard files.fileExists(atPath: data + "/" + name) else { continue }
            let isMain = name == "martlet.db"
            do {
                let source = try Database.open(DatabaseConfiguration(.file(data + "/" + name), readers: 0))
                defer { try? source.close() }
                try await source.backup(to: folder + "/" + name)
                if isMain { try await BackupFolder.requireSound(folder + "/" + name) }
            } catch let failure as SQLFailure where !isMain && !failure.isOfTarget {
                // What can be saved is worth more than nothing.
                problems.append("\(name) cannot be read and is left out (\(failure.message))")
                try? files.removeItem(atPath: folder + "/" + name)
                continue
            }
            if !isMain { problems += try await BackupFolder.damage(in: folder, name) }
            sizes.append((name, try BackupFolder.size(folder + "/" + name)))
        }
        let kept = try await BackupFolder.copyFiles(from: data, to: folder)
        problems += kept.problems
        sizes += kept.copied
        if let main = sizes.firstIndex(where: { $0.name == "martlet.db" }) {
            sizes[main].bytes = try BackupFolder.size(folder + "/martlet.db")
        }
        problems = try await TelemetrySurvey.problems(of: data, known: folder + "/martlet.db") + problems
        problems += try await AuthorityFiles(data: data).problems(known: folder + "/martlet.db", now: now).map(
            \.sentence)
        for name in BackupFolder.plainFiles(in: data) {
            try BackupFolder.copy(name, from: data, to: folder)
            sizes.append((name, try BackupFolder.size(folder + "/" + name)))
        }
        try writeManifest(sizes, problems, now: now, into: folder)
        return problems
    }

    /// Puts a backup in the place of a data folder that does not exist yet or is empty.
    /// - Returns: what the backup says is damaged or missing in it.
    /// - Throws: `SettingError` when the backup is not whole any more, or the folder holds something; nothing is made then.
    func restore(to data: String) async throws -> [String] {
        let source = try NewFolder.resolved(path)
        let (names, problems) = try readManifest()
        guard try !NewFolder.isInside(NewFolder.resolved(data), source) else {
            throw SettingError("\(data) is in the backup itself; name a folder elsewhere")
        }
        let known = Set(problems.compactMap { $0.split(separator: " ").first.map { String($0).trimmingSuffix(":") } })
        try await NewFolder(named: data, mayBeEmpty: true).fill(last: "martlet.db") { folder in
            for (name, bytes) in names {
                guard (try? BackupFolder.size(source + "/" + name)) == bytes else {
                    throw SettingError("the backup is damaged: \(name) is missing or not \(bytes) bytes long")
                }
                try BackupFolder.copy(name, from: source, to: folder)
                if let hash = BlobSurvey.hash(ofName: name), !BlobSurvey.isWhole(folder + "/" + name, hash) {
                    throw SettingError("the backup is damaged: \(name) is not what it was")
                }
                guard name.hasSuffix(".db") else { continue }
                guard name != "martlet.db" else {
                    try await BackupFolder.requireSound(folder + "/" + name)
                    continue
                }
                // What was damaged when the backup was made is no reason to do without the rest.
                if !known.contains(name), let problem = try await BackupFolder.damage(in: folder, name).first {
                    throw SettingError("the backup is damaged: \(problem)")
                }
            }
        }
        return problems
    }

    /// Copies a file with its rights; a folder that it needs is for the owner only.
    static func copy(_ name: String, from source: String, to target: String) throws {
        let folder = (target + "/" + name as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try FileManager.default.copyItem(atPath: source + "/" + name, toPath: target + "/" + name)
    }

    /// - Throws: `SettingError` when SQLite finds something wrong with the file.
    private static func requireSound(_ file: String) async throws {
        let copy = try Database.open(DatabaseConfiguration(.file(file), readers: 0))
        let problems = try await copy.integrityCheck()
        try copy.close()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        if let problem = problems.first {
            throw SettingError("\(URL(fileURLWithPath: file).lastPathComponent) is damaged: \(problem)")
        }
    }

    /// What is wrong with the copy of a month, each in one sentence that begins with its name.
    private static func damage(in folder: String, _ name: String) async throws -> [String] {
        let file = folder + "/" + name
        defer { for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) } }
        do {
            let found = try await TelemetrySurvey.inspect(file)
            guard let first = found.first else { return [] }
            let more = found.count > 1 ? ", and \(found.count - 1) more" : ""
            return ["\(name) is damaged (\(first)\(more))"]
        } catch let failure as SQLFailure {
            return ["\(name) is damaged (\(failure.message))"]
        }
    }

    private static func size(_ file: String) throws -> Int64 {
        (try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber)?.int64Value ?? 0
    }

    private func writeManifest(
        _ sizes: [(name: String, bytes: Int64)], _ problems: [String], now: Timestamp, into folder: String
    ) throws {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("martlet", Version.text)
            writer.member("made_at", now)
            writer.array("files") { writer in
                for (name, bytes) in sizes {
                    writer.object { writer in
                        writer.member("name", name)
                        writer.member("bytes", bytes)
                    }
                }
            }
            writer.member("incomplete", problems) { $0.string($1) }
        }
        try Data(writer.bytes).write(to: URL(fileURLWithPath: folder + "/manifest.json"))
    }

    private func readManifest() throws -> (files: [(name: String, bytes: Int64)], problems: [String]) {
        guard let data = FileManager.default.contents(atPath: path + "/manifest.json") else {
            throw SettingError("\(path) is not a backup: there is no manifest.json in it")
        }
        var sizes: [(name: String, bytes: Int64)] = []
        var problems: [String] = []
        do throws(Refusal) {
            var reader = JSONReader(Array(data))
            try reader.object { (key, reader) throws(Refusal) in
                if key == "incomplete" {
                    return try reader.array { (reader) throws(Refusal) in problems.append(try reader.string()) }
                }
                guard key == "files" else { return try reader.skip() }
                try reader.array { (reader) throws(Refusal) in
                    var name = ""
                    var bytes: Int64 = -1
                    try reader.object { (key, reader) throws(Refusal) in
                        switch key {
                        case "name": name = try reader.string()
                        case "bytes": bytes = try reader.number().integerValue ?? -1
                        default: try reader.skip()
                        }
                    }
                    sizes.append((name, bytes))
                }
            }
            try reader.end()
        } catch {
            throw SettingError("\(path)/manifest.json cannot be read: \(error.detail)")
        }
        guard sizes.contains(where: { $0.name == "martlet.db" }),
            sizes.allSatisfy({ BackupFolder.isPlausible($0.name) })
        else {
            throw SettingError("\(path)/manifest.json does not name the files of a backup")
        }
        return (sizes, problems)
    }
}

extension SQLFailure {
    /// Whether it is the copy that could not be written, not its source that could not be read.
    fileprivate var isOfTarget: Bool { code == .full || code == .busy || code == .interrupted }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
