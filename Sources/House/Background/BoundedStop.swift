internal import Logging
internal import ServiceLifecycle

/// Ends work beside the line at a stop, without letting it keep the hub from ending.
enum BoundedStop {
    /// How long work may go on after it was cancelled.
    static let limit = Duration.seconds(10)

    /// Does work until it ends by itself, or cancels it at a graceful stop and waits for its end no longer than `limit`.
    /// - Parameter name: whose work it is, for the log.
    static func run(_ name: String, logger: Logger, _ work: @escaping @Sendable () async -> Void) async {
        let (ends, end) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingOldest(1))
        let task = Task {
            await work()
            end.yield(true)
            end.finish()
        }
        // A task of its own: the wait for the end must outlast the cancellation of whoever waits.
        let waiting = Task {
            for await isDone in ends { return isDone }
            return true
        }
        let isDone = await withTaskCancellationOrGracefulShutdownHandler {
            await waiting.value
        } onCancelOrGracefulShutdown: {
            task.cancel()
            Task {
                // Real time: the system waits for the process to end.
                try? await Task.sleep(for: limit)
                end.yield(false)
                end.finish()
            }
        }
        guard !isDone else { return }
        logger.error(
            "Work in the background did not end in time and was left behind",
            metadata: ["name": .string(name), "seconds": .stringConvertible(limit.components.seconds)])
    }
}
