internal import HubModel
internal import ICalendar
internal import SQL
internal import SolutionKit

/// Timetables from files: first what an import would do, then the import.
struct TimetableRoutes: Sendable {
    let services: WebServices

    private enum Conflicts: String, CaseIterable { case refuse, skip }
    private enum Missing: String, CaseIterable { case remove, keep }

    /// How long a file may be worked on before it comes to the line, in seconds.
    private static let longestSeconds: Int64 = 20

    private static let mediaTypes = ["text/csv", "text/calendar", "text/plain", "application/octet-stream"]
    private static let path = ["timetable": JSONSchema.string(minimumLength: 1, maximumLength: 64)]
    private static let site = QueryParameter("site", "the site of the rooms; main without it", .identifier)
    private static let order = [
        site,
        QueryParameter("timetable", "which timetable it is; main without it", .identifier),
        QueryParameter("term", "the term, by its id or name, of lessons that name none"),
        QueryParameter("classroom_id", "the room of lessons that name none", .identifier),
        QueryParameter(
            "conflicts", "refuse: nothing is booked when anything is in the way; skip: what is free is booked",
            .words(Conflicts.allCases.map(\.rawValue))),
        QueryParameter(
            "missing", "remove: lessons that the file no longer has are given up; keep: they stay",
            .words(Missing.allCases.map(\.rawValue))),
    ]

    var all: [Route] {
        [
            Route(
                .get, "/api/admin/timetables", access: .site(.manageBookings),
                summary: "The timetables that were imported", answers: [.json(Self.list)], handler: list),
            Route(
                .post, "/api/admin/timetables/preview", access: .site(.manageBookings),
                summary: "What the import of a timetable would do: a table (CSV) or a calendar (ICS)",
                query: Self.order, input: RouteInput(.bytes(Self.mediaTypes)), answers: [.json(.timetableReport)],
                refusals: [.notFound, .overloaded], maximumBodyBytes: TimetableFile.largestBytes, handler: preview),
            Route(
                .post, "/api/admin/timetables", access: .site(.manageBookings),
                summary: "Import a timetable, or import it again: only what is other changes",
                query: Self.order, input: RouteInput(.bytes(Self.mediaTypes)), answers: [.json(.timetableReport)],
                refusals: [
                    .notFound, .limitReached, .overloaded,
                    .conflict(with: [.optional("entries", .array(.timetableEntry), "What cannot be booked, and why")]),
                ], maximumBodyBytes: TimetableFile.largestBytes, handler: take),
            Route(
                .delete, "/api/admin/timetables/{timetable}", access: .site(.manageBookings),
                summary: "Remove a timetable: its lessons that have not begun are given up", pathSchemas: Self.path,
                query: [Self.site], answers: [.empty()], refusals: [.notFound], handler: remove),
        ]
    }

