internal import DeviceLogic
public import HubModel
internal import SolutionKit

/// What is wrong with a sensor.
public enum SimulatedFault: Hashable, Sendable {
    /// Nothing.
    case none
    /// From an instant on it says again and again what it said then.
    case stuck(since: Timestamp)
    /// It was mounted over the neighbour's spot, and the neighbour's over this one.
    case swapped
    /// Something grows on it: what it measures of an empty spot comes nearer day by day.
    case dirty(since: Timestamp)
    /// It ages: everything it measures grows day by day.
    case drifting(since: Timestamp)
    /// Its radio is bad: many of its reports get lost.
    case deaf
    /// Its battery is empty: from an instant on nothing is heard of it.
    case dead(since: Timestamp)
}

/// A sensor over a spot: what it measures of a car or of the floor.
struct SimulatedSensor: Sendable {
    let fault: SimulatedFault
    private var chance: SimulatedChance
    /// The car's own height changes what is measured of it, cm.
    private var car = 0.0
    private var stuckAt: Double?

    /// The floor, and a car's roof (docs/parking-api.md).
    private static let floor = 200.0
    private static let roof = 30.0
    /// The sensor's program, which says whether there is a car: it reports each change at once, the hub waits for what lasts.
    private var firmware = OccupancySensor(
        threshold: OccupancyThreshold(centimetres: 100, hysteresisCentimetres: 0), debounceMilliseconds: 0)
    /// How much nearer a dirty sensor's floor comes in a day, and how far, cm.
    private static let dirtPerDay = 6.0
    private static let mostDirt = 150.0
    /// How much an ageing sensor's measure grows in a day, and how far, cm.
    private static let driftPerDay = 1.5
    private static let mostDrift = 60.0

    init(fault: SimulatedFault, chance: SimulatedChance) {
        self.fault = fault
        self.chance = chance
    }

    /// A car has come: each is a little higher or lower than the next.
    mutating func carArrives() { car = chance.normal(mean: 0, deviation: 5) }

    /// The distance to what is below, whole centimetres.
    mutating func measure(isOccupied: Bool, at instant: Timestamp) -> Int64 {
        let noise = chance.normal(mean: 0, deviation: 2)
        var distance = (isOccupied ? SimulatedSensor.roof + car : SimulatedSensor.floor) + noise
        switch fault {
        case .none, .swapped, .deaf, .dead: break
        case .stuck(let since):
            if instant >= since { distance = stuckAt ?? distance }
            stuckAt = distance
        case .dirty(let since):
            if !isOccupied {
                let dirt = SimulatedSensor.days(since, instant) * SimulatedSensor.dirtPerDay
                distance -= min(dirt, SimulatedSensor.mostDirt)
            }
            // What is unclean scatters.
            distance += noise * 2
        case .drifting(let since):
            distance += min(
                SimulatedSensor.days(since, instant) * SimulatedSensor.driftPerDay, SimulatedSensor.mostDrift)
        }
        return max(2, Int64(distance.rounded()))
    }

    /// What the sensor's program thinks of a distance that it has measured.
    mutating func judge(_ distance: Int64, at instant: Timestamp) -> Bool {
        _ = firmware.take(centimetres: Double(distance), at: instant.microseconds / 1_000)
        return firmware.belief?.isOccupied ?? false
    }

    /// Whether a report gets lost on its way, or was never sent.
    mutating func loses(_ probability: Double, at instant: Timestamp) -> Bool {
        if case .dead(let since) = fault, instant >= since { return true }
        return chance.happens(fault == .deaf ? max(probability, 0.3) : probability)
    }

    private static func days(_ since: Timestamp, _ instant: Timestamp) -> Double {
        max(0, Double(instant.microseconds(since: since)) / 86_400e6)
    }
}
