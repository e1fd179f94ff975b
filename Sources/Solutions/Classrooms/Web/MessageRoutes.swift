internal import HubModel
internal import SQL
internal import SolutionKit

/// What staff write to those who run the rooms.
struct MessageRoutes: Sendable {
    let services: WebServices

    private static let largestPage = 500
    private static let subjectBytes = 200
    private static let messageBytes = 5_000
    /// Messages of one person within a day.
    private static let mostOfDay: Int64 = 50

    private static let message = JSONSchema.named(
        "ClassroomMessage",
        .object([
            .required("id", .count), .required("site", .identifier), .required("sender", .nullable(.text)),
            .required("subject", .text), .required("message", .text), .required("at", .timestamp),
            .required("answered_at", .nullable(.timestamp)), .required("answered_by", .nullable(.text)),
        ]))

    var all: [Route] {
        [
            Route(
                .post, "/api/contact", access: .site(.viewClassrooms),
                summary: "Write to those who run the classrooms",
                input: RouteInput(
                    .object([
                        .required("subject", .string(minimumLength: 1, maximumLength: Self.subjectBytes)),
                        .required("message", .string(minimumLength: 1, maximumLength: Self.messageBytes)),
                        .optional("site", .nullable(.identifier), "Which site it is about"),
                    ])), answers: [.json(.object([.required("id", .count)]), status: 201, "Sent")],
                refusals: [.notFound, .limitReached], handler: send),
            Route(
                .get, "/api/admin/messages", access: .site(.readClassroomMessages),
                summary: "Messages of staff, newest first",
                query: [
                    QueryParameter("open", "true: only those that nobody has answered", .words(["true", "false"])),
                    QueryParameter("after", "only messages behind this one: next of the page before", .count),
                    .pageLimit("messages", most: Self.largestPage, without: "50 without it"),
                ], answers: [.json(.object([.required("messages", .array(Self.message)), .next(.count)]))],
                handler: list),
            Route(
                .post, "/api/admin/messages/{id}/answered", access: .site(.readClassroomMessages),
                summary: "Say that a message was answered", pathSchemas: ["id": .count],
                answers: [.json(Self.message)], refusals: [.notFound], handler: answered),
        ]
    }

    private func send(_ request: RouteRequest) async throws -> RouteResponse {
        let members = try JSONMembers(request.body)
        let subject = try text(members, "subject", Self.subjectBytes)
        let message = try text(members, "message", Self.messageBytes)
        let (wanted, scope, sender) = (try members.optionalSite("site"), request.scope, request.caller.account)
        let devices = services.devices
        let id = try await services.line.perform { line in
            let transaction = try line.transaction()
            let site = wanted ?? scope.names?.sorted().first.flatMap { SiteID($0) } ?? .main
            guard scope.contains(site), try devices.hasSite(site, in: transaction) else {
                throw Refusal(.notFound, "There is no site \(site).")
            }
            let day = line.now.advanced(bySeconds: -86_400)
            guard try MessageTable.count(of: sender, since: day, in: transaction) < Self.mostOfDay else {
                throw Refusal(.limitReached, "You have sent \(Self.mostOfDay) messages today: wait for tomorrow.")
            }
            return try MessageTable.insert(
                subject, message, from: sender, at: site, line.now, in: transaction)
        }
        return .json(status: 201) { $0.object { $0.member("id", id) } }
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...Self.largestPage) ?? 50
        let after = try request.whole("after", in: 0...Int64.max)
        let (isOpen, scope, people) = (request.parameter("open") == "true", request.scope, services.people)
        let found = try await services.database.read { reader in
            try MessageTable.all(
                at: scope, onlyOpen: isOpen, before: after, limit: Page<ClassroomMessage>.reading(limit), people,
                in: reader)
        }
        let page = Page(found, limit: limit) { String($0.id) }
        return .json(headers: page.headers(request, "/api/admin/messages", limit: limit)) { writer in
            writer.object {
                $0.member("messages", page.rows) { $0.write($1) }
                $0.member(nextNumber: page)
            }
        }
    }

    private func answered(_ request: RouteRequest) async throws -> RouteResponse {
        guard let id = Int64(request.path["id"] ?? "") else { throw Refusal(.notFound, "There is no such message.") }
        let (scope, caller, people) = (request.scope, request.caller, services.people)
        let message = try await services.change(by: caller) { line in
            let transaction = try line.transaction()
            guard let known = try MessageTable.one(id, people, in: transaction), scope.contains(known.site) else {
                throw Refusal(.notFound, "There is no such message.")
            }
            try MessageTable.answer(id, by: caller.account, at: line.now, in: transaction)
            let message = try MessageTable.one(id, people, in: transaction) ?? known
            return AuditedChange(message, .answerMessage, of: "classroom_message:\(id)")
        }
        return .json { $0.write(message) }
    }

    private func text(_ members: JSONMembers, _ name: String, _ most: Int) throws(Refusal) -> String {
        let text = try members.text(name, maximumBytes: most)
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw Refusal(.valueOutOfRange, "\(name) is 1 to \(most) bytes.")
        }
        return text
    }
}

/// A message of somebody.
struct ClassroomMessage: Sendable {
    let id: Int64
    let site: SiteID
    /// The user name; nil: it has none, or the account is gone.
    let sender: String?
    let subject: String
    let message: String
    let at: Timestamp
    let answeredAt: Timestamp?
    let answeredBy: String?
}

extension JSONWriter {
    fileprivate mutating func write(_ message: ClassroomMessage) {
        object {
            $0.member("id", message.id)
            $0.member("site", message.site.text)
            $0.member("sender", message.sender)
            $0.member("subject", message.subject)
            $0.member("message", message.message)
            $0.member("at", message.at)
            $0.member("answered_at", message.answeredAt)
            $0.member("answered_by", message.answeredBy)
        }
    }
}
