internal import HubModel
internal import SQL
internal import SolutionKit

/// What people do with their own bookings, and those who may with all.
struct BookingRoutes: Sendable {
    let services: WebServices

    private static let path = ["id": JSONSchema.string(minimumLength: 1, maximumLength: 64)]
    private static let timePath = [
        "id": JSONSchema.string(minimumLength: 1, maximumLength: 64),
        "occurrence": .string(minimumLength: 16, maximumLength: 19),
    ]
    private static let largestPage = 500

    private static let wishMembers: [JSONSchema.Property] = [
        .required("start", .text, "An instant, or a time of the room's clock without a zone"),
        .required("end", .text, "The same"), .required("purpose", .string(minimumLength: 1, maximumLength: 200)),
        .optional("rrule", .nullable(.string(maximumLength: 1_000)), "By which rule it comes again (RFC 5545)"),
        .optional("exdates", .nullable(.array(.text)), "Times of the rule that are left out, on the room's clock"),
    ]

    /// What a refusal says of the booking in the way.
    private static let inTheWay = RouteRefusal.conflict(with: [
        .optional(
            "conflict",
            .object([
                .required("booking_id", .text), .required("start", .timestamp), .required("end", .timestamp),
                .required("purpose", .nullable(.text), "For those who may see it"),
                .required("holder", .nullable(.text), "For those who may see it"),
            ]), "The booking in the way")
    ])

    var all: [Route] {
        [
            Route(
                .post, "/api/staff/bookings", access: .site(.bookClassrooms), summary: "Book a classroom",
                input: RouteInput(
                    .named(
                        "NewClassroomBooking",
                        .object(
                            [.required("classroom_id", .identifier)] + Self.wishMembers + [
                                .optional("request_id", .nullable(.string(maximumLength: 64)), "Names the request")
                            ]))),
                answers: [.json(.classroomBooking, status: 201, "Booked, or asked for")],
                refusals: [.notFound, .limitReached, Self.inTheWay], handler: book),
            Route(
                .get, "/api/staff/bookings", access: .site(.bookClassrooms),
                summary: "Your own bookings, those that end last first",
                query: [
                    QueryParameter("after", "only bookings behind this one: next of the page before"),
                    .pageLimit("bookings", most: Self.largestPage, without: "50 without it"),
                ], answers: [.json(.classroomBookingPage)], handler: own),
            Route(
                .get, "/api/staff/bookings/{id}", access: .site(.bookClassrooms),
                summary: "A booking with its times: yours, or one that you may see", pathSchemas: Self.path,
                answers: [.json(.classroomBooking)], refusals: [.notFound], handler: one),
            Route(
                .put, "/api/staff/bookings/{id}", access: .site(.bookClassrooms),
                summary:
                    "Change a booking of yours: what of it is past stays; of one that has begun the end can be changed",
                pathSchemas: Self.path,
                input: RouteInput(
                    .named(
                        "ChangedClassroomBooking",
                        .object([.optional("classroom_id", .nullable(.identifier))] + Self.wishMembers))),
                answers: [.json(.classroomBooking)], refusals: [.notFound, .limitReached, Self.inTheWay],
                handler: change),
            Route(
                .delete, "/api/staff/bookings/{id}", access: .site(.bookClassrooms),
                summary: "Cancel a booking of yours; what has begun of it ends now", pathSchemas: Self.path,
                answers: [.json(.classroomBooking)], refusals: [.notFound, .conflict], handler: cancel),
            Route(
                .delete, "/api/staff/bookings/{id}/occurrences/{occurrence}", access: .site(.bookClassrooms),
                summary: "Cancel one time of a booking, or that and all behind it", pathSchemas: Self.timePath,
                query: [QueryParameter("following", "true: those behind it as well", .words(["true", "false"]))],
                answers: [.json(.classroomBooking)], refusals: [.notFound, .conflict], handler: cancelOccurrence),
            Route(
                .put, "/api/staff/bookings/{id}/occurrences/{occurrence}", access: .site(.bookClassrooms),
                summary: "Move one time of a booking; of one that has begun the end can be moved",
                pathSchemas: Self.timePath,
                input: RouteInput(
                    .named("MovedClassroomTime", .object(Array(Self.wishMembers.prefix(2))))),
                answers: [.json(.classroomBooking)], refusals: [.notFound, .limitReached, Self.inTheWay],
                handler: moveOccurrence),
            Route(
                .get, "/api/admin/bookings", access: .site(.manageBookings),
                summary: "Bookings that wait to be approved, the oldest first",
                query: [
                    QueryParameter("after", "only bookings behind this one: next of the page before"),
                    .pageLimit("bookings", most: Self.largestPage, without: "50 without it"),
                ], answers: [.json(.classroomBookingPage)], handler: requested),
            Route(
                .post, "/api/admin/bookings/{id}/decision", access: .site(.manageBookings),
                summary: "Approve or decline a booking", pathSchemas: Self.path,
                input: RouteInput(
                    .object([
                        .required("approve", .boolean),
                        .optional("remark", .nullable(.string(maximumLength: 200)), "What its holder is told"),
                    ])), answers: [.json(.classroomBooking)], refusals: [.notFound, .conflict], handler: decide),
        ]
    }

