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
                json.beginObject()
                json.key("rules")
                json.beginArray()
                for rule in rules { write(rule, to: &json) }
                json.endArray()
                json.endObject()
            }
        }
    }

    private static let rule = JSONSchema.named(
        "RetentionRule",
        .object([
            .required("name", .text, "`parking.history`"),
            .required("title", .text, "What it deletes, for people"),
            .required("setting", .text, "The setting that says for how many days it is kept"),
            .required("days", .nullable(.count), "Those days; null: for ever"),
            .required("before", .nullable(.timestamp), "What is older is due; null: nothing ever is"),
            .required("due", .count, "How many rows are due now"),
        ]))

    private func write(_ work: Retention.Work, to json: inout JSONWriter) {
        json.beginObject()
        json.member("name", work.rule.name)
        json.member("title", work.rule.title)
        json.member("setting", work.rule.days.name)
        json.key("days")
        if work.days > 0 { json.integer(Int64(work.days)) } else { json.null() }
        json.key("before")
        if let cutoff = work.cutoff { json.timestamp(cutoff) } else { json.null() }
        json.member("due", work.rows)
        json.endObject()
    }
}
