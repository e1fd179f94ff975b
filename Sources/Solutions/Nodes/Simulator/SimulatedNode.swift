public import HubModel
public import SolutionKit

/// One node behind its connection: reports at its interval, says how it is now and then, answers commands.
public struct SimulatedNode: SimulatedDevice {
    /// It counts nothing beside messages.
    public typealias Count = Never

    /// When it reports next.
    public private(set) var nextDue: Timestamp
    private let simulator: NodesSimulator
    private let index: Int
    private var reports = 0

    /// A node says how it is every so many of its reports.
    private static let reportsPerStatus = 30

    /// A node that reports at once.
    public init(_ simulator: NodesSimulator, _ index: Int, at now: Timestamp) {
        self.simulator = simulator
        self.index = index
        nextDue = now
    }

    /// What it publishes.
    public mutating func take(_ event: SimulatedEvent, at now: Timestamp) -> [SimulatedAction<Never>] {
        switch event {
        case .message(let message):
            return simulator.answer(to: message.payload, node: index, at: now).map { [.publish($0)] } ?? []
        case .due:
            return report(at: now).map { .publish($0) }
        }
    }

    private mutating func report(at now: Timestamp) -> [SimulatedMessage] {
        // A hub that was away: go on from now instead of making up for every report that was missed.
        if now.microseconds(since: nextDue) > simulator.interval { nextDue = now }
        nextDue = nextDue.advanced(byMicroseconds: simulator.interval)
        let isTimeForStatus = reports % SimulatedNode.reportsPerStatus == 0
        reports += 1
        return (isTimeForStatus ? [simulator.status(index, at: now)] : []) + [simulator.telemetry(index, at: now)]
    }
}
