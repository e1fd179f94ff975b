package import HubModel
package import SolutionKit

/// What is wrong with a simulated device of a room.
package enum SimulatedRoomFault: CaseIterable, Hashable, Sendable {
    /// From some instant on nothing is heard of it.
    case silent
    /// It starts anew now and then, and has forgotten what it had not told.
    case restarting
    /// Its radio is away now and then, for many minutes: what it could not tell comes late.
    case away
    /// Its sensor sees nobody.
    case blind
    /// Its sensor sees a heater as well, all day and night.
    case nervous
}

/// When a device's fault shows, by the simulation's clock: a stream.
package struct SimulatedTrouble: Sendable {
    /// What happens to it.
    package enum Event: Hashable, Sendable {
        case fallsSilent, restarts, radioGoes, radioComes, seesHeater
    }

    /// What is wrong; nil: nothing.
    package let fault: SimulatedRoomFault?
    /// When something happens next.
    package private(set) var next: Timestamp
    private var chance: SimulatedChance
    private var isAway = false

    /// The trouble of a device from an instant on.
    package init(_ fault: SimulatedRoomFault?, _ chance: SimulatedChance, from start: Timestamp) {
        self.fault = fault
        self.chance = chance
        next = start
        next = after(start)
    }

    /// What happens at `next`; then the next is another instant.
    package mutating func happen() -> Event? {
        defer { next = after(next) }
        switch fault {
        case .silent: return .fallsSilent
        case .restarting: return .restarts
        case .away:
            isAway.toggle()
            return isAway ? .radioGoes : .radioComes
        case .nervous: return .seesHeater
        case .blind, nil: return nil
        }
    }

    private mutating func after(_ instant: Timestamp) -> Timestamp {
        let minutes: Double =
            switch fault {
            case .silent: 30 + 90 * chance.fraction()
            case .restarting: 40 + 200 * chance.fraction()
            case .away: isAway ? 10 + 30 * chance.fraction() : 60 + 180 * chance.fraction()
            case .nervous: min(10, max(0.05, chance.exponential(mean: 1.5)))
            case .blind, nil: 1_440
            }
        return instant.advanced(byMicroseconds: Int64(minutes * 60e6))
    }
}