    // MARK: Making and changing

    private func book(_ request: RouteRequest) async throws -> RouteResponse {
        let members = try JSONMembers(request.body)
        guard let id = try members.optionalDevice("classroom_id").flatMap({ ClassroomID($0.text) }) else {
            throw JSONMembers.missing("classroom_id")
        }
        let wish = try BookingWish(members)
        let name = try members.optionalText("request_id", maximumBytes: RequestTable.longestName)
        let (scope, caller, fresh) = (request.scope, request.caller, RandomName.make())
        let shown = try await perform(caller) { handler, people, line in
            let entry = try handler.entry(id, within: scope)
            let booker = Booker(caller, at: entry.site, people)
            func make(_ line: inout LineContext) throws -> String {
                try handler.book(wish, in: entry, for: booker, id: fresh, in: &line).id
            }
            var booked = ""
            if let name {
                let transaction = try line.transaction()
                booked = try ClassroomTables.requests.once(
                    name, in: caller.account ?? "open", content: "\(id) \(wish.text)", answerMember: "booking_id",
                    at: line.now, in: transaction
                ) { try make(&line) }.answer
            } else {
                booked = try make(&line)
            }
            return try ShownBooking.read(booked, for: caller, people, at: line.now, in: try line.transaction())
        }
        return .json(status: 201, headers: [("Location", "/api/staff/bookings/\(shown.booking.id)")]) {
            $0.write(shown)
        }
    }

    private func change(_ request: RouteRequest) async throws -> RouteResponse {
        let members = try JSONMembers(request.body)
        let wish = try BookingWish(members)
        let other = try members.optionalDevice("classroom_id").flatMap { ClassroomID($0.text) }
        let scope = request.scope
        return try await changeOne(request, .changeOthersBooking) { handler, known, booker, line in
            let entry = try handler.entry(other ?? known.classroom, within: scope)
            return try handler.change(known, to: wish, in: entry, for: booker, in: &line)
        }
    }

    private func cancel(_ request: RouteRequest) async throws -> RouteResponse {
        try await changeOne(request, .cancelOthersBooking) { handler, known, _, line in
            try handler.cancel(known, in: &line)
        }
    }

    private func cancelOccurrence(_ request: RouteRequest) async throws -> RouteResponse {
        guard let time = WallTime(iso8601: request.path["occurrence"] ?? "") else {
            throw Refusal(.notFound, "The booking has no such time.")
        }
        let following = request.parameter("following") == "true"
        return try await changeOne(request, .cancelOthersBooking) { handler, known, _, line in
            try handler.cancel(known, only: time, andFollowing: following, in: &line)
        }
    }

    private func moveOccurrence(_ request: RouteRequest) async throws -> RouteResponse {
        guard let time = WallTime(iso8601: request.path["occurrence"] ?? "") else {
            throw Refusal(.notFound, "The booking has no such time.")
        }
        let members = try JSONMembers(request.body)
        guard let start = try BookingWish.Time(members, "start") else { throw JSONMembers.missing("start") }
        guard let end = try BookingWish.Time(members, "end") else { throw JSONMembers.missing("end") }
        let wish = BookingWish(start: start, end: end, purpose: "")
        return try await changeOne(request, .changeOthersBooking) { handler, known, booker, line in
            guard let entry = handler[known.classroom] else { throw BookingRoutes.noBooking }
            return try handler.move(known, time, to: wish, in: entry, for: booker, in: &line)
        }
    }

    private func decide(_ request: RouteRequest) async throws -> RouteResponse {
        let members = try JSONMembers(request.body)
        guard let approves = try members.optionalBoolean("approve") else { throw JSONMembers.missing("approve") }
        let remark = try members.optionalText("remark", maximumBytes: 200) ?? ""
        let (id, scope, caller) = (request.path["id"] ?? "", request.scope, request.caller)
        let people = services.people
        let shown = try await services.change(with: ClassroomsHandler.self, by: caller) { handler, line in
            let transaction = try line.transaction()
            guard let known = try BookingTable.one(id, in: transaction),
                let entry = handler[known.classroom], scope.contains(entry.site)
            else { throw BookingRoutes.noBooking }
            _ = try handler.decide(known, approves: approves, remark: remark, in: &line)
            return AuditedChange(
                try ShownBooking.read(id, for: caller, people, at: line.now, in: transaction), .decideBooking,
                of: "classroom_booking:\(id)", facts: [("approved", "\(approves)"), ("remark", remark)])
        }
        return .json { $0.write(shown) }
    }

