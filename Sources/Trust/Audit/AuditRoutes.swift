public import HubModel
internal import Registry
internal import SQL
public import SolutionKit

/// The routes that read the audit.
public struct AuditRoutes: Sendable {
    private let services: WebServices
    private let actions: [AuditAction]
    private let registry = AuditRegistry()
    /// The most rows of one export.
    private static let exportLimit = 100_000
    /// Rows of one read.
    private static let pageRows = 1_000

    /// Routes over the hub's audit.
    /// - Parameter actions: what is recorded, by those who declare it.
    public init(services: WebServices, actions: [AuditAction]) {
        self.services = services
        self.actions = actions
    }

    /// `GET /api/audit`, `/api/audit/export` and `/api/audit/verify`.
    public var all: [Route] {
        [
            Route(
                .get, "/api/audit", access: .hub(.viewAudit), summary: "Who did what to what, newest first",
                query: filters + [
                    QueryParameter("before", "only rows with a smaller number", .integer(minimum: 1)),
                    QueryParameter(
                        "limit", "at most this many rows; 100 without it", .integer(minimum: 1, maximum: 1_000)),
                ],
                answers: [
                    .json(
                        .object([
                            .required("entries", .array(AuditRoutes.entrySchema)),
                            .next(.integer(), cursor: "before"),
                        ]))
                ], handler: list),
            Route(
                .get, "/api/audit/export", access: .hub(.viewAudit),
                summary: "The audit as a file, oldest first, up to 100,000 rows: CSV, or JSON lines by `Accept`",
                query: filters + [
                    QueryParameter("after", "only rows with a greater number", .integer(minimum: 0))
                ],
                answers: [
                    RouteAnswer(200, "Rows", content: [("text/csv", nil), ("application/jsonl", nil)])
                ], handler: export),
            Route(
                .get, "/api/audit/verify", access: .hub(.viewAudit),
                summary: "Whether the audit is as it was written; names the first row that is not",
                answers: [
                    .json(
                        .object([
                            .required("intact", .boolean), .optional("entries", .count),
                            .optional("head", .text, "SHA-256 of the last row, worth keeping elsewhere"),
                            .optional("sequence", .integer()), .optional("reason", .text),
                        ]))
                ], handler: verify),
        ]
    }

    private var filters: [QueryParameter] {
        [
            QueryParameter("who", "the caller's name; ending in `*`: its beginning", .string(maximumLength: 200)),
            QueryParameter("action", "what was done", .words(actions.map(\.name))),
            QueryParameter(
                "target", "to what, such as `user:anna`; ending in `*`: its beginning", .string(maximumLength: 250)),
            QueryParameter("outcome", "how it went", .words(AuditOutcome.allCases.map(\.rawValue))),
            QueryParameter("from", "not before this time", .text), QueryParameter("to", "before this time", .text),
        ]
    }

    private static let identities = ["anonymous", "open", "person", "token", "device", "shell", "hub"]

    private static let entrySchema = JSONSchema.named(
        "AuditEntry",
        .object([
            .required("sequence", .integer(minimum: 1)), .required("at", .nullable(.timestamp)),
            .required("identity", .nullable(.words(identities))),
            .required("who", .text), .required("address", .nullable(.text)), .required("action", .text),
            .required("target", .nullable(.text)),
            .required(
                "outcome", .words(AuditOutcome.allCases.map(\.rawValue) + [AuditExport.damaged]),
                "`damaged`: the row cannot be read, and nothing but its number stands here"),
            .required("facts", .dictionary(.text)), .required("hash", .text),
        ]))

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let filter = try AuditFilter(request, actions: actions)
        let limit = try request.whole("limit", in: 1...1_000) ?? 100
        let before = try request.whole("before", in: 1...Int64.max)
        let registry = registry
        let found = try await services.database.read {
            try registry.newest(filter, before: before, limit: Page<AuditRow>.reading(limit), in: $0)
        }
        let page = Page(found, limit: limit) { String($0.sequence) }
        return .json(headers: page.headers(request, "/api/audit", limit: limit, cursor: "before")) { json in
            json.object { json in
                json.member("entries", page.rows) { $0.write($1) }
                json.member(nextNumber: page)
            }
        }
    }

    private func export(_ request: RouteRequest) async throws -> RouteResponse {
        let filter = try AuditFilter(request, actions: actions)
        let after = try request.whole("after", in: 0...Int64.max) ?? 0
        let (registry, caller, database) = (registry, request.caller, services.database)
        // What is added meanwhile, such as that this was exported, is not part of it.
        let extent = try await database.read {
            try registry.extent(filter, after: after, limit: AuditRoutes.exportLimit, in: $0)
        }
        try await services.change(by: caller) { _ in
            AuditedChange(.exportAudit, of: nil, facts: [("rows", String(extent.count))])
        }
        let page: @Sendable (Int64) async throws -> (rows: [AuditRow], next: Int64?) = { place in
            let found = try await database.read {
                try registry.oldest(filter, after: place, limit: AuditRoutes.pageRows, in: $0)
            }
            let rows = found.filter { $0.sequence <= extent.last }
            return (rows, rows.count == AuditRoutes.pageRows ? rows.last?.sequence : nil)
        }
        let isLines = request.accept?.contains("jsonl") == true || request.accept?.contains("ndjson") == true
        guard isLines else {
            return try await .csv(AuditExport.columns, named: "martlet-audit") { (place: Int64?) in
                let (rows, next) = try await page(place ?? after)
                return (rows.map(AuditExport.cells), next)
            }
        }
        let first = try await page(after)
        return .stream(contentType: "application/jsonl") { writer in
            var (rows, next) = first
            while true {
                try await writer.write(AuditExport.lines(rows))
                guard let place = next else { return }
                (rows, next) = try await page(place)
            }
        }
    }

    private func verify(_ request: RouteRequest) async throws -> RouteResponse {
        let registry = registry
        let verdict = try await services.database.read { try registry.verify(in: $0) }
        return .json { $0.write(verdict) }
    }
}

extension AuditFilter {
    init(_ request: RouteRequest, actions: [AuditAction]) throws(Refusal) {
        self.init()
        func text(_ name: String, _ limit: Int) throws(Refusal) -> String? {
            guard let value = request.given(name) else { return nil }
            guard value.utf8.count <= limit, !value.utf8.contains(0) else {
                throw Refusal(.invalidParameter, "\(name) has at most \(limit) bytes.")
            }
            return value
        }
        who = try text("who", 200)
        target = try text("target", 250)
        if let word = try text("action", 100) {
            guard actions.contains(where: { $0.name == word }) else {
                throw Refusal(.invalidParameter, "There is no such action.")
            }
            action = word
        }
        if let word = try text("outcome", 20) {
            guard AuditOutcome(rawValue: word) != nil else {
                throw Refusal(.invalidParameter, "outcome is done or refused.")
            }
            outcome = word
        }
        from = try request.instant("from")
        to = try request.instant("to")
    }
}
