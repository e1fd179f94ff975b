internal import HubModel
internal import Logging
internal import ServiceLifecycle
internal import SolutionKit

/// Simulated devices of all solutions that connect to this very hub, over the socket like real ones, each with its key.
struct DemoService: Service {
    let demonstration: Demonstration
    let doors: Doors
    let services: WebServices
    let clock: any WallClock
    let keys: DeviceKeys
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            guard let broker = await doors.allOpen()?[.mqtt] else {
                try? await gracefulShutdown()
                return
            }
            await withDiscardingTaskGroup { group in
                for solution in demonstration.solutions {
                    group.addTask { await run(solution, broker) }
                }
            }
        }
    }

    private func run(_ solution: some HasDemonstration, _ broker: HostPort) async {
        do {
            guard let simulated = solution.demonstration(at: clock.now()) else { return }
            try await solution.prepareDemonstration(services, by: Caller(.hub, grants: Grants(everywhere: .all)))
            await (try Fleet(simulated, broker: broker, clock: clock, keys: keys)).run()
        } catch {
            logger.warning(
                "The demonstration of a solution could not be prepared",
                metadata: ["solution": .string(solution.manifest.id), "reason": "\(error)"])
        }
    }
}
