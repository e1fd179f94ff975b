import HubModel
import SolutionKit

/// The hub's own routes, declared like everybody's.
struct SystemRoutes: Sendable {
    let version: String
    let metrics: [any MetricsSource]
    let readiness: @Sendable () -> Readiness
    let system: @Sendable (Caller, SiteScope) async throws -> SystemFacts
    let accessCookie: String

    /// The routes; `/openapi.json` describes `others` and these.
    /// - Throws: `RouteError` when two shapes in them have one name.
    func routes(beside others: [Route]) throws(RouteError) -> [Route] {
        let own = [health, ready, figures, facts]
        let all = others + own + [description(of: [])]
        return others + own + [description(of: try OpenAPI.write(all, version: version, accessCookie: accessCookie))]
    }

    private func description(of text: [UInt8]) -> Route {
        Route(
            .get, "/openapi.json", access: .signedIn, summary: "This description of the API (OpenAPI 3.1)",
            answers: [.json(.object([.required("openapi", .text), .required("paths", .object([]))]))]
        ) { _ in RouteResponse(contentType: "application/json", body: text) }
    }

    private var health: Route {
        Route(
            .get, "/health", access: .anyone, summary: "Whether the process is alive", answers: [.json(status(["up"]))]
        ) { _ in .json { write("up", into: &$0) } }
    }

    private var ready: Route {
        Route(
            .get, "/ready", access: .anyone, summary: "Whether the hub can take work",
            answers: [
                .json(status(["ready"])), .json(status(["not_ready"]), status: 503, "While it starts, stops or fails"),
            ]
        ) { _ in
            // Why, is not for strangers: `/api/system` tells it.
            guard case .ready = readiness() else {
                return .json(status: 503, headers: [(name: "Retry-After", value: "1")]) {
                    write("not_ready", into: &$0)
                }
            }
            return .json { write("ready", into: &$0) }
        }
    }

    private var figures: Route {
        Route(
            .get, "/metrics", access: .hub(.viewMetrics), summary: "The hub's figures in Prometheus' text format",
            answers: [RouteAnswer(200, "The figures", content: [("text/plain", nil)])]
        ) { _ in
            RouteResponse(
                contentType: PrometheusText.contentType, body: PrometheusText.write(metrics.flatMap { $0.metrics() }))
        }
    }

    private var facts: Route {
        Route(
            .get, "/api/system", access: .site(.viewSystem),
            summary: "Version, listeners, and each solution's number of devices at the sites that one may see",
            answers: [.json(SystemFacts.schema)]
        ) { request in
            let facts = try await system(request.caller, request.scope)
            return .json { facts.write(version: version, readiness: readiness(), into: &$0) }
        }
    }

    private func status(_ words: [String]) -> JSONSchema { .object([.required("status", .words(words))]) }

    private func write(_ status: String, into json: inout JSONWriter) {
        json.object { $0.member("status", status) }
    }
}
