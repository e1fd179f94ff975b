internal import Blobs
internal import HubModel
internal import Ingest
internal import Logging
internal import SQL
internal import ServiceLifecycle

/// Looks through the hub's files at the start and once an hour: what no row names is removed, what is missing is said once.
struct BlobService: Service {
    let blobs: BlobStore
    let database: Database
    let line: IngestLine
    let clock: any HouseClock
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            var said: Set<String> = []
            var sweepsAt = clock.uptime()
            await clock.every(.seconds(1)) {
                guard clock.uptime() >= sweepsAt else { return }
                sweepsAt = clock.uptime() + .seconds(3_600)
                do {
                    let found = try await blobs.sweep(database, line)
                    for hash in Set(found.missing).subtracting(said).sorted() {
                        logger.error("A file is missing or damaged", metadata: ["hash": .string(hash)])
                    }
                    said = Set(found.missing)
                } catch {
                    logger.error("The files could not be looked through", metadata: ["error": .string("\(error)")])
                }
            }
        }
    }
}
