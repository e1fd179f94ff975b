internal import HubModel
internal import SQL
internal import SolutionKit

/// How much people of a role may book.
struct QuotaRoutes: Sendable {
    let services: WebServices

    private static let path = ["role": JSONSchema.string(minimumLength: 1, maximumLength: 32)]
    private static let members: [JSONSchema.Property] = [
        .required(
            "open_bookings", .nullable(.integer(minimum: 0, maximum: Quota.mostBookings)),
            "Bookings that are not over; null: as many as they like"),
        .required(
            "week_minutes", .nullable(.integer(minimum: 0, maximum: Quota.mostMinutes)),
            "Minutes in one week, Monday to Sunday; null: as many as they like"),
    ]
    private static let quota = JSONSchema.named(
        "ClassroomQuota", .object([.required("role", .text)] + Self.members))

    var all: [Route] {
        [
            Route(
                .get, "/api/admin/quotas", access: .hub(.manageBookings),
                summary: "How much people may book, by role; who has several roles has the most of them",
                answers: [
                    .json(
                        .object([
                            .required("quotas", .array(Self.quota)),
                            .required("standard_open_bookings", .count, "Of those who have no role with a quota"),
                        ]))
                ], handler: list),
            Route(
                .put, "/api/admin/quotas/{role}", access: .hub(.manageBookings),
                summary: "Say how much people of a role may book", pathSchemas: Self.path,
                input: RouteInput(.named("ClassroomQuotaNumbers", .object(Self.members))),
                answers: [.json(Self.quota)], refusals: [.notFound, .limitReached], handler: set),
            Route(
                .delete, "/api/admin/quotas/{role}", access: .hub(.manageBookings),
                summary: "Let the hub's setting count for people of a role", pathSchemas: Self.path,
                answers: [.empty()], refusals: [.notFound], handler: remove),
        ]
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let quotas = try await services.database.read { try QuotaTable.all(in: $0) }
        let standard = ClassroomSettings(services.settings).mostOpen
        return .json {
            $0.object {
                $0.member("quotas", quotas) { $0.write($1) }
                $0.member("standard_open_bookings", standard)
            }
        }
    }

    private func set(_ request: RouteRequest) async throws -> RouteResponse {
        let (role, members) = (try role(request), try JSONMembers(request.body))
        for name in ["open_bookings", "week_minutes"] where !members.has(name) { throw JSONMembers.missing(name) }
        let quota = Quota(
            role: role, openBookings: try members.optionalWholeNumber("open_bookings", in: 0...Quota.mostBookings),
            weekMinutes: try members.optionalWholeNumber("week_minutes", in: 0...Quota.mostMinutes))
        try await services.change(by: request.caller) { line in
            let transaction = try line.transaction()
            let others = try QuotaTable.all(in: transaction)
            guard others.count < Quota.mostRoles || others.contains(where: { $0.role == role }) else {
                throw Refusal(.limitReached, "At most \(Quota.mostRoles) roles have a quota: remove one first.")
            }
            try QuotaTable.write(quota, in: transaction)
            func text(_ number: Int64?) -> String { number.map { "\($0)" } ?? "any" }
            return AuditedChange(
                .changeClassroom, of: "classroom_quota:\(role)",
                facts: [("open_bookings", text(quota.openBookings)), ("week_minutes", text(quota.weekMinutes))])
        }
        return .json { $0.write(quota) }
    }

    private func remove(_ request: RouteRequest) async throws -> RouteResponse {
        let role = try role(request)
        try await services.change(by: request.caller) { line in
            guard try QuotaTable.remove(role, in: try line.transaction()) else {
                throw Refusal(.notFound, "The role \(role) has no quota.")
            }
            return AuditedChange(.changeClassroom, of: "classroom_quota:\(role)", facts: [("removed", "true")])
        }
        return .empty()
    }

    private func role(_ request: RouteRequest) throws(Refusal) -> RoleName {
        guard let role = RoleName(request.path["role"] ?? "") else {
            throw Refusal(.notFound, "There is no such role.")
        }
        return role
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ quota: Quota) {
        object {
            $0.member("role", quota.role.text)
            $0.member("open_bookings", quota.openBookings)
            $0.member("week_minutes", quota.weekMinutes)
        }
    }
}