    private static let list = JSONSchema.object([
        .required(
            "timetables",
            .array(
                .named(
                    "ClassroomTimetable",
                    .object([
                        .required("timetable", .text), .required("site", .identifier), .required("entries", .count),
                        .required("changed_at", .timestamp), .required("changed_by", .nullable(.text)),
                    ]))))
    ])

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let (scope, people) = (request.scope, services.people)
        let found = try await services.database.read { reader in
            try TimetableTable.all(at: scope, in: reader).map { one in
                (one, try one.changedBy.flatMap { try people.known($0, in: reader)?.name })
            }
        }
        return .json { json in
            json.object {
                $0.member("timetables", found) { json, found in
                    let (one, person) = found
                    json.object {
                        $0.member("timetable", one.name)
                        $0.member("site", one.site.text)
                        $0.member("entries", one.entries)
                        $0.member("changed_at", one.changedAt)
                        $0.member("changed_by", person)
                    }
                }
            }
        }
    }

    private func preview(_ request: RouteRequest) async throws -> RouteResponse {
        let order = try order(request)
        let (file, now, people) = (try await read(request, order), services.clock.now(), services.people)
        let shown = try await services.database.read { reader in
            try ShownTimetable(
                order.plan(file, at: now, in: reader), order, isPreview: true, people, in: reader)
        }
        return .json { $0.write(shown) }
    }

    private func take(_ request: RouteRequest) async throws -> RouteResponse {
        let order = try order(request)
        let file = try await read(request, order)
        // That may have taken long.
        try await request.requireStillAllowed()
        let (caller, people) = (request.caller, services.people)
        let shown = try await services.change(with: ClassroomsHandler.self, by: caller) { handler, line in
            let booker = Booker(caller, at: order.site, people)
            let plan = try handler.take(file, order, by: booker, ids: { RandomName.make() }, in: &line)
            let shown = try ShownTimetable(plan, order, isPreview: false, people, in: try line.transaction())
            if order.isWhole, plan.items.contains(where: \.outcome.isTrouble) { throw shown.refusal }
            return AuditedChange(
                shown, .changeOthersBooking, of: "classroom_timetable:\(order.site)/\(order.name)",
                facts: ["added", "changed", "removed", "conflict", "refused"].map { ($0, "\(shown.count($0))") })
        }
        return .json { $0.write(shown) }
    }

    private func remove(_ request: RouteRequest) async throws -> RouteResponse {
        let (name, site) = (request.path["timetable"] ?? "", try self.site(request))
        let scope = request.scope
        try await services.change(with: ClassroomsHandler.self, by: request.caller) { handler, line in
            guard scope.contains(site) else { throw Refusal(.notFound, "There is no timetable of this name.") }
            let count = try handler.removeTimetable(name, at: site, in: &line)
            return AuditedChange(
                .cancelOthersBooking, of: "classroom_timetable:\(site)/\(name)", facts: [("removed", "\(count)")])
        }
        return .empty()
    }

    // MARK: Reading

    private func site(_ request: RouteRequest) throws(Refusal) -> SiteID {
        guard let text = request.given("site") else { return .main }
        guard let site = SiteID(text) else { throw Refusal(.invalidParameter, "site is the name of a site.") }
        return site
    }

    private func order(_ request: RouteRequest) throws(Refusal) -> TimetableImport {
        let site = try site(request)
        guard request.scope.contains(site) else { throw Refusal(.notFound, "There is no site \(site).") }
        let name = request.given("timetable") ?? "main"
        guard DeviceID(name) != nil else {
            throw Refusal(.invalidParameter, "timetable is 1 to 64 letters, digits and the signs . _ -.")
        }
        let conflicts = try request.word("conflicts", of: Conflicts.self) ?? .refuse
        let missing = try request.word("missing", of: Missing.self) ?? .remove
        return TimetableImport(
            site: site, name: name, removesMissing: missing == .remove, isWhole: conflicts == .refuse)
    }

    /// What a file may be.
    private enum Form: Sendable {
        case table(CSVTable)
        case calendars([CalendarDocument])
    }

    private func read(_ request: RouteRequest, _ order: TimetableImport) async throws -> TimetableFile {
        let body = request.body
        let form: Form =
            TimetableRoutes.isCalendar(body)
            ? .calendars(try TimetableICS.calendars(body)) : .table(try TimetableCSV.table(body))
        let context = try await context(request, order.site, form)
        let file: TimetableFile
        switch form {
        case .table(let table): file = try TimetableCSV.read(table, context)
        case .calendars(let calendars):
            let (clock, begin) = (services.clock, services.clock.now())
            file = try await TimetableICS.read(calendars, context) {
                await Task.yield()
                guard clock.now() < begin.advanced(bySeconds: TimetableRoutes.longestSeconds) else {
                    throw Refusal(.tooLarge, "The calendar takes too long to work out: export a shorter time.")
                }
            }
        }
        guard !file.entries.isEmpty || !file.refused.isEmpty else {
            throw Refusal(.missingField, "The file holds no lesson.")
        }
        return file
    }

    private static func isCalendar(_ body: [UInt8]) -> Bool {
        let first = TextInput.withoutByteOrderMark(body).drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }.prefix(6)
        return String(decoding: first, as: UTF8.self).uppercased() == "BEGIN:"
    }

    private func context(
        _ request: RouteRequest, _ site: SiteID, _ form: Form
    ) async throws -> TimetableContext {
        let names: Set<String> =
            switch form {
            case .table(let table): TimetableCSV.holders(in: table)
            case .calendars: []
            }
        let (term, room, now) = (request.given("term"), request.given("classroom_id"), services.clock.now())
        let horizon = now.advanced(bySeconds: ClassroomSettings(services.settings).horizonDays * 86_400)
        let (people, devices) = (services.people, services.devices)
        return try await services.database.read { reader in
            guard try devices.hasSite(site, in: reader) else { throw Refusal(.notFound, "There is no site \(site).") }
            let rooms = try ClassroomTable.all(at: .sites([site]), in: reader)
            let terms = try TermTable.all(at: .sites([site]), in: reader)
            let chosenTerm = terms.first { $0.id == term || $0.name == term }
            guard term == nil || chosenTerm != nil else { throw Refusal(.notFound, "The site has no such term.") }
            let chosenRoom = rooms.first { $0.id.text == room }
            guard room == nil || chosenRoom != nil else { throw Refusal(.notFound, "The site has no such classroom.") }
            var holders: [String: String] = [:]
            for name in names {
                if let person = try people.known(named: name, in: reader) { holders[name.lowercased()] = person.id }
            }
            return TimetableContext(
                rooms: rooms, terms: terms, term: chosenTerm, room: chosenRoom, holders: holders, now: now,
                horizon: horizon)
        }
    }
}
