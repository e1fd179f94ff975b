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

    /// A node says how it is every so many of its reports.
    private static let reportsPerStatus = 30
    /// Kept reports that are published together at most.
    private static let portion = 100

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
    public var nextDue: Timestamp { kept.map { $0.waiting > 0 } == true ? Timestamp(microseconds: 0) : nextReport }

    /// What it publishes.
    public mutating func take(_ event: SimulatedEvent, at now: Timestamp) -> [SimulatedAction<Never>] {
        switch event {
        case .message(let message):
            return simulator.answer(to: message.payload, node: index, at: now).map { [.publish($0)] } ?? []
        case .due:
            return report(at: now).map { .publish($0) }
        case .settled(let isStored):
            if isStored { kept?.acknowledgeAll() } else { kept?.connectionLost() }
            return []
        }
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
            while due.count < SimulatedNode.portion, let record = kept?.next() { due.append(record.element) }
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
