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
            guard let open = await doors.allOpen(), let mqtt = open[.mqtt] else {
                try? await gracefulShutdown()
                return
            }
            // Where they listen, which the settings do not say of port 0. Neither is ever left out for a door with TLS.
            let hub = HubAddresses(mqtt: mqtt, http: open[.http])
            await withDiscardingTaskGroup { group in
                for solution in demonstration.solutions {
                    group.addTask { await run(solution, hub) }
                }
            }
        }
    }

    private func run(_ solution: some HasDemonstration, _ hub: HubAddresses) async {
        do {
            guard let simulated = solution.demonstration(at: clock.now()) else { return }
            try await solution.prepareDemonstration(services, by: Caller(.hub, grants: Grants(everywhere: .all)))
            await (try Fleet(simulated, hub: hub, clock: clock, keys: keys)).run()
        } catch {
            logger.warning(
                "The demonstration of a solution could not be prepared",
                metadata: ["solution": .string(solution.manifest.id), "reason": "\(error)"])
        }
    }
}
