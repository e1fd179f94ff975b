internal import HubModel
internal import Ingest
internal import Logging
internal import Registry
internal import SQL
internal import ServiceLifecycle
internal import SolutionKit

/// Runs one schedule from when all doors are open until the hub stops. Each schedule has a loop of its own: its runs never overlap, and it
/// delays no other.
struct ScheduleRunner: Service {
    let schedule: Schedule
    let figures: BackgroundFigures
    let database: Database
    let line: IngestLine
    let clock: any HouseClock
    let doors: Doors
    let logger: Logger
    private let table = ScheduleTable()

    init(
        schedule: Schedule, figures: BackgroundFigures, database: Database, line: IngestLine, clock: any HouseClock,
        doors: Doors, logger: Logger
    ) {
        self.schedule = schedule
        self.figures = figures
        self.database = database
        self.line = line
        self.clock = clock
        self.doors = doors
        var logger = logger
        logger[metadataKey: "schedule"] = .string(schedule.name)
        self.logger = logger
    }

    func run() async {
        if await doors.allOpen() != nil {
            let runner = self
            await BoundedStop.run(schedule.name, logger: logger) { await runner.go() }
        }
        // A service that ends by itself would take the whole house with it.
        try? await gracefulShutdown()
    }

    private func go() async {
        let record = await record()
        var plan = SchedulePlan(
            schedule.when, start: schedule.start, last: record?.settled, now: clock.now(), uptime: clock.uptime())
        figures.change(schedule: schedule.name) { [next = next(plan)] figures in
            figures.last = record?.last
            figures.next = next
        }
        await clock.every(.seconds(1)) {
            let isDue = plan.take(now: clock.now(), uptime: clock.uptime())
            figures.change(schedule: schedule.name) { [next = next(plan)] in $0.next = next }
            guard isDue else { return }
            await perform()
        }
    }

    private func next(_ plan: SchedulePlan) -> Timestamp? { plan.next(now: clock.now(), uptime: clock.uptime()) }

    private func perform() async {
        let (began, uptime) = (clock.now(), clock.uptime())
        figures.change(schedule: schedule.name) { $0.isRunning = true }
        var failure: (any Error)?
        do {
            try await schedule.work()
        } catch {
            failure = error
        }
        guard !Task.isCancelled else {
            // Cut off by the stop: it counts as missed.
            figures.change(schedule: schedule.name) { $0.isRunning = false }
            return
        }
        if let failure {
            logger.error("A scheduled run failed", metadata: ["error": .string("\(failure)")])
        }
        let run = ScheduleRun(
            began: began, milliseconds: max(0, Int64((clock.uptime() - uptime) / .milliseconds(1))),
            error: failure.map { "\($0)" })
        figures.change(schedule: schedule.name) { figures in
            figures.isRunning = false
            figures.runs += 1
            if failure != nil { figures.failures += 1 }
            figures.last = run
        }
        await keep { [table, name = schedule.name] in try table.note(run, of: name, in: $0) }
    }

    private func record() async -> ScheduleTable.Record? {
        let (name, table, now) = (schedule.name, table, clock.now())
        do {
            if let record = try await database.read({ try table.record(of: name, in: $0) }) { return record }
        } catch {
            logger.error("The last run of a schedule could not be read", metadata: ["error": .string("\(error)")])
            return nil
        }
        await keep { try table.note(name, since: now, in: $0) }
        return nil
    }

    private func keep(_ write: @escaping @Sendable (Transaction) throws -> Void) async {
        do {
            try await line.perform { try write(try $0.transaction()) }
        } catch {
            logger.error("The run of a schedule could not be stored", metadata: ["error": .string("\(error)")])
        }
    }
}
