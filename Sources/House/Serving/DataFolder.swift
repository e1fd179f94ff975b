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
        let mark = DataFolder.demoMark(in: path)
        guard try DataFolder.mayBeClaimed(path, forDemo: isDemo) else { return }
        guard FileManager.default.createFile(atPath: mark, contents: nil) else {
            throw SettingError("the data folder \(path) cannot be written to")
        }
    }

    /// Whether a folder would be marked as a demonstration's; changes nothing.
    /// - Throws: `SettingError` when it belongs to the other sort.
    static func mayBeClaimed(_ path: String, forDemo isDemo: Bool) throws -> Bool {
        let files = FileManager.default
        switch (isDemo, files.fileExists(atPath: demoMark(in: path))) {
        case (true, true), (false, false): return false
        case (true, false):
            guard !files.fileExists(atPath: path + "/martlet.db") else {
                throw SettingError("\(path) is a hub's data folder; a demonstration (--demo) wants one of its own")
            }
            return true
        case (false, true):
            throw SettingError("\(path) is the data folder of a demonstration; start it with --demo, or name another")
        }
    }

    /// Makes sure that a folder could be made, or written to; makes nothing.
    /// - Throws: `SettingError`.
    static func checkWritable(_ path: String) throws {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard !files.fileExists(atPath: path, isDirectory: &isFolder) else {
            guard isFolder.boolValue, files.isWritableFile(atPath: path) else {
                throw SettingError("the data folder \(path) cannot be written to")
            }
            return
        }
        var parent = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent()
        while !files.fileExists(atPath: parent.path, isDirectory: &isFolder), parent.path != "/" {
            parent = parent.deletingLastPathComponent()
        }
        guard isFolder.boolValue, files.isWritableFile(atPath: parent.path) else {
            throw SettingError("the data folder \(path) cannot be made")
        }
    }

    /// Whether the lock file is still the one that this program holds.
    var holdsLock: Bool { FileFacts.isOpen(lock, at: path + "/lock") }

    /// Makes the lock file anew and locks it, after somebody has removed it; false when another martlet was faster, or the folder is
    /// gone.
    func lockAnew() -> Bool {
        let descriptor = open(path + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        // The lock belongs to the open file, whatever its descriptor's number.
        return dup2(descriptor, lock) >= 0 && fcntl(lock, F_SETFD, FD_CLOEXEC) == 0
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
