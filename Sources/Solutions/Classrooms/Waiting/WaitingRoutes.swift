internal import HubModel
internal import SQL
internal import SolutionKit

/// Waiting for a time of a room that is taken.
struct WaitingRoutes: Sendable {
    let services: WebServices

    private static let path = ["id": JSONSchema.string(minimumLength: 1, maximumLength: 64)]

    private static let entry = JSONSchema.named(
        "ClassroomWaiting",
        .object([
            .required("waiting_id", .text, "The booking that comes of it has the same booking_id"),
            .required("classroom_id", .identifier), .required("classroom", .text),
            .required("start", .timestamp), .required("end", .timestamp), .required("purpose", .text),
            .required("position", .integer(minimum: 1), "Among those who want some of that time; 1: the first"),
            .required("joined_at", .timestamp),
        ]))

    var all: [Route] {
        [
            Route(
                .post, "/api/staff/waiting", access: .site(.bookClassrooms),
                summary: "Get in line for a time that is taken: when it becomes free, the first in line has it booked",
                input: RouteInput(
                    .named(
                        "NewClassroomWaiting",
                        .object([
                            .required("classroom_id", .identifier),
                            .required("start", .text, "An instant, or a time of the room's clock without a zone"),
                            .required("end", .text, "The same"),
                            .required("purpose", .string(minimumLength: 1, maximumLength: 200)),
                        ]))),
                answers: [.json(Self.entry, status: 201, "In line")], refusals: [.notFound, .conflict, .limitReached],
                handler: join),
            Route(
                .get, "/api/staff/waiting", access: .site(.bookClassrooms),
                summary: "What you wait for, the next time first; it ends when its time begins",
                answers: [.json(.object([.required("waiting", .array(Self.entry))]))], handler: list),
            Route(
                .delete, "/api/staff/waiting/{id}", access: .site(.bookClassrooms), summary: "Leave a line",
                pathSchemas: Self.path, answers: [.empty()], refusals: [.notFound], handler: leave),
        ]
    }

    /// An entry with what is shown beside it.
    private struct Shown: Sendable {
        let entry: WaitingEntry
        let name: String
        let position: Int64

        init(_ entry: WaitingEntry, in reader: some SQLReading) throws {
            self.entry = entry
            name = try ClassroomTable.name(of: entry.classroom, in: reader) ?? entry.classroom.text
            position = try WaitingTable.position(of: entry, in: reader)
        }

        func write(_ json: inout JSONWriter) {
            json.object {
                $0.member("waiting_id", entry.id)
                $0.member("classroom_id", entry.classroom.text)
                $0.member("classroom", name)
                $0.member("start", entry.time.lowerBound)
                $0.member("end", entry.time.upperBound)
                $0.member("purpose", entry.purpose)
                $0.member("position", position)
                $0.member("joined_at", entry.joinedAt)
            }
        }
    }

    private func join(_ request: RouteRequest) async throws -> RouteResponse {
        let members = try JSONMembers(request.body)
        guard let room = try members.optionalDevice("classroom_id").flatMap({ ClassroomID($0.text) }) else {
            throw JSONMembers.missing("classroom_id")
        }
        let wish = try BookingWish(members)
        let (scope, caller, people, id) = (request.scope, request.caller, services.people, RandomName.make())
        let shown = try await services.line.perform(with: ClassroomsHandler.self) { handler, line in
            let entry = try handler.entry(room, within: scope)
            let booker = Booker(caller, at: entry.site, people)
            let waiting = try handler.join(wish, in: entry, for: booker, id: id, in: &line)
            return try Shown(waiting, in: try line.transaction())
        }
        return .json(status: 201) { shown.write(&$0) }
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let (account, now) = (request.caller.account, services.clock.now())
        let shown = try await services.database.read { reader in
            try WaitingTable.all(of: account, at: now, in: reader).map { try Shown($0, in: reader) }
        }
        return .json { $0.object { $0.member("waiting", shown) { $1.write(&$0) } } }
    }

    private func leave(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, account) = (request.path["id"] ?? "", request.caller.account)
        try await services.line.perform { line in
            let transaction = try line.transaction()
            guard let entry = try WaitingTable.one(id, at: line.now, in: transaction), entry.holder == account else {
                throw Refusal(.notFound, "You are in no such line.")
            }
            try WaitingTable.remove(id, in: transaction)
        }
        return .empty()
    }
}
