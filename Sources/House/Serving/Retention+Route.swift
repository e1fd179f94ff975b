internal import HubModel
internal import SQL
internal import SolutionKit

/// Tells those who administer the hub what is kept for how long.
struct RetentionRoute: Sendable {
    let retention: Retention
    let services: WebServices

    var route: Route {
        Route(
            .get, "/api/system/retention", access: .hub(.manageSettings),
            summary: "What the hub and its solutions delete when it is old, and how much of it is due",
            answers: [.json(.named("Retention", .object([.required("rules", .array(RetentionRoute.rule))])))]
        ) { _ in
            let now = services.clock.now()
            let rules = try await services.database.read { try retention.due(at: now, in: $0) }
            return .json { json in
                json.object { json in
                    json.array("rules") { json in
                        for rule in rules { write(rule, to: &json) }
                    }
                }
            }
        }
    }

    private static let rule = JSONSchema.named(
        "RetentionRule",
        .object([
            .required("name", .text, "The rule, its solution first"),
            .required("title", .text, "What it deletes, for people"),
            .required("setting", .text, "The setting that says for how many days it is kept, or how many MiB of it"),
            .required("days", .nullable(.count), "Those days; null: for ever, or until a site has too many bytes"),
            .required(
                "mebibytes_per_site", .nullable(.count),
                "The most MiB of such files that one site has, its own and those of its devices; null: no bound"),
            .required("before", .nullable(.timestamp), "What is older is due; null: nothing is by its age"),
            .required("due", .count, "How many rows are due now"),
        ]))

    private func write(_ work: Retention.Work, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", work.task.name)
            json.member("title", work.task.title(retention.settings))
            json.member("setting", work.task.setting.name)
            json.member("days", work.days.flatMap { $0 > 0 ? Int64($0) : nil })
            json.member("mebibytes_per_site", work.task.isByAge ? nil : Int64(work.bound))
            json.member("before", work.cutoff)
            json.member("due", work.rows)
        }
    }
}
