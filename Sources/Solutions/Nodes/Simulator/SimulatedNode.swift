internal import DeviceLogic
public import HubModel
public import SolutionKit

/// One node behind its connection: reports at its interval, says how it is now and then, answers commands. With a memory it measures on while
/// the hub is away, and sends what it has kept when the hub is back, the oldest first.
public struct SimulatedNode: SimulatedDevice {
    /// It counts nothing beside messages.
    public typealias Count = Never

    private let simulator: NodesSimulator
    private let index: Int
    private var nextReport: Timestamp
    private var reports = 0
    /// When it measured what is not acknowledged yet; nil: it has no memory.
    private var kept: StoreAndForward<Timestamp>?
    /// Kept reports that are published together at most: half as many whenever the hub refused some of them.
    private var portion = SimulatedNode.largestPortion
    /// How long it waits then, in milliseconds, and until when.
    private var pauses = Backoff(initial: 1_000, maximum: 60_000, jitter: .half)
    private var pausedUntil = Timestamp(microseconds: 0)

    /// A node says how it is every so many of its reports.
    private static let reportsPerStatus = 30
    private static let largestPortion = 100

    /// A node that reports at once.
    public init(_ simulator: NodesSimulator, _ index: Int, at now: Timestamp) {
        self.simulator = simulator
        self.index = index
        nextReport = now
        if simulator.memory > 0 {
            // A node connects once in the life of a simulator: there is no other run to tell this one from.
            kept = StoreAndForward(capacity: simulator.memory, boot: 0, overflow: .thinOut)
        }
    }

    /// When it reports next; at once while it has something that it kept.
    public var nextDue: Timestamp {
        guard let kept, kept.waiting > 0 else { return max(nextReport, pausedUntil) }
        return pausedUntil
    }

    /// What it publishes.
    public mutating func take(_ event: SimulatedEvent, at now: Timestamp) -> [SimulatedAction<Never>] {
        switch event {
        case .message(let message):
            return simulator.answer(to: message.payload, node: index, at: now).map { [.publish($0)] } ?? []
        case .due:
            return report(at: now).map { .publish($0) }
        case .settled(let isStored):
            if isStored { stored() } else { notStored(at: now) }
            return []
        case .answered: return []
        }
    }

    private mutating func stored() {
        kept?.acknowledgeAll()
        portion = min(SimulatedNode.largestPortion, portion * 2)
        pauses.held(for: .max)
    }

    /// Nobody knows which of them were stored: all come again, a few at a time, so that a bound on their rate lets them through at last.
    private mutating func notStored(at now: Timestamp) {
        guard kept != nil else { return }
        kept?.connectionLost()
        portion = max(1, portion / 2)
        pausedUntil = now.advanced(byMicroseconds: pauses.next(random: UInt64(index)) * 1_000)
    }

    private mutating func report(at now: Timestamp) -> [SimulatedMessage] {
        var due: [Timestamp] = []
        if kept == nil {
            // A hub that was away: go on from now instead of making up for every report that was missed.
            if now.microseconds(since: nextReport) > simulator.interval { nextReport = now }
            nextReport = nextReport.advanced(byMicroseconds: simulator.interval)
            due = [now]
        } else {
            while nextReport <= now {
                _ = kept?.append(nextReport)
                nextReport = nextReport.advanced(byMicroseconds: simulator.interval)
            }
            while due.count < portion, let record = kept?.next() { due.append(record.element) }
        }
        return due.flatMap { instant in
            let isTimeForStatus = reports % SimulatedNode.reportsPerStatus == 0
            reports += 1
            return (isTimeForStatus ? [simulator.status(index, at: now)] : []) + [
                simulator.telemetry(index, at: instant)
            ]
        }
    }
}
