internal import Credentials
internal import HubModel
internal import SQL
internal import SolutionKit

/// Reservations, as docs/parking-api.md has them.
struct BookingRoutes: Sendable {
    let services: WebServices

    private static let mostRows = 5_000
    private static let mostOwn = 500

    var all: [Route] { ofReservations + ofStrangers }

    private var ofReservations: [Route] {
        [
            Route(
                .post, "/api/lots/{id}/reservations", access: .anyone,
                summary: "Reserve a spot, or one of a kind; at a public lot without an account too",
                pathSchemas: LotPath.lot, input: RouteInput(.bookingRequest),
                answers: [.json(.madeReservation, status: 201, "Reserved; Location is its address")],
                refusals: [.conflict(with: [.optional("conflict", .timeInTheWay, "The reservation in the way")])],
                handler: reserve),
            Route(
                .get, "/api/lots/{id}/reservations", access: .site(.reserveParking),
                summary: "A lot's reservations that touch a time, in order of their beginning",
                pathSchemas: LotPath.lot,
                query: [
                    QueryParameter("from", "from this time on; now without it"),
                    QueryParameter("to", "up to this time; 14 days after from without it"),
                    QueryParameter(
                        "state", "only those in this state", .words(ReservationState.allCases.map(\.rawValue))),
                    QueryParameter(
                        "limit", "at most this many, 1 to 5000; 1000 without it, and in CSV all",
                        .integer(minimum: 1, maximum: Int64(Self.mostRows))),
                    QueryParameter("after", "those behind this one: next of the page before", .identifier),
                    .tableForm,
                ], answers: [.table(.reservationPage, "The reservations")], handler: reservations),
            Route(
                .get, "/api/lots/{id}/availability", access: .anyone,
                summary: "The spots that can be reserved for a time", pathSchemas: LotPath.lot,
                query: [
                    QueryParameter("from", "from this time on"),
                    QueryParameter("to", "up to it"),
                ], answers: [.json(.availability)], handler: availability),
            Route(
                .get, "/api/reservations", access: .signedIn, summary: "Your own reservations, the latest first",
                query: [
                    QueryParameter("after", "those behind this one: next of the page before", .identifier),
                    .pageLimit("reservations", most: Self.mostOwn, without: "50 without it"),
                ],
                answers: [.json(.reservationPage)], handler: own),
            Route(
                .get, "/api/reservations/{reservation_id}", access: .signedIn,
                summary: "A reservation of yours, or of a lot where you may see who reserved",
                answers: [.json(.reservation)], handler: one),
            Route(
                .delete, "/api/reservations/{reservation_id}", access: .signedIn,
                summary: "Give a reservation up: yours, or one of a lot that you manage",
                answers: [.json(.reservation, "It is over")], refusals: [.conflict], handler: cancel),
        ]
    }

    private var ofStrangers: [Route] {
        [
            Route(
                .post, "/api/reservations/{reservation_id}/look", access: .anyone,
                summary: "A reservation that was made without an account, by its code", input: RouteInput(.bookingCode),
                answers: [.json(.reservation)], handler: look),
            Route(
                .post, "/api/reservations/{reservation_id}/cancel", access: .anyone,
                summary: "Give a reservation up that was made without an account, by its code",
                input: RouteInput(.bookingCode), answers: [.json(.reservation, "It is over")], refusals: [.conflict],
                handler: cancelWithCode),
        ]
    }

    private func reserve(_ request: RouteRequest) async throws -> RouteResponse {
        let lot = try await services.visibleLot(request)
        let wanted = try BookingRequest(json: request.body)
        let caller = request.caller
        let code: SecretKey?
        let holder: BookingHolder
        switch (caller.identity, caller.account) {
        case (.device, _), (.keyless, _): throw Refusal(.forbidden, "This is for people.")
        case (_, let account?):
            code = nil
            holder = .account(account, isStaff: caller.grants.allows(.reserveParking, at: lot.site))
        case (_, nil):
            let key = SecretKey(.reservation)
            code = key
            holder = .stranger(address: AddressGroup.of(request.address), codeHash: key.hash)
        }
        let id = RandomName.make()
        let made = try await services.line.perform(with: ParkingHandler.self) { handler, line in
            // The tables are asked which spots are free: they must know what this batch's reports have said.
            try handler.saveDirty(in: &line)
            let made = try handler.bookings.make(
                wanted, in: lot.id, for: holder, id: id, at: line.now, in: try line.transaction())
            // One that begins now holds its spot at once.
            try handler.advanceReservations(in: &line)
            return made
        }
        return RouteResponse.json(status: 201, headers: [("Location", "/api/reservations/\(id)")]) {
            $0.write(ReservationView(made, for: .newHolder(code: code?.text)))
        }
    }

    private func reservations(_ request: RouteRequest) async throws -> RouteResponse {
        let csv = try request.wantsCSV()
        let lot = try await services.visibleLot(request)
        guard request.scope.contains(lot.site) else {
            throw Refusal(.forbidden, "This needs the right \(Permission.reserveParking).")
        }
        let from = try BookingParameters.instant("from", of: request) ?? services.clock.now()
        let to = try BookingParameters.instant("to", of: request) ?? from.advanced(bySeconds: BookingRules.aheadSeconds)
        let state = try request.word("state", of: ReservationState.self)
        let given = try request.whole("limit", in: 1...Self.mostRows)
        let after = request.given("after")
        if let after, DeviceID(after) == nil { throw Refusal(.invalidParameter, "after is a name.") }
        let (limit, database) = (given ?? 1_000, services.database)
        let read: @Sendable (String?) async throws -> Page<Reservation> = { place in
            let found = try await database.read {
                try ReservationTable.all(
                    in: lot.id, from: from, to: to, state: state, after: place,
                    limit: Page<Reservation>.reading(limit), in: $0)
            }
            return Page(found, limit: limit, key: \.id)
        }
        guard !csv else {
            return try await .csv(BookingRoutes.columns, named: "reservations") { (place: String?) in
                let page = try await read(place ?? after)
                return (page.rows.map(BookingRoutes.cells), given == nil ? page.next : nil)
            }
        }
        let page = try await read(after)
        let headers = page.headers(request, "/api/lots/{id}/reservations", limit: limit)
        return BookingRoutes.list(page, .staff, headers)
    }

