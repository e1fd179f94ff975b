internal import SolutionKit
internal import Synchronization

/// The tally of a fleet that runs: many clients write, whoever reports reads.
final class FleetBook<Count: Hashable & Sendable>: Sendable {
    private let state = Mutex(FleetTally<Count>())

    var tally: FleetTally<Count> { state.withLock { $0 } }

    func note(_ change: (inout FleetTally<Count>) -> Void) {
        state.withLock { change(&$0) }
    }
}
