internal import HubModel
internal import Logging
internal import Nodes
internal import Parking
internal import ServiceLifecycle
internal import SolutionKit

/// Simulated nodes and a simulated car park that connect to this very hub, over the socket like real ones, each with its key.
struct DemoService: Service {
    let doors: Doors
    let services: WebServices
    let clock: any WallClock
    let keys: NodeKeys
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            guard let broker = await doors.allOpen()?[.mqtt] else {
                try? await gracefulShutdown()
                return
            }
            await withDiscardingTaskGroup { group in
                group.addTask { await runNodes(broker) }
                group.addTask { await runCarPark(broker) }
            }
        }
    }

    private func runNodes(_ broker: HostPort) async {
        let simulator = NodesSimulator(seed: 7, count: Entry.demoNodes, interval: 2_000_000)
        await NodeFleet(simulator: simulator, broker: broker, clock: clock, keys: keys).run()
    }

    private func runCarPark(_ broker: HostPort) async {
        guard let simulator = DemoPark.simulator else { return }
        do {
            try await DemoPark.addLots(services, by: Caller(.hub, grants: Grants(everywhere: .all)))
        } catch {
            return logger.warning("the demo lots could not be made", metadata: ["reason": "\(error)"])
        }
        let now = clock.now()
        let time = SimulatedTime(begin: now, start: now, speed: DemoPark.speed)
        await LotFleet(
            simulator: simulator, time: time, broker: broker, clock: clock, heartbeatSeconds: 20, keys: keys
        ).run()
    }
}
