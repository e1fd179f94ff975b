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

    /// Every migration of this program, in the order in which tables refer to each other.
    static var migrations: [Migrations] {
        [TimeSeriesStore.migrations, RegistryTables.migrations, SessionMigrations.all] + Solutions.all.map(\.migrations)
    }

    /// Opens what is there, or makes it.
    /// - Throws: `SQLFailure` or `TimeSeriesFailure` when a file cannot be used as it is.
    static func open(_ folder: DataFolder, retentionDays: Int?, now: Timestamp, logger: Logger) async throws -> Stored {
        let database = try Database.open(DatabaseConfiguration(.file(folder.database)))
        let applied = try await database.migrate(migrations, at: now.microseconds)
        if !applied.isEmpty {
            logger.info("Tables brought up to date", metadata: ["migrations": .string(applied.joined(separator: " "))])
        }
        var configuration = TimeSeriesConfiguration(folder: folder.path)
        configuration.retentionDays = retentionDays
        let store = try await TimeSeriesStore.open(database, configuration, now: now.microseconds)
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
        return Stored(database: database, store: store)
    }

    /// Closes everything; what is not sealed stays in the journal.
    func close() async throws {
        try await store.close()
        try database.close()
    }
}
