internal import Foundation
public import SQL

/// The files of a data folder, or of a copy of it, beside what a database says of them: for `martlet check`, `backup` and `restore`.
public struct BlobSurvey: Sendable {
    private let folder: BlobFolder
    private let table = BlobTable()

    /// The name of the folder of files in a data folder.
    public static let folderName = "blobs"

    /// - Parameter data: the data folder, or the backup.
    public init(data: String) {
        folder = BlobFolder(path: "\(data)/\(BlobSurvey.folderName)")
    }

    /// All files that a database names.
    /// - Throws: `SQLFailure`, but for a database of an older version, which names none.
    public static func records(in reader: some SQLReading) throws -> [BlobTable.Record] {
        let table = BlobTable()
        do {
            return try BlobFolder.beginnings.flatMap { try table.records(beginning: $0, in: reader) }
        } catch let failure as SQLFailure where failure.code == .syntax {
            return []
        }
    }

    /// The name of a file in the data folder: `blobs/ab/cdef…`.
    public static func name(_ record: BlobTable.Record) -> String {
        "\(folderName)/\(BlobFolder.name(record.hash))"
    }

    /// Whether a name in a data folder is one that a file may have, and if so of which hash.
    public static func hash(ofName name: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == folderName, parts[1].utf8.count == 2 else { return nil }
        let hash = String(parts[1] + parts[2])
        return BlobFolder.isHash(hash) ? hash : nil
    }

    /// Whether a file holds what has this hash.
    public static func isWhole(_ path: String, _ hash: String) -> Bool { BlobFolder.hash(ofFile: path) == hash }

    /// What is wrong with a file, in one sentence that begins with its name; nil: nothing.
    /// - Parameter deep: whether all of it is read and its hash compared.
    public func problem(_ record: BlobTable.Record, deep: Bool) -> String? {
        let name = BlobSurvey.name(record)
        guard let length = folder.length(record.hash) else { return "\(name) is missing" }
        guard length == record.bytes else { return "\(name) is damaged (\(length) bytes instead of \(record.bytes))" }
        guard deep, BlobFolder.hash(ofFile: folder.file(record.hash)) != record.hash else { return nil }
        return "\(name) is damaged (its content is another)"
    }
}
