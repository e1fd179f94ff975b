internal import Foundation
internal import SQL
internal import Synchronization

/// A month's chunks.
struct MonthFile: Sendable {
    let month: Month
    let database: Database
    /// The slot's length, µs.
    let slot: Int64

    /// The id of a chunk: slot, series, part. All chunks of a slot lie together and slots follow each other, so sealing
    /// writes at the end of the file.
    func id(slot: Int64, series: Int64, part: Int64) -> Int64 {
        slot << 48 | series << 16 | part
    }

    /// The slot of a time in this month.
    func slot(of time: Int64) -> Int64 {
        (time - month.start) / slot
    }

    /// Hands over the chunks of a series that overlap a range, by time, until `visit` returns false.
    func visit(
        _ reader: Reader, series: Int64, _ range: Range<Int64>, descending: Bool, _ visit: ([UInt8]) throws -> Bool
    ) throws {
        let low = slot(of: max(range.lowerBound, month.start))
        let high = slot(of: min(range.upperBound, month.next.start) - 1)
        guard low <= high else { return }
        let sql = """
            SELECT data FROM chunk WHERE id BETWEEN $1 AND $2 AND last >= $3 AND first < $4 ORDER BY first
            """
        for step in 0...(high - low) {
            let slot = descending ? high - step : low + step
            let rows = try reader.query(
                descending ? sql + " DESC" : sql,
                [
                    .integer(id(slot: slot, series: series, part: 0)),
                    .integer(id(slot: slot, series: series, part: 0xffff)),
                    .integer(range.lowerBound), .integer(range.upperBound),
                ])
            for row in rows where try !visit(row.blob(0)) { return }
        }
    }
}

/// The month files of a folder.
final class MonthFiles: Sendable {
    private let folder: String
    private let slot: Int64
    private let files: Mutex<[Month: MonthFile]>

    private init(_ configuration: TimeSeriesConfiguration) {
        folder = configuration.folder
        slot = Int64(configuration.slotSeconds) * 1_000_000
        files = Mutex([:])
    }

    /// Opens those that exist.
    static func open(_ configuration: TimeSeriesConfiguration, now: Int64) async throws -> MonthFiles {
        let result = MonthFiles(configuration)
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: configuration.folder)
        } catch {
            throw TimeSeriesFailure.badConfiguration(reason: "the folder \(configuration.folder) cannot be read")
        }
        for month in names.compactMap(Month.init(fileName:)) { _ = try await result.file(month, now: now) }
        return result
    }

    /// The files that exist, by month.
    var all: [MonthFile] {
        files.withLock { $0.values.sorted { $0.month < $1.month } }
    }

    func contains(_ month: Month) -> Bool {
        files.withLock { $0[month] != nil }
    }

    func path(_ month: Month) -> String {
        folder + "/" + month.fileName
    }

    /// A month's file, which is made when it does not exist. Called by opening and sealing only, which exclude each
    /// other.
    func file(_ month: Month, now: Int64) async throws -> MonthFile {
        if let file = files.withLock({ $0[month] }) { return file }
        // A device with a wrong clock can open hundreds of months: each must stay cheap.
        var configuration = DatabaseConfiguration(.file(path(month)), readers: 2)
        configuration.cacheBytes = 1 << 20
        // Chunks of some hundred bytes to some KB: larger pages waste less at their ends.
        configuration.pageBytes = 8192
        let database = try Database.open(configuration)
        let slot = self.slot
        try await database.migrate([TimeSeriesStore.monthMigrations], at: now)
        let length = try await database.write { transaction in
            if let row = try transaction.queryFirst("SELECT slot FROM layout") { return try row.integer(0) }
            try transaction.execute("INSERT INTO layout (slot) VALUES ($1)", [.integer(slot)])
            return slot
        }
        guard length > 0 else { throw TimeSeriesFailure.badConfiguration(reason: "slot of \(month.fileName)") }
        let file = MonthFile(month: month, database: database, slot: length)
        files.withLock { $0[month] = file }
        return file
    }

    /// Closes a month's file and removes it. Reads under way end first.
    func remove(_ month: Month) throws {
        guard let file = files.withLock({ $0.removeValue(forKey: month) }) else { return }
        try file.database.close()
        for suffix in ["", "-wal", "-shm"] {
            let path = path(month) + suffix
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        }
    }

    func close() throws {
        let open = files.withLock { files in
            defer { files = [:] }
            return Array(files.values)
        }
        for file in open { try file.database.close() }
    }
}
