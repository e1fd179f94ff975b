import HubModel
import SolutionKit

/// The hub's own routes, declared like everybody's.
struct SystemRoutes: Sendable {
    let version: String
    let metrics: [any MetricsSource]
    let readiness: @Sendable () -> Readiness
    let system: @Sendable () async throws -> SystemFacts

    /// The routes; `/openapi.json` describes `others` and these.
    func routes(beside others: [Route]) -> [Route] {
        let own = [health, ready, figures, facts]
        let description = Route(.get, "/openapi.json", summary: "This description of the API") { _ in
            RouteResponse(contentType: "application/json", body: [])
        }
        let text = OpenAPI.write(others + own + [description], version: version)
        let openAPI = Route(.get, description.path, summary: description.summary) { _ in
            RouteResponse(contentType: "application/json", body: text)
        }
        return others + own + [openAPI]
    }

    private var health: Route {
        Route(.get, "/health", summary: "Whether the process is alive") { _ in
            .json { status("up", into: &$0) }
        }
    }

    private var ready: Route {
        Route(.get, "/ready", summary: "Whether the hub can take work; 503 while it starts or stops") { _ in
            switch readiness() {
            case .ready: .json { status("ready", into: &$0) }
            case .notReady(let reason):
                .json(status: 503, headers: [(name: "Retry-After", value: "1")]) { json in
                    json.beginObject()
                    json.key("status")
                    json.string("not_ready")
                    json.key("detail")
                    json.string(reason)
                    json.endObject()
                }
            }
        }
    }

    private var figures: Route {
        Route(.get, "/metrics", summary: "The hub's figures in Prometheus' text format") { _ in
            RouteResponse(
                contentType: PrometheusText.contentType, body: PrometheusText.write(metrics.flatMap { $0.metrics() }))
        }
    }

    private var facts: Route {
        Route(.get, "/api/system", summary: "Version, listeners, and each solution's number of devices") { _ in
            let facts = try await system()
            return .json { facts.write(version: version, into: &$0) }
        }
    }
}

private func status(_ word: String, into json: inout JSONWriter) {
    json.beginObject()
    json.key("status")
    json.string(word)
    json.endObject()
}
