internal import HubModel
internal import Nodes
internal import ServiceLifecycle

/// Simulated nodes that connect to this very hub, over the socket like real ones.
struct DemoService: Service {
    let doors: Doors
    let clock: any WallClock

    func run() async {
        await cancelWhenGracefulShutdown {
            guard let broker = await doors.mqttAddress() else {
                try? await gracefulShutdown()
                return
            }
            let fleet = NodeFleet(
                simulator: NodesSimulator(seed: 7, count: 5, interval: 2_000_000), broker: broker, clock: clock)
            await fleet.run()
        }
    }
}