    private func availability(_ request: RouteRequest) async throws -> RouteResponse {
        let lot = try await services.visibleLot(request)
        let now = services.clock.now()
        guard let from = try BookingParameters.instant("from", of: request),
            let to = try BookingParameters.instant("to", of: request)
        else { throw Refusal(.invalidParameter, "from and to are times.") }
        try BookingRules.check(from: from, to: to, by: .account("", isStaff: false), at: now)
        let free = try await services.database.read {
            try Bookings().free(in: lot.id, from: from, to: to, at: now, in: $0)
        }
        let time = TimeSlots(from: from, to: to)
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("lot_id", lot.id.text)
                writer.member("from", time.begin)
                writer.member("to", time.end)
                writer.object("kinds") { writer in
                    for kind in SpotKind.allCases {
                        let spots = free.filter { $0.kind == kind }
                        guard !spots.isEmpty else { continue }
                        writer.member(kind.rawValue, spots) { $0.string($1.spot.text) }
                    }
                }
            }
        }
    }

    private func own(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...Self.mostOwn) ?? 50
        let after = request.given("after")
        if let after, DeviceID(after) == nil { throw Refusal(.invalidParameter, "after is a name.") }
        // An open hub knows no accounts: what is reserved there belongs to its code.
        var found: [Reservation] = []
        if let account = request.caller.account {
            found = try await services.database.read {
                try ReservationTable.all(
                    of: account, after: after, limit: Page<Reservation>.reading(limit), in: $0)
            }
        }
        let page = Page(found, limit: limit, key: \.id)
        return BookingRoutes.list(page, .holder, page.headers(request, "/api/reservations", limit: limit))
    }

    private func one(_ request: RouteRequest) async throws -> RouteResponse {
        let found = try await find(request, orWith: .reserveParking)
        return RouteResponse.json { $0.write(ReservationView(found, for: .holder)) }
    }

    private func cancel(_ request: RouteRequest) async throws -> RouteResponse {
        let found = try await find(request, orWith: .manageParking)
        return try await giveUp(found, by: request.caller)
    }

    private func look(_ request: RouteRequest) async throws -> RouteResponse {
        let found = try await findByCode(request)
        return RouteResponse.json { $0.write(ReservationView(found, for: .holder)) }
    }

    private func cancelWithCode(_ request: RouteRequest) async throws -> RouteResponse {
        let found = try await findByCode(request)
        return try await giveUp(found, by: request.caller)
    }

    private func giveUp(_ reservation: Reservation, by caller: Caller) async throws -> RouteResponse {
        let over = try await services.change(with: ParkingHandler.self, by: caller) { handler, line in
            let over = try Bookings().cancel(reservation.id, at: line.now, in: try line.transaction())
            try handler.refreshReservation(of: over.spot, at: line.now, in: &line)
            // What drivers do with their own stands in the table.
            guard let account = caller.account, account != over.account else { return AuditedChange(over) }
            return AuditedChange(
                over, .cancelReservation, of: "reservation:\(over.id)",
                facts: [("lot", over.lot.text), ("spot", over.spot.text)])
        }
        return RouteResponse.json { $0.write(ReservationView(over, for: .holder)) }
    }

    /// A reservation of the caller's, or of a lot where they have the right; for others there is none.
    private func find(_ request: RouteRequest, orWith permission: Permission) async throws -> Reservation {
        let id = request.path["reservation_id"] ?? ""
        let (found, lot) = try await services.database.read { reader in
            let found = try ReservationTable.one(id, in: reader)
            return (found, try found.flatMap { try LotTable.one($0.lot, in: reader) })
        }
        guard let found else { throw Refusal(.notFound, "There is no such reservation of yours.") }
        let isOwn = found.account != nil && found.account == request.caller.account
        guard isOwn || request.caller.grants.allows(permission, at: lot?.site) else {
            throw Refusal(.notFound, "There is no such reservation of yours.")
        }
        return found
    }

    private func findByCode(_ request: RouteRequest) async throws -> Reservation {
        let id = request.path["reservation_id"] ?? ""
        let key = try BookingBody.code(request.body)
        let found = try await services.database.read { reader -> (Reservation, [UInt8])? in
            try ReservationTable.withCode(id, in: reader)
        }
        guard let (reservation, hash) = found, key.matches(hash) else {
            throw Refusal(.notFound, "There is no reservation of that name and code.")
        }
        return reservation
    }

    private static func list(
        _ page: Page<Reservation>, _ reader: ReservationView.Reader, _ headers: [(name: String, value: String)]
    ) -> RouteResponse {
        RouteResponse.json(headers: headers) { writer in
            writer.object { writer in
                writer.member("reservations", page.rows.map { ReservationView($0, for: reader) })
                writer.member(next: page)
            }
        }
    }
}
