internal import Blobs
internal import Commands
internal import HubModel
internal import Ingest
internal import Logging
internal import SQL
internal import SolutionKit
internal import TimeSeries

/// What the house itself does once an hour: it deletes what is old, and looks through its files.
struct HouseSchedules: Sendable {
    let stored: Stored
    let line: IngestLine
    let clock: any HouseClock
    let retention: Retention
    let logger: Logger

    var all: [Schedule] { [deletion, sweep] }

    /// Also at each start, so that the hour for which a clock must have run evenly begins there.
    private var deletion: Schedule {
        let (begin, trust) = (clock.uptime(), Locked(ClockTrust()))
        return Schedule("hub.retention", when: .every(.seconds(3_600)), start: .always) {
            guard stored.isInPlace else { return }
            var believing = trust.get()
            let isBelieved = believing.believes(clock.now(), uptime: clock.uptime() - begin)
            trust.set(believing)
            guard isBelieved else { return }
            var failure: (any Error)?
            do {
                _ = try await stored.store.enforceRetention(now: clock.now().microseconds)
            } catch {
                // Readings that cannot be deleted keep nothing else.
                failure = error
            }
            _ = try await retention.apply(at: clock.now(), stored.database) { piece in
                try await line.perform { try piece(try $0.transaction()) }
            }
            while try await line.perform({
                try CommandsRoom.removeExpiredRequests(at: $0.now, in: try $0.transaction())
            }) > 0 {}
            if let failure { throw failure }
        }
    }

    /// What no row names is removed, what is missing is said once.
    private var sweep: Schedule {
        let said = Locked<Set<String>>([])
        return Schedule("hub.files", when: .every(.seconds(3_600)), start: .always) {
            let missing = Set(try await stored.blobs.sweep(stored.database, line).missing)
            for hash in missing.subtracting(said.get()).sorted() {
                logger.error("A file is missing or damaged", metadata: ["hash": .string(hash)])
            }
            said.set(missing)
        }
    }
}
