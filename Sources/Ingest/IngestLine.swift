internal import Foundation
internal import HubModel
public import SolutionKit
internal import Synchronization

/// The line: a bounded queue, drained in batches by one writer; one transaction a batch; acknowledgements, live
/// events and publications are released after the commit.
///
/// Life: `run`, then `offer` and `perform` from any thread, then `stop`, which stores what was taken before it returns.
public final class IngestLine: Line {
    private let queue: LineQueue
    private let statistics: LineStatistics
    private let parts: LineParts
    private let router: TopicRouter

    /// A line that does not run yet.
    public init(_ parts: LineParts) {
        self.parts = parts
        router = TopicRouter(parts.solutions.map(\.manifest))
        statistics = LineStatistics()
        queue = LineQueue(
            limits: .init(
                items: parts.configuration.queueItems, bytes: parts.configuration.queueBytes,
                batch: parts.configuration.batchItems, gather: parts.configuration.gather))
    }

    /// Starts the writer's thread and waits for its end, which comes when `stop` was called and everything taken is
    /// stored.
    public func run() async {
        let (parts, queue, statistics) = (parts, queue, statistics)
        await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
            let thread = Thread {
                let handlers = LineHandlers(parts.handling, services: parts.services, commands: parts.commands)
                let observers = parts.observing.map { $0.makeObserver(parts.services) } + parts.observers.map { $0() }
                var writer = Writer(
                    parts: parts, handlers: handlers, observers: observers, statistics: statistics)
                while let submissions = queue.take(within: writer.secondsToWork()) {
                    writer.run(submissions)
                }
                writer.writeWhatHandlersRemember()
                ended.resume()
            }
            thread.name = "martlet.writer"
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    /// Refuses everything new; `run` returns when all that was taken is stored.
    public func stop() {
        queue.close()
    }

    /// Returns when a batch that began after this call has ended, whether or not it could be stored, or when the line has stopped.
    ///
    /// The first batch of a line is a tick, in which the handlers read their memory and bring the tables up to date. Anyone who waits for it before
    /// asking anything never sees what held for the process before.
    /// - Returns: false when the line has stopped.
    @discardableResult
    public func batchEnded() async -> Bool {
        await withCheckedContinuation { (over: CheckedContinuation<Bool, Never>) in
            let submission = Submission(items: []) { _ in over.resume(returning: true) }
            if queue.offer(submission) != .taken { over.resume(returning: false) }
        }
    }

    /// Does what came due because the clock was moved, and returns when that is committed, or when the line has stopped.
    public func clockWasMoved() async {
        // The first batch lets time pass; what that has read from the tables may have come due as well.
        var rounds = 2
        while rounds > 0 || statistics.isBehind {
            rounds -= 1
            guard await batchEnded() else { return }
        }
    }

    /// Hands items over, unless the queue is full or the line is stopping.
    /// - Returns: whether they were taken; if not, the completion is never called.
    public func offer(_ submission: Submission) -> Bool {
        queue.offer(submission) == .taken
    }

    /// Whether a solution takes messages of this topic, given by its levels.
    public func takes(_ topic: [String]) -> Bool {
        router.handler(of: topic) != nil
    }

    /// Figures of the line's work.
    public var figures: LineFigures {
        statistics.figures(queueDepth: queue.depth, queueLimit: queue.capacity)
    }

    /// Runs work inside the next batch and returns after its commit.
    public func perform<Value: Sendable>(
        _ work: @escaping @Sendable (inout LineContext) throws -> Value
    ) async throws -> Value {
        try await submit { result in
            .work { line in result.set(try work(&line)) }
        }
    }

    /// Lets one solution's handler work inside the next batch and returns after its commit.
    public func perform<Handler: MessageHandler, Value: Sendable>(
        with handler: Handler.Type, _ work: @escaping @Sendable (Handler, inout LineContext) throws -> Value
    ) async throws -> Value {
        try await submit { result in
            .handler(
                HandlerWork(
                    isFor: { $0 is Handler },
                    attempt: { candidate, line in
                        guard let handler = candidate as? Handler else { return false }
                        result.set(try work(handler, &line))
                        return true
                    }))
        }
    }

    private func submit<Value: Sendable>(_ item: (ResultBox<Value>) -> LineItem) async throws -> Value {
        let result = ResultBox<Value>()
        let item = item(result)
        return try await withCheckedThrowingContinuation { continuation in
            let submission = Submission(items: [item]) { outcomes in
                switch outcomes.first {
                case .committed:
                    if let value = result.value {
                        continuation.resume(returning: value)
                    } else {
                        continuation.resume(throwing: Refusal(.internalFailure, "The work gave no result."))
                    }
                case .refused(let refusal): continuation.resume(throwing: refusal)
                case .unstored: continuation.resume(throwing: Refusal.storageUnavailable)
                case .failed, nil:
                    continuation.resume(throwing: Refusal(.internalFailure, "The change could not be stored."))
                }
            }
            switch queue.offer(submission) {
            case .taken: break
            case .full:
                continuation.resume(throwing: Refusal(.overloaded, "Too many changes wait; try again in a second."))
            case .closed: continuation.resume(throwing: Refusal(.stopping, "The hub is stopping."))
            }
        }
    }
}

/// Carries a result from the work to the caller.
private final class ResultBox<Value: Sendable>: Sendable {
    private let content = Mutex<Value?>(nil)

    var value: Value? { content.withLock { $0 } }

    func set(_ value: Value) {
        content.withLock { $0 = value }
    }
}
