internal import HubModel
internal import SQL
internal import SolutionKit

/// When the classrooms of all sites are booked, for those who manage bookings.
struct BookedTimeRoutes: Sendable {
    let services: WebServices

    private static let largestPage = 1_000
    /// A list of all classrooms' bookings reaches over so many days at most.
    private static let longestDays: Int64 = 31

    var all: [Route] {
        [
            Route(
                .get, "/api/admin/booked-times", access: .site(.manageBookings),
                summary: "When classrooms are booked, in order; whose a booking is, is for those who may see it",
                query: [
                    QueryParameter("classroom_id", "only of this classroom", .identifier),
                    QueryParameter("from", "from then on; now without it"),
                    QueryParameter("to", "until then, at most 31 days after from; a day after it without it"),
                    QueryParameter("after", "only times behind this one: next of the page before"),
                    .pageLimit("bookings", most: Self.largestPage, without: "50 without it"),
                ], answers: [.json(.object([.required("bookings", .array(.shownOccurrence)), .next(.text)]))],
                handler: list)
        ]
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let from = try request.instant("from") ?? services.clock.now()
        let to = try request.instant("to") ?? from.advanced(bySeconds: 86_400)
        guard to > from, to <= from.advanced(bySeconds: Self.longestDays * 86_400) else {
            throw Refusal(.invalidParameter, "to is after from, and at most \(Self.longestDays) days.")
        }
        let limit = try request.whole("limit", in: 1...Self.largestPage) ?? 50
        let room = try request.given("classroom_id").map { text throws(Refusal) in
            guard let id = ClassroomID(text) else {
                throw Refusal(.invalidParameter, "classroom_id is the name of a classroom.")
            }
            return id
        }
        let after = try request.given("after").map { text throws(Refusal) in
            guard let place = Place(text) else { throw Refusal(.invalidParameter, "after is next of a page before.") }
            return place
        }
        let (scope, caller, people) = (request.scope, request.caller, services.people)
        let found = try await services.database.read { reader in
            let rooms = try ClassroomTable.all(at: scope, in: reader).map { ($0.id, $0.site) }
            let sites = Dictionary(rooms) { first, _ in first }
            return try OccurrenceTable.items(of: room, from: from, to: to, in: reader).lazy
                .filter { sites[$0.occurrence.classroom] != nil && (after.map(Place($0).isBehind) ?? true) }
                .prefix(Page<ShownOccurrence>.reading(limit))
                .map { item in
                    let reading = OccurrenceReader(caller, at: sites[item.occurrence.classroom] ?? .main)
                    return try reading.shown(item, people, in: reader)
                }
        }
        let page = Page(found, limit: limit) { Place($0.item).text }
        return .json(headers: page.headers(request, "/api/admin/booked-times", limit: limit)) { writer in
            writer.object {
                $0.member("bookings", page.rows) { $0.write($1) }
                $0.member(next: page)
            }
        }
    }
}

/// Where a time is in the list: by its beginning, and by its name where several begin at once.
private struct Place: Sendable {
    let begin: Int64
    let id: String

    init(_ item: RoomWindow.Item) {
        begin = item.occurrence.begin.microseconds
        id = item.occurrence.id
    }

    init?(_ text: String) {
        let parts = text.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let begin = Int64(parts[0]) else { return nil }
        self.begin = begin
        id = String(parts[1])
    }

    var text: String { "\(begin)-\(id)" }

    func isBehind(_ other: Place) -> Bool { (begin, id) > (other.begin, other.id) }
}
