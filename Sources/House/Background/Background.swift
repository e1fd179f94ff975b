internal import HubModel
internal import Ingest
internal import Logging
internal import SQL
internal import ServiceLifecycle
internal import SolutionKit

/// The services and schedules of the hub and its solutions, with what they do.
struct Background: Sendable {
    let services: [BackgroundService]
    let schedules: [Schedule]
    let figures: BackgroundFigures

    /// Those of all solutions, and the hub's own schedules. A name that is there twice is a mistake of this program, found by every test
    /// that starts it.
    init(_ solutions: [any Solution], _ web: WebServices, hub: [Schedule]) {
        services = solutions.compactMap { $0 as? any HasServices }.flatMap { $0.services(web) }
        schedules = hub + solutions.compactMap { $0 as? any HasSchedules }.flatMap { $0.schedules(web) }
        for names in [services.map(\.name), schedules.map(\.name)] {
            guard Set(names).count == names.count, names.allSatisfy({ (1...64).contains($0.utf8.count) }) else {
                fatalError("Two services or schedules have one name, or one has none of 1 to 64 bytes: \(names)")
            }
        }
        figures = BackgroundFigures(services: services.map(\.name), schedules: schedules.map(\.name))
    }

    /// What runs them all: schedules behind services, so that at a stop they end first.
    func runners(
        _ database: Database, _ line: IngestLine, clock: any HouseClock, doors: Doors, logger: Logger
    ) -> [any Service] {
        services.map { service -> any Service in
            ServiceRunner(service: service, figures: figures, clock: clock, doors: doors, logger: logger)
        }
            + schedules.map { schedule in
                ScheduleRunner(
                    schedule: schedule, figures: figures, database: database, line: line, clock: clock, doors: doors,
                    logger: logger)
            }
    }
}
