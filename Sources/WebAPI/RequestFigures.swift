import HubModel
import Synchronization

/// Counts requests by the template of their route, not by their path: so the number of figures is bounded.
final class RequestFigures: MetricsSource {
    private struct Key: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private struct Timing {
        var count = 0
        var seconds = 0.0
    }

    private struct Figures {
        var requests: [Key: Int] = [:]
        var timings: [String: Timing] = [:]
        var refusals: [RefusalCode: Int] = [:]
    }

    /// Methods that have a label of their own; all others share one, because clients may invent them.
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]

    private let figures = Mutex(Figures())

    func count(route: String, method: String, status: Int, took duration: Duration) {
        let key = Key(route: route, method: RequestFigures.methods.contains(method) ? method : "other", status: status)
        figures.withLock { figures in
            figures.requests[key, default: 0] += 1
            figures.timings[route, default: Timing()].count += 1
            figures.timings[route, default: Timing()].seconds += duration / .seconds(1)
        }
    }

    func count(refusal code: RefusalCode) {
        figures.withLock { $0.refusals[code, default: 0] += 1 }
    }

    func metrics() -> [MetricFamily] {
        let (requests, timings, refusals) = figures.withLock { ($0.requests, $0.timings, $0.refusals) }
        let ordered = requests.sorted {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }
        return [
            MetricFamily(
                "martlet_http_requests_total", .counter, help: "HTTP requests answered, by route, method and status.",
                samples: ordered.map { key, count in
                    MetricSample(
                        Double(count),
                        labels: [("route", key.route), ("method", key.method), ("status", String(key.status))])
                }),
            MetricFamily(
                "martlet_http_refusals_total", .counter,
                help: "Requests and live sockets refused over HTTP, by the problem's code.",
                samples: refusals.sorted { $0.key.rawValue < $1.key.rawValue }.map { code, count in
                    MetricSample(Double(count), labels: [("code", code.rawValue)])
                }),
            MetricFamily(
                "martlet_http_request_duration_seconds", .summary,
                help: "Time from a request's head to its answer, in seconds.",
                samples: timings.sorted { $0.key < $1.key }.flatMap { route, timing in
                    [
                        MetricSample(timing.seconds, labels: [("route", route)], suffix: "_sum"),
                        MetricSample(Double(timing.count), labels: [("route", route)], suffix: "_count"),
                    ]
                }),
        ]
    }
}
