internal import Blobs
internal import Foundation
internal import SQL

/// The files of a data folder in its backup.
///
/// They are copied after the database that names them. The hub may run meanwhile and let go of one, or remove it: what the copied database
/// names and nobody keeps any more is taken out of the copy.
extension BackupFolder {
    /// Copies the files that the copied database names.
    /// - Returns: what was copied, with its length; and what is damaged or missing, each in one sentence that begins with its name.
    static func copyFiles(
        from data: String, to folder: String
    ) async throws -> (copied: [(name: String, bytes: Int64)], problems: [String]) {
        let copy = try Database.open(DatabaseConfiguration(.file(folder + "/martlet.db"), readers: 0))
        defer {
            try? copy.close()
            for suffix in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: "\(folder)/martlet.db\(suffix)")
            }
        }
        let records = try await copy.read { try BlobSurvey.records(in: $0) }
        var copied: [(name: String, bytes: Int64)] = []
        var lost: [(record: BlobTable.Record, problem: String)] = []
        for record in records {
            let name = BlobSurvey.name(record)
            try? BackupFolder.copy(name, from: data, to: folder)
            if let problem = BlobSurvey(data: folder).problem(record, deep: true) {
                try? FileManager.default.removeItem(atPath: folder + "/" + name)
                lost.append((record, problem))
            } else {
                copied.append((name, record.bytes))
            }
        }
        guard !lost.isEmpty else { return (copied, []) }
        let present = try Database.open(DatabaseConfiguration(.file(data + "/martlet.db"), readers: 0))
        defer { try? present.close() }
        let named = Set(try await present.read { try BlobSurvey.records(in: $0) }.map(\.hash))
        let forgotten = lost.filter { !named.contains($0.record.hash) }.map(\.record.hash)
        try await copy.write { transaction in
            for hash in forgotten { try BlobTable().forget(hash, in: transaction) }
        }
        _ = try await copy.checkpoint()
        return (copied, lost.filter { named.contains($0.record.hash) }.map { "\($0.problem) and is left out" })
    }

    /// What is damaged or missing of the files of a folder, each in one sentence that begins with its name.
    /// - Parameter known: the database that says what there ought to be.
    static func fileProblems(of data: String, known: String, deep: Bool) async throws -> [String] {
        let database = try Database.open(DatabaseConfiguration(.file(known), readers: 0))
        defer { try? database.close() }
        let records = try await database.read { try BlobSurvey.records(in: $0) }
        return records.compactMap { BlobSurvey(data: data).problem($0, deep: deep) }
    }
}
