public import HubModel
internal import Synchronization

/// Figures of the line's work, as of one moment.
public struct LineFigures: Sendable {
    /// Items stored since the start.
    public var stored: Int64 = 0
    /// Readings stored since the start.
    public var readings: Int64 = 0
    /// Values refused alone since the start, while the rest of their message was stored.
    public var refusedValues: Int64 = 0
    /// Items refused since the start, by code.
    public var refused: [RefusalCode: Int64] = [:]
    /// Items that failed for our own reasons since the start.
    public var failed: Int64 = 0
    /// Batches committed since the start.
    public var batches: Int64 = 0
    /// Batches that were rolled back since the start.
    public var failedBatches: Int64 = 0
    /// When a batch was rolled back last.
    public var lastFailure: Timestamp?
    /// Calls of observers that failed since the start, and were undone.
    public var failedObservers: Int64 = 0
    /// Microseconds spent in committed batches since the start.
    public var busyMicroseconds: Int64 = 0
    /// Items that wait now.
    public var queueDepth = 0
    /// Most items that may wait.
    public var queueLimit = 0
    /// Microseconds from the beginning of a batch to the end of its commit: half of the last 1,024 batches took at
    /// most this.
    public var commitMedian: Int64 = 0
    /// 99 of 100 of the last 1,024 batches took at most this, in microseconds.
    public var commitP99: Int64 = 0
}

/// Counts what the writer does; locked once a batch.
final class LineStatistics: Sendable {
    private struct State {
        var figures = LineFigures()
        /// Durations of the newest batches, a ring.
        var durations: [Int64] = []
        var next = 0
        /// Whether more had come due than the last batch did.
        var isBehind = false
    }

    private static let window = 1_024
    private let state = Mutex(State())

    func committed(_ outcomes: [LineOutcome], readings: Int, refusedValues: Int = 0, microseconds: Int64) {
        state.withLock { state in
            var stored: Int64 = 0
            for outcome in outcomes {
                switch outcome {
                case .committed: stored += 1
                case .refused(let refusal): state.figures.refused[refusal.code, default: 0] += 1
                case .failed, .unstored: state.figures.failed += 1
                }
            }
            state.figures.stored += stored
            state.figures.readings += Int64(readings)
            state.figures.refusedValues += Int64(refusedValues)
            // A batch that only let time pass says nothing about commits.
            guard !outcomes.isEmpty else { return }
            state.figures.batches += 1
            state.figures.busyMicroseconds += microseconds
            if state.durations.count < LineStatistics.window {
                state.durations.append(microseconds)
            } else {
                state.durations[state.next] = microseconds
                state.next = (state.next + 1) % LineStatistics.window
            }
        }
    }

    var isBehind: Bool { state.withLock { $0.isBehind } }

    func note(isBehind: Bool) { state.withLock { $0.isBehind = isBehind } }

    func observerFailed() { state.withLock { $0.figures.failedObservers += 1 } }

    func batchFailed(items: Int, at now: Timestamp) {
        state.withLock {
            $0.figures.failedBatches += 1
            $0.figures.lastFailure = now
            $0.figures.failed += Int64(items)
        }
    }

    func figures(queueDepth: Int, queueLimit: Int) -> LineFigures {
        var (figures, durations) = state.withLock { ($0.figures, $0.durations) }
        durations.sort()
        if let last = durations.indices.last {
            figures.commitMedian = durations[last / 2]
            figures.commitP99 = durations[last * 99 / 100]
        }
        figures.queueDepth = queueDepth
        figures.queueLimit = queueLimit
        return figures
    }
}
