internal import HubModel
internal import Registry
internal import SolutionKit
internal import Synchronization

/// What services and schedules have done since the start: for `/metrics` and for those who administer the hub.
final class BackgroundFigures: MetricsSource {
    /// A service.
    struct ServiceFigures: Sendable {
        enum State: String, Sendable, CaseIterable {
            /// The doors are not open yet.
            case waiting
            case running
            /// It failed, and is started again after a while.
            case failed
            /// It is done.
            case ended
        }

        var state = State.waiting
        var failures = 0
        /// Why it failed last.
        var error: String?
    }

    /// A schedule.
    struct ScheduleFigures: Sendable {
        var isRunning = false
        var runs = 0
        var failures = 0
        var last: ScheduleRun?
        /// Nil: never, or the doors are not open yet.
        var next: Timestamp?
    }

    private let content: Mutex<(services: [String: ServiceFigures], schedules: [String: ScheduleFigures])>

    init(services: [String], schedules: [String]) {
        content = Mutex(
            (
                Dictionary(uniqueKeysWithValues: services.map { ($0, ServiceFigures()) }),
                Dictionary(uniqueKeysWithValues: schedules.map { ($0, ScheduleFigures()) })
            ))
    }

    /// By name.
    var services: [(name: String, figures: ServiceFigures)] {
        content.withLock { $0.services }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// By name.
    var schedules: [(name: String, figures: ScheduleFigures)] {
        content.withLock { $0.schedules }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    func note(_ event: ServiceEvent, of service: String) {
        change(service: service) { figures in
            switch event {
            case .started: figures.state = .running
            case .failed(let error, _):
                figures.state = .failed
                figures.failures += 1
                figures.error = "\(error)"
            case .ended: figures.state = .ended
            }
        }
    }

    func change(service: String, _ change: (inout ServiceFigures) -> Void) {
        content.withLock { change(&$0.services[service, default: ServiceFigures()]) }
    }

    func change(schedule: String, _ change: (inout ScheduleFigures) -> Void) {
        content.withLock { change(&$0.schedules[schedule, default: ScheduleFigures()]) }
    }

    func metrics() -> [MetricFamily] {
        func samples<Figures>(
            _ list: [(name: String, figures: Figures)], _ label: String, _ value: (Figures) -> Int
        ) -> [MetricSample] {
            list.map { MetricSample(Double(value($0.figures)), labels: [(label, $0.name)]) }
        }
        let (services, schedules) = (services, schedules)
        return [
            MetricFamily(
                "martlet_service_running", .gauge, help: "Whether a service in the background runs: 1 or 0.",
                samples: samples(services, "service") { $0.state == .running ? 1 : 0 }),
            MetricFamily(
                "martlet_service_failures_total", .counter, help: "Failures of a service in the background.",
                samples: samples(services, "service") { $0.failures }),
            MetricFamily(
                "martlet_schedule_runs_total", .counter, help: "Runs of a schedule that have ended.",
                samples: samples(schedules, "schedule") { $0.runs }),
            MetricFamily(
                "martlet_schedule_failures_total", .counter, help: "Of these, those that failed.",
                samples: samples(schedules, "schedule") { $0.failures }),
        ].filter { !$0.samples.isEmpty }
    }
}
