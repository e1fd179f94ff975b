public import HubModel
internal import Registry
public import SQL
internal import Synchronization

/// Until when those who are inside may stay: they are looked up again only when a right has changed somewhere, or when their time is over. As
/// long as nothing happens, asking for all of them costs one number of the database.
public final class Welcomes: Sendable {
    /// Until when somebody may go on with the rights they came with, as things stand; nil: no longer.
    /// - Throws: what the database throws.
    public typealias Ask = @Sendable (Caller) async throws -> Timestamp?

    private struct Known {
        var epoch: Int64?
        var until: [Caller: Timestamp] = [:]
    }

    private let database: Database
    private let clock: any WallClock
    private let ask: Ask
    private let trouble: @Sendable (any Error) -> Void
    /// Of those who were asked for last; so it is as bounded as what is open.
    private let known = Mutex(Known())

    /// A memory that is empty.
    /// - Parameter trouble: told why it could not be looked up whether somebody may stay; they stay until it can.
    public init(
        database: Database, clock: any WallClock, trouble: @escaping @Sendable (any Error) -> Void, ask: @escaping Ask
    ) {
        self.database = database
        self.clock = clock
        self.trouble = trouble
        self.ask = ask
    }

    /// Those of the callers who may not go on. Not twice at once.
    public func unwelcome(among callers: Set<Caller>) async -> Set<Caller> {
        guard !callers.isEmpty else { return [] }
        do {
            let epoch = try await database.read { try TrustEpoch.current(in: $0) }
            return await unwelcome(among: callers, epoch: epoch, at: clock.now())
        } catch {
            note(error)
            return []
        }
    }

    /// The same for somebody who has read `TrustEpoch` already.
    func unwelcome(among callers: Set<Caller>, epoch: Int64, at now: Timestamp) async -> Set<Caller> {
        let before = known.withLock { $0.epoch == epoch ? $0.until : [:] }
        var (until, ended) = ([Caller: Timestamp](), Set<Caller>())
        for caller in callers {
            if let end = before[caller], end > now {
                until[caller] = end
                continue
            }
            do {
                if let end = try await ask(caller) { until[caller] = end } else { ended.insert(caller) }
            } catch {
                // Not in the memory: asked for again the next time.
                note(error)
            }
        }
        known.withLock { $0 = Known(epoch: epoch, until: until) }
        return ended
    }

    private func note(_ error: any Error) {
        // A hub that stops interrupts what it reads.
        if !Task.isCancelled { trouble(error) }
    }
}
