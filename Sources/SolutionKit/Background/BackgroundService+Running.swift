/// What becomes of a service that is run.
public enum ServiceEvent: Sendable {
    /// It is started.
    case started
    /// It failed, and is started again after a while.
    case failed(any Error, retryAfter: Duration)
    /// It is done: it returned, or its task was cancelled.
    case ended
}

extension BackgroundService {
    /// Runs the service, and again whenever it has failed, until it returns or the task is cancelled.
    /// - Parameters:
    ///   - uptime: time that nobody sets.
    ///   - wait: waits for so long, or until the task is cancelled.
    ///   - random: any number, drawn evenly from all of its range.
    ///   - note: told what becomes of it.
    public func supervise(
        uptime: () -> Duration, wait: (Duration) async -> Void, random: () -> UInt64, note: (ServiceEvent) -> Void
    ) async {
        var plan = RestartPlan()
        while !Task.isCancelled {
            note(.started)
            let begin = uptime()
            do {
                try await run()
                break
            } catch {
                // What it throws because it was told to end is no failure.
                if Task.isCancelled { break }
                let delay = plan.failed(after: uptime() - begin, random: random())
                note(.failed(error, retryAfter: delay))
                await wait(delay)
            }
        }
        note(.ended)
    }
}
