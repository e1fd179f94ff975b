internal import HubModel
internal import SQL
internal import SolutionKit

/// Sessions, payments and the ledger of a lot, in pages; as files in MoneyListRoutes+Sheets.
struct MoneyListRoutes: Sendable {
    let services: WebServices

    private static let mostRows = 10_000
    private static let page = [
        QueryParameter("from", "from this instant on"), QueryParameter("to", "before this instant"),
        QueryParameter("session", "only of this session", .identifier),
        .pageLimit("rows", most: mostRows, without: "1000 without it, and in CSV all"), .tableForm,
    ]
    private static let newest = [
        QueryParameter("spot", "only of this spot", .identifier),
        QueryParameter("after", "rows behind this one: next of the page before", .identifier),
    ]

    var all: [Route] {
        [
            Route(
                .get, "/api/lots/{id}/sessions", access: .site(.viewParkingMoney),
                summary: "A lot's sessions by arrival, newest first; unpaid departures with state=unpaid",
                pathSchemas: LotPath.lot,
                query: [
                    QueryParameter(
                        "state", "only those that stand so",
                        .words(ParkingSession.State.allCases.map(\.rawValue)))
                ] + Self.newest + Self.page, answers: [.table(.parkingSessions, "The sessions")], handler: sessions),
            Route(
                .get, "/api/lots/{id}/payments", access: .site(.viewParkingMoney),
                summary: "A lot's payments and refunds, newest first", pathSchemas: LotPath.lot,
                query: [QueryParameter("state", "only unallocated", .words(["unallocated"]))] + Self.newest + Self.page,
                answers: [.table(.payments, "The payments")], handler: payments),
            Route(
                .get, "/api/lots/{id}/ledger", access: .site(.viewParkingMoney),
                summary: "A lot's ledger in the order of booking, and what each account holds",
                pathSchemas: LotPath.lot,
                query: [
                    QueryParameter("after", "entries behind this one: next of the page before", .count)
                ] + Self.page, answers: [.table(.ledger, "The ledger")], handler: ledger),
        ]
    }

    func selection(_ request: RouteRequest, _ lot: Lot) throws(Refusal) -> MoneySelection {
        func name(_ parameter: String) throws(Refusal) -> String? {
            guard let text = request.given(parameter) else { return nil }
            guard let id = DeviceID(text) else { throw Refusal(.invalidParameter, "\(parameter) is a name.") }
            return id.text
        }
        return MoneySelection(
            lot: lot.id, from: try request.instant("from"), to: try request.instant("to"),
            spot: try name("spot").flatMap(DeviceID.init), session: try name("session"), after: try name("after"),
            limit: try request.whole("limit", in: 1...Self.mostRows) ?? 1_000)
    }

    private func sessions(_ request: RouteRequest) async throws -> RouteResponse {
        let (csv, state) = (try request.wantsCSV(), try request.word("state", of: ParkingSession.State.self))
        let lot = try await services.lotInScope(request)
        guard !csv else { return try await sessionSheet(request, of: lot, state: state) }
        let now = services.clock.now()
        let selection = try selection(request, lot)
        let (page, soFar) = try await services.database.read { reader in
            let found = try ParkingSessionTable.list(selection, state: state, in: reader)
            let page = Page(found, limit: selection.limit, key: \.id)
            let open = page.rows.filter { $0.departedAt == nil }
            return (page, try Till.totals(of: open, in: lot, until: now, in: reader))
        }
        let headers = page.headers(request, "/api/lots/{id}/sessions", limit: selection.limit)
        return RouteResponse.json(headers: headers) { writer in
            writer.object { writer in
                writer.member("lot_id", lot.id.text)
                writer.array("sessions") { writer in
                    for session in page.rows {
                        writer.object { writer in
                            writer.members(of: session)
                            writer.member("due_so_far_minor", soFar[session.id])
                        }
                    }
                }
                writer.member(next: page)
            }
        }
    }

    private func payments(_ request: RouteRequest) async throws -> RouteResponse {
        let csv = try request.wantsCSV()
        guard ["unallocated", nil].contains(request.given("state")) else {
            throw Refusal(.invalidParameter, "state is unallocated.")
        }
        let isUnallocated = request.given("state") != nil
        let lot = try await services.lotInScope(request)
        guard !csv else { return try await paymentSheet(request, of: lot, isUnallocated: isUnallocated) }
        let selection = try selection(request, lot)
        let found = try await services.database.read {
            try PaymentTable.list(selection, isUnallocated: isUnallocated, in: $0)
        }
        let page = Page(found, limit: selection.limit, key: \.id)
        let headers = page.headers(request, "/api/lots/{id}/payments", limit: selection.limit)
        return RouteResponse.json(headers: headers) { writer in
            writer.object { writer in
                writer.member("lot_id", lot.id.text)
                writer.member("payments", page.rows) { $0.write($1) }
                writer.member(next: page)
            }
        }
    }

    private func ledger(_ request: RouteRequest) async throws -> RouteResponse {
        let csv = try request.wantsCSV()
        let after = try request.whole("after", in: 0...Int.max).map(Int64.init)
        let lot = try await services.lotInScope(request)
        guard !csv else { return try await ledgerSheet(request, of: lot) }
        let selection = try selection(request, lot)
        let (page, balances) = try await services.database.read { reader in
            (
                Page(try LedgerTable.entries(selection, after: after, in: reader), limit: selection.limit) {
                    String($0.id)
                },
                try Ledger.balances(of: lot.id, in: reader)
            )
        }
        let headers = page.headers(request, "/api/lots/{id}/ledger", limit: selection.limit)
        return RouteResponse.json(headers: headers) { writer in
            writer.object { writer in
                writer.member("lot_id", lot.id.text)
                writer.member("currency", lot.currency)
                writer.object("balances") { writer in
                    for account in LedgerAccount.allCases {
                        writer.member(account.rawValue, balances[account, default: 0])
                    }
                }
                writer.member("entries", page.rows) { $0.write($1) }
                writer.member(nextNumber: page)
            }
        }
    }
}
