internal import HubModel
internal import SQL
internal import SolutionKit

/// Terms, by which timetables are imported.
struct TermRoutes: Sendable {
    let services: WebServices

    private static let path = ["id": JSONSchema.string(minimumLength: 1, maximumLength: 64)]

    private static let members: [JSONSchema.Property] = [
        .required("name", .string(minimumLength: 1, maximumLength: 100)),
        .required("first_day", .day), .required("last_day", .day),
        .optional(
            "days_off", .nullable(.array(.string(minimumLength: 10, maximumLength: 21))),
            "Days without lessons: 2026-12-24, or first and last, 2026-12-21/2027-01-03"),
    ]

    private static let term = JSONSchema.named(
        "ClassroomTerm",
        .object([
            .required("term_id", .text), .required("site", .identifier), .required("name", .text),
            .required("first_day", .day), .required("last_day", .day), .required("days_off", .array(.text)),
        ]))

    var all: [Route] {
        [
            Route(
                .get, "/api/admin/terms", access: .site(.manageBookings), summary: "The terms, by their first days",
                answers: [.json(.object([.required("terms", .array(Self.term))]))], handler: list),
            Route(
                .post, "/api/admin/terms", access: .site(.manageBookings), summary: "Add a term",
                input: RouteInput(
                    .named(
                        "NewClassroomTerm", .object([.optional("site", .nullable(.identifier))] + Self.members))),
                answers: [.json(Self.term, status: 201, "Added")], refusals: [.notFound, .conflict, .limitReached],
                handler: add),
            Route(
                .put, "/api/admin/terms/{id}", access: .site(.manageBookings),
                summary: "Change a term; lessons follow when their timetable is imported again",
                pathSchemas: Self.path, input: RouteInput(.named("ChangedClassroomTerm", .object(Self.members))),
                answers: [.json(Self.term)], refusals: [.notFound, .conflict], handler: change),
            Route(
                .delete, "/api/admin/terms/{id}", access: .site(.manageBookings),
                summary: "Remove a term; what is booked stays", pathSchemas: Self.path, answers: [.empty()],
                refusals: [.notFound], handler: remove),
        ]
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let scope = request.scope
        let terms = try await services.database.read { try TermTable.all(at: scope, in: $0) }
        return .json { $0.object { $0.member("terms", terms) { $0.write($1) } } }
    }

    private func add(_ request: RouteRequest) async throws -> RouteResponse {
        let members = try JSONMembers(request.body)
        let site = try members.optionalSite("site") ?? .main
        let term = try Term(members, id: RandomName.make(), site: site)
        let (scope, devices) = (request.scope, services.devices)
        try await services.change(by: request.caller) { line in
            let transaction = try line.transaction()
            guard scope.contains(site), try devices.hasSite(site, in: transaction) else {
                throw Refusal(.notFound, "There is no site \(site).")
            }
            let others = try TermTable.all(at: .sites([site]), in: transaction)
            guard others.count < Term.Bounds.terms else {
                throw Refusal(.limitReached, "A site has at most \(Term.Bounds.terms) terms: remove one first.")
            }
            try TermRoutes.checkName(of: term, among: others)
            try TermTable.write(term, in: transaction)
            return TermRoutes.audited(term)
        }
        return .json(status: 201) { $0.write(term) }
    }

    private func change(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, scope, body) = (request.path["id"] ?? "", request.scope, try JSONMembers(request.body))
        let term = try await services.change(by: request.caller) { line in
            let transaction = try line.transaction()
            let known = try TermRoutes.term(id, within: scope, in: transaction)
            let term = try Term(body, id: id, site: known.site)
            try TermRoutes.checkName(of: term, among: TermTable.all(at: .sites([term.site]), in: transaction))
            try TermTable.write(term, in: transaction)
            return AuditedChange(
                term, .changeClassroom, of: "classroom_term:\(id)",
                facts: [("name", term.name), ("days", term.fingerprint)])
        }
        return .json { $0.write(term) }
    }

    private func remove(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, scope) = (request.path["id"] ?? "", request.scope)
        try await services.change(by: request.caller) { line in
            let transaction = try line.transaction()
            let known = try TermRoutes.term(id, within: scope, in: transaction)
            try TermTable.remove(id, in: transaction)
            return AuditedChange(
                .changeClassroom, of: "classroom_term:\(id)", facts: [("name", known.name), ("removed", "true")])
        }
        return .empty()
    }

    private static func term(_ id: String, within scope: SiteScope, in reader: some SQLReading) throws -> Term {
        guard let term = try TermTable.one(id, in: reader), scope.contains(term.site) else {
            throw Refusal(.notFound, "There is no such term.")
        }
        return term
    }

    private static func checkName(of term: Term, among others: [Term]) throws(Refusal) {
        guard others.contains(where: { $0.id != term.id && $0.name == term.name }) else { return }
        throw Refusal(.conflict, "Another term of the site is called \(term.name): choose another name.")
    }

    private static func audited(_ term: Term) -> AuditedChange<Void> {
        AuditedChange(
            .changeClassroom, of: "classroom_term:\(term.id)",
            facts: [("name", term.name), ("days", term.fingerprint)])
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ term: Term) {
        object {
            $0.member("term_id", term.id)
            $0.member("site", term.site.text)
            $0.member("name", term.name)
            $0.member("first_day", "\(term.first)")
            $0.member("last_day", "\(term.last)")
            $0.member("days_off", term.daysOffTexts) { $0.string($1) }
        }
    }
}
