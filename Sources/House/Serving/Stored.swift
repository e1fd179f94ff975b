internal import Blobs
internal import Commands
internal import DeviceDoors
internal import HubModel
internal import Logging
internal import MQTTBroker
internal import Registry
internal import SQL
internal import SolutionKit
internal import TimeSeries

/// What the hub finds in its data folder when it starts: the database, brought up to date, and the telemetry, its
/// journal replayed.
struct Stored: Sendable {
    let database: Database
    let store: TimeSeriesStore
    let signs: FolderSigns
    let blobs: BlobStore

    /// Every migration of this program, in the order in which tables refer to each other.
    static func migrations(of solutions: Solutions) -> [Migrations] {
        [
            TimeSeriesStore.migrations, RegistryTables.migrations, SessionMigrations.all, BlobTable.migrations,
            CommandsRoom.migrations,
        ]
            + solutions.all.map(\.migrations)
    }

    /// Opens what is there, or makes it.
    /// - Throws: `SettingError`, `SQLFailure` or `TimeSeriesFailure` when a file cannot be used as it is.
    static func open(
        _ folder: DataFolder, _ solutions: Solutions, retentionDays: Int?, oldestDays: Int?, now: Timestamp,
        logger: Logger
    ) async throws -> Stored {
        let signs = FolderSigns(path: folder.path)
        for warning in signs.warnings { logger.warning("\(warning)") }
        try signs.requireDatabase()
        if let lost = try signs.lostLog ?? signs.keepDamagedLog(now: now.microseconds) { logger.error("\(lost)") }
        let database: Database
        do {
            database = try Database.open(DatabaseConfiguration(.file(folder.database)))
        } catch {
            throw signs.refusal(error) ?? error
        }
        do {
            return try await open(database, folder, solutions, signs, retentionDays, oldestDays, now, logger)
        } catch {
            // Nothing was taken in; what is there stays as it is.
            try? database.close()
            throw (error as? SQLFailure).flatMap(signs.refusal) ?? error
        }
    }

    private static func open(
        _ database: Database, _ folder: DataFolder, _ solutions: Solutions, _ signs: FolderSigns, _ retentionDays: Int?,
        _ oldestDays: Int?, _ now: Timestamp, _ logger: Logger
    ) async throws -> Stored {
        try await signs.requireSameHub(database)
        let applied = try await database.migrate(migrations(of: solutions), at: now.microseconds)
        if !applied.isEmpty {
            logger.info("Tables brought up to date", metadata: ["migrations": .string(applied.joined(separator: " "))])
        }
        var configuration = TimeSeriesConfiguration(folder: folder.path)
        configuration.retentionDays = retentionDays
        configuration.limits.past = oldestDays.map { Int64($0) * 86_400_000_000 }
        let store = try await TimeSeriesStore.open(database, configuration, now: now.microseconds) { damage in
            logger.error(
                "Stored readings are damaged or missing",
                metadata: [
                    "file": .string(damage.file), "reason": .string(damage.reason.rawValue),
                    "what": .string("\(damage)"),
                    "from": .string("\(Timestamp(microseconds: damage.range.lowerBound))"),
                    "to": .string("\(Timestamp(microseconds: damage.range.upperBound))"),
                ])
        }
        try signs.sign(store.hub, isAtWork: true)
        let recovery = store.recovery
        logger.info(
            "Journal replayed",
            metadata: [
                "rows": .stringConvertible(recovery.journalRows), "reports": .stringConvertible(recovery.reports),
            ])
        for damaged in recovery.quarantined {
            logger.error(
                "A damaged row was put aside",
                metadata: [
                    "kind": .string(damaged.kind), "row": .stringConvertible(damaged.origin),
                    "reason": .string(damaged.reason),
                ])
        }
        let begin = ContinuousClock.now
        let blobs = try BlobStore(path: "\(folder.path)/\(BlobSurvey.folderName)") { ContinuousClock.now - begin }
        return Stored(database: database, store: store, signs: signs, blobs: blobs)
    }

    /// Whether the database's files are where they were opened.
    var isInPlace: Bool { database.isInPlace }

    /// Writes down in the lock file whose data this is, and whether a hub works on it.
    func sign(isAtWork: Bool) throws {
        try signs.sign(store.hub, isAtWork: isAtWork)
    }

    /// Closes everything; what is not sealed stays in the journal.
    func close() async throws {
        try await store.close()
        let isInPlace = database.isInPlace
        try database.close()
        if isInPlace { try sign(isAtWork: false) }
    }
}
