internal import HubModel
internal import Ingest
internal import Logging
internal import SQL
internal import Synchronization

/// Writes failures of one sort to the log: the first at once, of those that follow one every ten seconds with their number. A full disk
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

    /// The line's own failures.
    @Sendable func take(_ trouble: LineTrouble) {
        switch trouble {
        // The watch says that once for all batches.
        case .batchFailed(let error as SQLFailure, _) where error.code == .displaced: break
        case .batchFailed(let error, let items):
            note("A batch was rolled back", error, ["items": .stringConvertible(items)])
        case .itemFailed(let error): note("An item could not be stored", error)
        case .observerFailed(let error): note("An observer failed, and its batch was stored without it", error)
        }
    }

    /// What failed, in words that are always the same, and why.
    func note(_ what: Logger.Message, _ error: any Error, _ facts: Logger.Metadata = [:]) {
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
        var metadata = facts
        metadata["failures_before"] = .stringConvertible(unsaid)
        metadata["error"] = .string("\(error)")
        logger.error(what, metadata: metadata)
    }
}
