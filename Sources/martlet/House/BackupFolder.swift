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
        return parts.count == 1 || parts.count == 2 && keyFolders.contains(String(parts[0]))
    }

    /// Copies a data folder.
    /// - Throws: `SettingError` when there is nothing to copy, or something in the way.
    func make(from data: String, now: Timestamp) async throws {
        let files = FileManager.default
        guard files.fileExists(atPath: data + "/martlet.db") else {
            throw SettingError("\(data) is not a data folder: there is no martlet.db in it")
        }
        guard !files.fileExists(atPath: path) else {
            throw SettingError("\(path) exists already; name a folder that does not")
        }
        let partial = path + ".partial"
        try? files.removeItem(atPath: partial)
        try files.createDirectory(
            atPath: partial, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var sizes: [(name: String, bytes: Int64)] = []
        for name in try BackupFolder.databases(in: data) {
            // A month that retention removes at this very moment needs no copy.
            guard files.fileExists(atPath: data + "/" + name) else { continue }
            let source = try Database.open(DatabaseConfiguration(.file(data + "/" + name), readers: 1))
            try await source.backup(to: partial + "/" + name)
            try source.close()
            try await BackupFolder.check(partial + "/" + name)
            sizes.append((name, try BackupFolder.size(partial + "/" + name)))
        }
        for name in BackupFolder.plainFiles(in: data) {
            try BackupFolder.copy(name, from: data, to: partial)
            sizes.append((name, try BackupFolder.size(partial + "/" + name)))
        }
        try writeManifest(sizes, now: now, into: partial)
        try files.moveItem(atPath: partial, toPath: path)
    }

    /// Puts a backup in the place of a data folder that does not exist yet or is empty.
    /// - Throws: `SettingError` when the backup is incomplete or damaged, or the folder holds something.
    func restore(to data: String) async throws {
        let files = FileManager.default
        let names = try readManifest()
        if let there = try? files.contentsOfDirectory(atPath: data), !there.isEmpty {
            throw SettingError("\(data) is not empty; move it away first, nothing is overwritten")
        }
        let partial = data + ".partial"
        try? files.removeItem(atPath: partial)
        try files.createDirectory(
            atPath: partial, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for (name, bytes) in names {
            let source = path + "/" + name
            guard (try? BackupFolder.size(source)) == bytes else {
                throw SettingError("the backup is damaged: \(name) is missing or not \(bytes) bytes long")
            }
            try BackupFolder.copy(name, from: path, to: partial)
            if name.hasSuffix(".db") { try await BackupFolder.check(partial + "/" + name) }
        }
        try? files.removeItem(atPath: data)
        try files.moveItem(atPath: partial, toPath: data)
    }

    /// Copies a file with its rights; a folder that it needs is for the owner only.
    private static func copy(_ name: String, from source: String, to target: String) throws {
        let folder = (target + "/" + name as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try FileManager.default.copyItem(atPath: source + "/" + name, toPath: target + "/" + name)
    }

    private static func check(_ file: String) async throws {
        let copy = try Database.open(DatabaseConfiguration(.file(file), readers: 1))
        let problems = try await copy.integrityCheck()
        try await copy.checkpoint()
        try copy.close()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        if let problem = problems.first { throw SettingError("\(file) is damaged: \(problem)") }
    }

    private static func size(_ file: String) throws -> Int64 {
        (try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber)?.int64Value ?? 0
    }

    private func writeManifest(_ sizes: [(name: String, bytes: Int64)], now: Timestamp, into folder: String) throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("martlet")
        writer.string(Version.text)
        writer.key("made_at")
        writer.timestamp(now)
        writer.key("files")
        writer.beginArray()
        for (name, bytes) in sizes {
            writer.beginObject()
            writer.key("name")
            writer.string(name)
            writer.key("bytes")
            writer.integer(bytes)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        try Data(writer.bytes).write(to: URL(fileURLWithPath: folder + "/manifest.json"))
    }

    private func readManifest() throws -> [(name: String, bytes: Int64)] {
        guard let data = FileManager.default.contents(atPath: path + "/manifest.json") else {
            throw SettingError("\(path) is not a backup: there is no manifest.json in it")
        }
        var sizes: [(name: String, bytes: Int64)] = []
        do throws(Refusal) {
            var reader = JSONReader(Array(data))
            try reader.object { (key, reader) throws(Refusal) in
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
        return sizes
    }
}
