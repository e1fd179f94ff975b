internal import HubModel
internal import SQL
internal import SolutionKit

/// Calendars that Outlook, Google and Apple subscribe to, for anyone who has the link.
struct CalendarRoutes: Sendable {
    let services: WebServices

    static let roomPath = "/api/feeds/{key}/classroom.ics"
    static let personPath = "/api/feeds/{key}/bookings.ics"
    /// What was given up stays in a calendar for so long, in seconds, and what is over as well.
    private static let keptSeconds: Int64 = 31 * 86_400
    private static let mostBookings = 2_000

    var all: [Route] {
        [
            Route(
                .get, Self.roomPath, access: .link(.classroomCalendar),
                summary: "When a classroom is booked, as iCalendar, for anyone who has the link",
                pathSchemas: ["key": .text], answers: Self.answers, handler: room),
            Route(
                .get, Self.personPath, access: .link(.bookingsCalendar),
                summary: "What somebody has booked, as iCalendar, for anyone who has the link",
                pathSchemas: ["key": .text], answers: Self.answers, handler: person),
        ]
    }

    private static let answers = [
        RouteAnswer.bytes("text/calendar", "The calendar"), RouteAnswer(304, "The client has it already", content: []),
    ]

    private func room(_ request: RouteRequest) async throws -> RouteResponse {
        guard let id = ClassroomID(try request.linkedThing()) else { throw RouteAccess.noSuchLink }
        let (scope, since) = (request.scope, services.clock.now().advanced(bySeconds: -Self.keptSeconds))
        let bytes = try await services.database.read { reader -> [UInt8]? in
            guard let room = try ClassroomTable.one(id, in: reader), scope.contains(room.site) else { return nil }
            let bookings = try BookingTable.all(in: id, since: since, limit: Self.mostBookings, in: reader)
            // Whose it is and what for is not for everybody who has the address.
            let feed = BookingCalendarFeed(name: room.name) { _ in ("Booked", room.name) }
            return try feed.bytes(of: try Self.withTimes(bookings, in: reader))
        }
        guard let bytes else { throw RouteAccess.noSuchLink }
        return Self.answer(bytes)
    }

    private func person(_ request: RouteRequest) async throws -> RouteResponse {
        let holder = try request.linkedThing()
        let since = services.clock.now().advanced(bySeconds: -Self.keptSeconds)
        let bytes = try await services.database.read { reader in
            let bookings = try BookingTable.all(of: holder, since: since, limit: Self.mostBookings, in: reader)
            let names = try Dictionary(
                Set(bookings.map(\.classroom)).map { ($0, try ClassroomTable.name(of: $0, in: reader) ?? $0.text) },
                uniquingKeysWith: { first, _ in first })
            let feed = BookingCalendarFeed(name: "Classrooms") { ($0.purpose, names[$0.classroom]) }
            return try feed.bytes(of: try Self.withTimes(bookings, in: reader))
        }
        return Self.answer(bytes)
    }

    private static func withTimes(
        _ bookings: [Booking], in reader: some SQLReading
    ) throws -> [(booking: Booking, times: [BookingOccurrence])] {
        try bookings.map { ($0, try OccurrenceTable.all(of: $0.id, in: reader)) }
    }

    private static func answer(_ bytes: [UInt8]) -> RouteResponse {
        RouteResponse(
            contentType: "text/calendar; charset=utf-8", body: bytes,
            headers: [("Cache-Control", "private, no-cache"), ("ETag", EntityTag.of(bytes))])
    }
}