    private typealias Change = @Sendable (ClassroomsHandler, Booking, Booker, inout LineContext) throws -> Booking

    /// Changes a booking of the caller's, or one that they may manage, which the audit records.
    private func changeOne(
        _ request: RouteRequest, _ action: AuditAction, _ change: @escaping Change
    ) async throws -> RouteResponse {
        let (id, caller, people) = (request.path["id"] ?? "", request.caller, services.people)
        let shown = try await services.change(with: ClassroomsHandler.self, by: caller) { handler, line in
            let transaction = try line.transaction()
            guard let known = try BookingTable.one(id, in: transaction), let entry = handler[known.classroom] else {
                throw BookingRoutes.noBooking
            }
            let booker = Booker(caller, at: entry.site, people)
            let isOwn = known.isOwn(of: caller.account)
            guard isOwn || booker.isManager else { throw BookingRoutes.noBooking }
            let changed = try change(handler, known, booker, &line)
            let shown = try ShownBooking.read(changed.id, for: caller, people, at: line.now, in: transaction)
            // What people do with their own is in the table.
            guard !isOwn else { return AuditedChange(shown) }
            return AuditedChange(
                shown, action, of: "classroom_booking:\(id)", facts: [("classroom", changed.classroom.text)])
        }
        return .json { $0.write(shown) }
    }

    private func perform<Value: Sendable>(
        _ caller: Caller,
        _ work: @escaping @Sendable (ClassroomsHandler, any PeopleBook, inout LineContext) throws -> Value
    ) async throws -> Value {
        let people = services.people
        return try await services.line.perform(with: ClassroomsHandler.self) { handler, line in
            try work(handler, people, &line)
        }
    }

    static let noBooking = Refusal(.notFound, "There is no such booking of yours.")

    // MARK: Reading

    private func own(_ request: RouteRequest) async throws -> RouteResponse {
        let account = request.caller.account
        return try await page(request, "/api/staff/bookings", of: account) { after, limit, reader in
            try BookingTable.all(of: account, after: after, limit: limit, in: reader)
        }
    }

    private func requested(_ request: RouteRequest) async throws -> RouteResponse {
        let scope = request.scope
        return try await page(request, "/api/admin/bookings") { after, limit, reader in
            try BookingTable.requested(at: scope, after: after, limit: limit, in: reader)
        }
    }

    /// - Parameter account: whose bookings they are, if they are somebody's.
    private func page(
        _ request: RouteRequest, _ route: String, of account: String? = nil,
        _ read: @escaping @Sendable (String?, Int, any SQLReading) throws -> [Booking]
    ) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...Self.largestPage) ?? 50
        let (after, caller, people) = (request.given("after"), request.caller, services.people)
        let now = services.clock.now()
        let found = try await services.database.read { reader in
            try read(after, Page<ShownBooking>.reading(limit), reader).map {
                try ShownBooking($0, for: caller, people, at: now, in: reader)
            }
        }
        let page = Page(found, limit: limit, key: \.booking.id)
        return .json(headers: page.headers(request, route, limit: limit)) { writer in
            writer.object {
                $0.member("bookings", page.rows) { $0.write($1) }
                $0.member(next: page)
                if let account { $0.member("account", account) }
            }
        }
    }

    private func one(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, caller, people) = (request.path["id"] ?? "", request.caller, services.people)
        let now = services.clock.now()
        let shown = try await services.database.read { reader in
            try ShownBooking.read(id, for: caller, people, at: now, in: reader)
        }
        return .json { $0.write(shown) }
    }
}

extension Booker {
    /// What a caller may at a site.
    init(_ caller: Caller, at site: SiteID, _ people: any PeopleBook) {
        self.init(
            person: caller.account, isManager: caller.grants.allows(.manageBookings, at: site),
            seesBookers: caller.grants.allows(.viewBookers, at: site), people: people)
    }
}

extension BookingWish {
    /// The same wish is always the same text.
    var text: String {
        "\(start) \(end) \(rule ?? "-") \(exceptions.sorted().map(\.description).joined(separator: ",")) \(purpose)"
    }
}
