internal import Foundation

/// The files of an open database as they were found when it was opened, told apart from others of the same name.
///
/// A file that is removed, or replaced by another, stays open and takes writes that nobody will ever find again. POSIX knows it by
/// device and inode, whatever it is called: `stat` of the name says whether it still leads there. That costs about a microsecond a file.
struct DatabaseFiles: Sendable {
    private struct Identity: Equatable {
        var device: UInt64
        var inode: UInt64
    }

    private let path: String
    private let main: Identity?
    /// What SQLite keeps beside it: the log, and the index of the log, in which processes find each other's locks.
    private let beside: [(suffix: String, identity: Identity)]

    /// Looks at the files behind a path.
    init(of path: String) {
        self.path = path
        main = DatabaseFiles.identity(path)
        beside = ["-wal", "-shm"].compactMap { suffix in
            DatabaseFiles.identity(path + suffix).map { (suffix, $0) }
        }
    }

    /// Whether the names still lead to the same files. Those beside it may have come since; SQLite removes them only when
    /// the last connection is closed.
    var areInPlace: Bool {
        DatabaseFiles.identity(path) == main
            && beside.allSatisfy { DatabaseFiles.identity(path + $0.suffix) == $0.identity }
    }

    private static func identity(_ path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Refuses a database that is empty or missing while the log beside it holds its contents: SQLite would begin a new one and throw
    /// the log away.
    static func refuseLogAlone(_ path: String) throws(SQLFailure) {
        // In this order: another process that makes the database at this moment gives it a first page before it gives it a log.
        let log = size(path + "-wal") ?? 0
        let main = size(path)
        guard log > 0, main ?? 0 == 0 else { return }
        throw SQLFailure(
            .corrupt,
            """
            it is \(main == nil ? "missing" : "empty"), but \(name(path))-wal beside it holds \(log) bytes of its data; \
            put the file back, or move the log away as well
            """)
    }

    /// Whether a file has no bytes, or is not there.
    static func isEmpty(_ path: String) -> Bool { size(path) ?? 0 == 0 }

    /// A file's size in bytes; nil when it is not there.
    private static func size(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// The last part of a path.
    static func name(_ path: String) -> String {
        URL(fileURLWithPath: path).lastPathComponent
    }
}
