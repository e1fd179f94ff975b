internal import HubModel
internal import SolutionKit

/// The demo lots, with cars that come and go.
public enum DemoPark {
    /// How many seconds of the simulation pass in one: its day lasts 24 minutes, so that whoever looks for a moment sees something happen.
    public static let speed = 60.0

    /// What moves in the demo lots.
    public static var simulator: ParkingSimulator? {
        ParkingSimulator(
            seed: 7, sizes: DemoLots.all.map(\.edit.spots.count), faulty: 0.05, spotDigits: 3,
            timeZone: DemoLots.all.first?.edit.timeZone ?? "UTC")
    }

    /// What moves in them, as a fleet: a sensor says how it is every 20 seconds when nothing happens.
    static func fleet(at now: Timestamp) -> SimulatedCarParks? {
        simulator.map {
            SimulatedCarParks($0, time: SimulatedTime(begin: now, start: now, speed: speed), heartbeatSeconds: 20)
        }
    }
}
