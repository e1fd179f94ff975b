internal import Foundation

/// The folder in which everything is stored, locked so that two programs never write to it at once.
struct DataFolder: Sendable {
    /// Its path.
    let path: String
    private let lock: Int32

    /// Where the hub's database is.
    var database: String { path + "/martlet.db" }
    /// Where the ports of the running hub are written for other programs.
    var ready: String { path + "/ready.json" }

    /// Makes the folder if it is not there, and locks it until the process ends.
    /// - Throws: `SettingError` when it cannot be made or is in use.
    init(_ path: String) throws {
        do {
            // Only the owner may read what devices said.
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SettingError("the data folder \(path) cannot be made")
        }
        let descriptor = open(path + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SettingError("the data folder \(path) cannot be written to") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw SettingError("the data folder \(path) is in use by another martlet")
        }
        self.path = path
        lock = descriptor
    }

    /// The name of the file that says that a folder is a demonstration's.
    static let demoMarkName = "demo"

    /// Where that file is in a folder.
    static func demoMark(in folder: String) -> String { folder + "/" + demoMarkName }

    /// Keeps demonstrations and real hubs apart: the account of a demonstration must never get into a real hub's folder.
    /// - Throws: `SettingError` when the folder belongs to the other sort.
    func claim(forDemo isDemo: Bool) throws {
        let files = FileManager.default
        let mark = DataFolder.demoMark(in: path)
        let isDemoFolder = files.fileExists(atPath: mark)
        switch (isDemo, isDemoFolder) {
        case (true, true), (false, false): return
        case (true, false):
            guard !files.fileExists(atPath: database) else {
                throw SettingError("\(path) is a hub's data folder; a demonstration (--demo) wants one of its own")
            }
            guard files.createFile(atPath: mark, contents: nil) else {
                throw SettingError("the data folder \(path) cannot be written to")
            }
        case (false, true):
            throw SettingError("\(path) is the data folder of a demonstration; start it with --demo, or name another")
        }
    }

    /// Gives the folder free again.
    func unlock() {
        try? FileManager.default.removeItem(atPath: ready)
        close(lock)
    }

    /// Whether a program holds the lock of a folder.
    static func isInUse(_ path: String) -> Bool {
        let descriptor = open(path + "/lock", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    /// Bytes of all files in it.
    static func bytes(_ path: String) -> Int64 {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.reduce(0) { sum, name in
            let size = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)[.size] as? NSNumber
            return sum + (size?.int64Value ?? 0)
        }
    }
}
