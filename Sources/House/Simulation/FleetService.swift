internal import Foundation
internal import ServiceLifecycle
internal import SolutionKit

/// Runs a fleet and says every five seconds how it fares.
struct FleetService<Simulated: SimulatedFleet>: Service {
    let fleet: Fleet<Simulated>
    /// Stops after so many seconds; nil: when it is told to.
    let seconds: Double?

    private static var rhythm: Int { 5 }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await fleet.run() }
                group.addTask { await report() }
                if let seconds { group.addTask { try? await Task.sleep(for: .seconds(seconds)) } }
                // The first to end is the clock, or all of them when the service is told to stop.
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func report() async {
        var before = fleet.book.tally
        while (try? await Task.sleep(for: .seconds(FleetService.rhythm))) != nil {
            let tally = fleet.book.tally
            let line = fleet.simulated.progress(tally, before: before, seconds: FleetService.rhythm)
            before = tally
            FileHandle.standardError.write(Data("\(line)\n".utf8))
        }
    }
}
