internal import HubModel
internal import Nodes
internal import ServiceLifecycle

/// Simulated nodes that connect to this very hub, over the socket like real ones, each with its key.
struct DemoService: Service {
    let doors: Doors
    let clock: any WallClock
    let keys: NodeKeys

    func run() async {
        await cancelWhenGracefulShutdown {
            guard let broker = await doors.mqttAddress() else {
                try? await gracefulShutdown()
                return
            }
            let fleet = NodeFleet(
                simulator: NodesSimulator(seed: 7, count: Entry.demoNodes, interval: 2_000_000), broker: broker,
                clock: clock, keys: keys)
            await fleet.run()
        }
    }
}
