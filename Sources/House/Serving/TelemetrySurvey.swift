internal import Foundation
internal import SQL
internal import TimeSeries

/// What is damaged or missing of the telemetry in a data folder, as far as a quick look and what the hub has found itself tell.
enum TelemetrySurvey {
    /// - Parameters:
    ///   - data: the folder.
    ///   - known: its main database, or a copy of it, which says what there ought to be.
    /// - Returns: each in one sentence that begins with the file's name.
    static func problems(of data: String, known: String) async throws -> [String] {
        let database = try Database.open(DatabaseConfiguration(.file(known), readers: 0))
        defer { try? database.close() }
        let (expected, damage): ([String], [Damage])
        do {
            (expected, damage) = try await TimeSeriesStore.months(of: database)
        } catch let failure as SQLFailure where failure.code == .syntax {
            // A database of an older version does not say.
            (expected, damage) = ([], [])
        }
        let named = Set(damage.map(\.file))
        let there = try FileManager.default.contentsOfDirectory(atPath: data).filter(isMonth).sorted()
        let missing = expected.filter { !named.contains($0) && !there.contains($0) }.map { "\($0) is missing" }
        let broken = there.compactMap { name in trouble(data + "/" + name).map { "\(name) \($0)" } }
        return damage.map(\.description) + missing + broken
    }

    /// What is wrong inside the file of a month, read to its end.
    static func inspect(_ file: String) async throws -> [String] {
        try await TimeSeriesStore.inspect(monthFile: file)
    }

    private static func isMonth(_ name: String) -> Bool { name.hasPrefix("telemetry-") && name.hasSuffix(".db") }

    /// What the first bytes of a file show: every file of SQLite begins alike.
    private static func trouble(_ path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path), let head = try? file.read(upToCount: 16) ?? Data() else {
            return "cannot be read"
        }
        try? file.close()
        guard !head.isEmpty else { return "is empty" }
        return head.elementsEqual("SQLite format 3\0".utf8) ? nil : "is damaged (it is no database)"
    }
}
