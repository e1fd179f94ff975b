internal import HubModel
internal import Ingest
internal import Logging
internal import Synchronization

/// Writes the line's own failures to the log: the first at once, of those that follow one every ten seconds with their number. A full disk
/// fails hundreds of batches a second, and its log must not fill it further.
final class TroubleLog: Sendable {
    private struct State {
        var next: Timestamp?
        var unsaid = 0
    }

    private let logger: Logger
    private let clock: any WallClock
    private let state = Mutex(State())

    init(logger: Logger, clock: any WallClock) {
        self.logger = logger
        self.clock = clock
    }

    @Sendable func take(_ trouble: LineTrouble) {
        let now = clock.now()
        let unsaid: Int? = state.withLock { state in
            // A clock that was set back must not silence the log.
            if let next = state.next, now < next, next <= now.advanced(bySeconds: 10) {
                state.unsaid += 1
                return nil
            }
            defer { state = State(next: now.advanced(bySeconds: 10)) }
            return state.unsaid
        }
        guard let unsaid else { return }
        var metadata: Logger.Metadata = ["failures_before": .stringConvertible(unsaid)]
        switch trouble {
        case .batchFailed(let error, let items):
            metadata["items"] = .stringConvertible(items)
            metadata["error"] = .string("\(error)")
            logger.error("A batch was rolled back", metadata: metadata)
        case .itemFailed(let error):
            metadata["error"] = .string("\(error)")
            logger.error("An item could not be stored", metadata: metadata)
        }
    }
}
