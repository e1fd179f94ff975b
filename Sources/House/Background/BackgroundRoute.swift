internal import HubModel
internal import Registry
internal import SolutionKit

/// Tells those who administer the hub what goes on beside the line.
struct BackgroundRoute: Sendable {
    let figures: BackgroundFigures

    var route: Route {
        Route(
            .get, "/api/system/background", access: .hub(.manageSettings),
            summary:
                "The services in the background and the schedules of the hub and its solutions, with what they did",
            answers: [.json(BackgroundRoute.schema)]
        ) { _ in
            .json { json in
                json.object { json in
                    json.member("services", figures.services) { $0.write($1.name, $1.figures) }
                    json.member("schedules", figures.schedules) { $0.write($1.name, $1.figures) }
                }
            }
        }
    }

    private static let schema = JSONSchema.named(
        "Background",
        .object([
            .required("services", .array(.named("BackgroundService", service))),
            .required("schedules", .array(.named("Schedule", schedule))),
        ]))

    private static let service = JSONSchema.object([
        .required("name", .text, "The solution first"),
        .required(
            "state", .words(BackgroundFigures.ServiceFigures.State.allCases.map(\.rawValue)),
            "`waiting`: the hub starts; `failed`: it is started again after a while; `ended`: it is done"),
        .required("failures", .count, "Since the hub was started"),
        .required("error", .nullable(.text), "Why it failed last"),
    ])

    private static let schedule = JSONSchema.object([
        .required("name", .text, "The solution first, or `hub`"),
        .required("running", .boolean, "Whether a run goes on"),
        .required("runs", .count, "Runs since the hub was started that have ended"),
        .required("failures", .count, "Those of them that failed"),
        .required("next_at", .nullable(.timestamp), "When the next run is due; null: never, or the hub starts"),
        .required(
            "last",
            .nullable(
                .object([
                    .required("began_at", .timestamp), .required("seconds", .number, "How long it took"),
                    .required("error", .nullable(.text), "Why it failed; null: it did not"),
                ])), "The last run that ended, also before the hub was started"),
    ])
}

extension JSONWriter {
    fileprivate mutating func write(_ name: String, _ figures: BackgroundFigures.ServiceFigures) {
        object { json in
            json.member("name", name)
            json.member("state", figures.state.rawValue)
            json.member("failures", figures.failures)
            json.member("error", figures.error)
        }
    }

    fileprivate mutating func write(_ name: String, _ figures: BackgroundFigures.ScheduleFigures) {
        object { json in
            json.member("name", name)
            json.member("running", figures.isRunning)
            json.member("runs", figures.runs)
            json.member("failures", figures.failures)
            json.member("next_at", figures.next)
            json.member("last") { json in
                guard let last = figures.last else { return json.null() }
                json.object { json in
                    json.member("began_at", last.began)
                    json.member("seconds", number: Double(last.milliseconds) / 1_000)
                    json.member("error", last.error)
                }
            }
        }
    }
}
