internal import HubModel
internal import SQL
internal import SolutionKit

/// People from a table. Each gets a password that the hub makes and shows once.
struct PeopleImportRoutes: Sendable {
    let services: WebServices

    private static let mediaTypes = ["text/csv", "text/plain", "application/octet-stream"]
    private static let outcomes = ["added", "there", "refused"]
    private static let report = JSONSchema.named(
        "ClassroomPeopleReport",
        .object([
            .required("preview", .boolean),
            .required(
                "users",
                .array(
                    .object([
                        .required("line", .integer(minimum: 1)), .required("username", .nullable(.text)),
                        .required("role", .nullable(.text)), .required("site", .nullable(.text), "null: everywhere"),
                        .required("outcome", .words(outcomes), "there: somebody of this name stays as they are"),
                        .required("reason", .nullable(.text)),
                        .optional("password", .text, "The one that was made; it is shown once"),
                    ]))),
        ]))

    var all: [Route] {
        [
            Route(
                .post, "/api/admin/users/import/preview", access: .hub(.manageUsers),
                summary: "What the import of people would do", input: RouteInput(.bytes(Self.mediaTypes)),
                answers: [.json(Self.report)], maximumBodyBytes: PeopleCSV.largestBytes, handler: preview),
            Route(
                .post, "/api/admin/users/import", access: .hub(.manageUsers),
                summary:
                    "Add people from a table (username, role, site), all of them or none; passwords are shown once",
                input: RouteInput(.bytes(Self.mediaTypes)), answers: [.json(Self.report)],
                refusals: [.conflict, .limitReached], maximumBodyBytes: PeopleCSV.largestBytes, handler: take),
        ]
    }

    /// A line with what becomes of it.
    private struct Item: Sendable {
        let line: PeopleCSV.Line
        let outcome: String
        var reason: String?
        var password: IssuedSecret?
    }

    private func items(_ request: RouteRequest) async throws -> [Item] {
        let lines = try PeopleCSV.read(request.body)
        let (people, devices) = (services.people, services.devices)
        return try await services.database.read { reader in
            try lines.map { line in
                guard case .row(let row) = line else {
                    guard case .refused(_, _, let reason) = line else { return Item(line: line, outcome: "refused") }
                    return Item(line: line, outcome: "refused", reason: reason)
                }
                if try people.known(named: row.name, in: reader) != nil { return Item(line: line, outcome: "there") }
                if let site = row.role.site, try !devices.hasSite(site, in: reader) {
                    return Item(line: line, outcome: "refused", reason: "Line \(row.line): there is no site \(site).")
                }
                return Item(line: line, outcome: "added")
            }
        }
    }

    private func preview(_ request: RouteRequest) async throws -> RouteResponse {
        let items = try await items(request)
        return .json { Self.write(items, isPreview: true, &$0) }
    }

    private func take(_ request: RouteRequest) async throws -> RouteResponse {
        var items = try await items(request)
        if let refused = items.first(where: { $0.outcome == "refused" }) {
            throw Refusal(.conflict, refused.reason.map { "Nobody was added: \($0)" } ?? "Nobody was added.")
        }
        let (people, caller) = (services.people, request.caller)
        var wanted: [(password: HashedPassword, role: RoleAssignment)] = []
        for index in items.indices where items[index].outcome == "added" {
            guard case .row(let row) = items[index].line else { continue }
            let password = try await people.password(nil, for: row.name, by: caller)
            items[index].password = password.made
            wanted.append((password, row.role))
        }
        // That may have taken long.
        try await request.requireStillAllowed()
        let all = wanted
        try await services.change(by: caller) { line in
            for one in all { _ = try people.add(with: one.password, roles: [one.role], by: caller, in: &line) }
            // The book itself records who was added.
            return AuditedChange(())
        }
        let done = items
        return .json(headers: [("Cache-Control", "no-store")]) { Self.write(done, isPreview: false, &$0) }
    }

    private static func write(_ items: [Item], isPreview: Bool, _ json: inout JSONWriter) {
        json.object { json in
            json.member("preview", isPreview)
            json.member("users", items) { json, item in
                json.object {
                    switch item.line {
                    case .row(let row):
                        $0.member("line", row.line)
                        $0.member("username", row.name)
                        $0.member("role", row.role.role.text)
                        $0.member("site", row.role.site?.text)
                    case .refused(let line, let name, _):
                        $0.member("line", line)
                        $0.member("username", name)
                        $0.memberNull("role")
                        $0.memberNull("site")
                    }
                    $0.member("outcome", item.outcome)
                    $0.member("reason", item.reason)
                    if let password = item.password { $0.member("password", password.text) }
                }
            }
        }
    }
}
