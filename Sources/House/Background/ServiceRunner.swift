internal import HubModel
internal import Logging
internal import ServiceLifecycle
internal import SolutionKit

/// Runs one service of a solution from when all doors are open until the hub stops.
struct ServiceRunner: Service {
    let service: BackgroundService
    let figures: BackgroundFigures
    let clock: any HouseClock
    let doors: Doors
    let logger: Logger

    func run() async {
        if await doors.allOpen() != nil {
            let (service, clock, runner) = (service, clock, self)
            await BoundedStop.run(service.name, logger: logger) {
                await service.supervise(
                    uptime: { clock.uptime() }, wait: { await clock.wait($0) },
                    random: { UInt64.random(in: 0 ... .max) }, note: { runner.note($0) })
            }
        }
        // A service that ends by itself would take the whole house with it.
        try? await gracefulShutdown()
    }

    private func note(_ event: ServiceEvent) {
        figures.note(event, of: service.name)
        switch event {
        case .started: break
        case .failed(let error, let delay):
            logger.error(
                "A service in the background failed and is started again",
                metadata: [
                    "service": .string(service.name), "error": .string("\(error)"),
                    "after_seconds": .stringConvertible(delay / .seconds(1)),
                ])
        case .ended: logger.info("A service in the background ended", metadata: ["service": .string(service.name)])
        }
    }
}

extension HouseClock {
    /// Waits until so much time has passed, or the task is cancelled; looks once a second.
    fileprivate func wait(_ duration: Duration) async {
        let end = uptime() + duration
        let (ends, over) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        await withDiscardingTaskGroup { group in
            group.addTask { await every(.seconds(1)) { if uptime() >= end { over.finish() } } }
            for await _ in ends {}
            group.cancelAll()
        }
    }
}
