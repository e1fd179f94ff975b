public import HubModel
public import SolutionKit

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

    /// Makes those demo lots that are not there yet, as `POST /api/init` does.
    public static func addLots(_ services: WebServices, by caller: Caller) async throws {
        _ = try await LotRoutes(services: services).addDemo(by: caller)
    }
}
