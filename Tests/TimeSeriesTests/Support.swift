import Foundation
import SQL
import TimeSeries

/// Random numbers that a seed repeats (SplitMix64).
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func roll(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }
}

/// A folder that is gone when the test is over.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// What a crash at this moment would leave, as a folder of its own. No transaction may be under way.
    func crashed() throws -> Folder {
        let copy = try Folder()
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(atPath: path + "/" + name, toPath: copy.path + "/" + name)
        }
        return copy
    }
}

let second: Int64 = 1_000_000
let hour: Int64 = 3_600 * second
let day: Int64 = 24 * hour
/// 31 January 2026, 20:00 UTC: a few hours before a month ends.
let evening: Int64 = 1_769_889_600 * second

/// A store in a folder, with the main database it lives in.
struct Station: Sendable {
    let folder: Folder
    let database: Database
    let store: TimeSeriesStore

    init(
        _ folder: Folder, now: Int64 = evening, _ change: (inout TimeSeriesConfiguration) -> Void = { _ in },
        tell: @escaping @Sendable (Damage) -> Void = { _ in }
    ) async throws {
        self.folder = folder
        var settings = DatabaseConfiguration(.file(folder.path + "/martlet.db"))
        // A crash is a copy of the files here, not a power cut.
        settings.durability = .normal
        database = try Database.open(settings)
        try await database.migrate([TimeSeriesStore.migrations], at: now)
        var configuration = TimeSeriesConfiguration(folder: folder.path)
        change(&configuration)
        store = try await TimeSeriesStore.open(database, configuration, now: now, tell: tell)
    }

    init() async throws {
        try await self.init(Folder())
    }

    @discardableResult
    func add(_ reports: [Report], now: Int64 = evening + 40 * day) async throws -> Appended {
        let appended = try await database.write { try store.append(reports, now: now, in: $0) }
        store.apply(appended)
        return appended
    }

    /// Closes everything, as a hub does that is stopped.
    func close() async throws {
        try await store.close()
        try database.close()
    }

    /// Opens what a crash at this moment would leave.
    func crashed(_ change: (inout TimeSeriesConfiguration) -> Void = { _ in }) async throws -> Station {
        try await Station(folder.crashed(), change)
    }
}

let node = SeriesKey(source: "node_01", measurement: "telemetry")

/// A report of one field.
func report(_ time: Int64, _ value: Value, series: SeriesKey = node, field: String = "t") -> Report {
    Report(series: series, time: time, fields: [Field(field, value)])
}

/// A report of one field that came out of order.
func late(_ time: Int64, _ value: Value, series: SeriesKey = node, field: String = "t") -> Report {
    Report(series: series, time: time, receivedAt: time + hour, flags: .late, fields: [Field(field, value)])
}

/// A value told apart to the bit, as text: for comparing NaN with NaN, and -0.0 with 0.0.
func exact(_ value: Value?) -> String {
    switch value?.normalized {
    case .double(let double): "double \(String(double.bitPattern, radix: 16))"
    case nil: "null"
    case let other?: "\(other)"
    }
}
