public import HubModel
public import Ingest
internal import Registry
internal import SolutionKit
internal import Synchronization

/// Tells the operators of devices what was refused at the door itself, before it was a message for the line: a key that is wrong, a topic
/// that is not the device's.
public final class DoorRefusals: Sendable {
    private let line: IngestLine
    private let clock: any WallClock
    private let allowance = Mutex(RefusalAllowance())

    /// Refusals that go down a line.
    public init(line: IngestLine, clock: any WallClock) {
        self.line = line
        self.clock = clock
    }

    /// Notes a refusal. When the line takes no more at the moment it is left out.
    /// - Parameter names: the names that the device may have in the hub; the first that there is counts.
    func note(_ names: [DeviceID], _ refusal: Refusal, topic: [String] = []) {
        let now = clock.now()
        guard let name = names.first, let leftOut = allowance.withLock({ $0.take(name, at: now) }) else { return }
        let work = LineItem.work { line in
            let registry = DeviceRegistry()
            let transaction = try line.transaction()
            guard let device = try names.first(where: { try registry.site(of: $0, in: transaction) != nil }) else {
                return
            }
            try registry.note(
                RefusedMessage(device: device, at: now, refusal: refusal, topic: topic, leftOut: leftOut),
                in: transaction)
        }
        _ = line.offer(Submission(items: [work]) { _ in })
    }
}
