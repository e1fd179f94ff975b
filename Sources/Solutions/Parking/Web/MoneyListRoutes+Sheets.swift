internal import HubModel
internal import SQL
internal import SolutionKit

/// Sessions, payments and the ledger as CSV: all rows that were asked for.
extension MoneyListRoutes {
    /// Rows of one read: the database keeps a snapshot no longer than one of them takes.
    private static let pageRows = 5_000

    func sessionSheet(
        _ request: RouteRequest, of lot: Lot, state: ParkingSession.State?
    ) async throws -> RouteResponse {
        let columns = [
            "session_id", "lot_id", "spot_id", "kind", "state", "arrived_at", "departed_at", "duration_seconds",
            "tariff_version", "due_minor", "balance_minor", "currency", "reservation_id", "waived_minor",
        ]
        return try await sheet(
            request, of: lot, named: "sessions", columns, place: \.id,
            read: { try ParkingSessionTable.list($0, state: state, in: $1) },
            cells: { session in
                let length = session.departedAt.map { $0.microseconds(since: session.arrivedAt) / 1_000_000 }
                return [
                    .text(session.id), .text(session.lot.text), .text(session.spot.text),
                    .text(session.kind.rawValue), .text(session.state.rawValue), .time(session.arrivedAt),
                    .time(session.departedAt), .integer(length), .integer(session.tariff),
                    .integer(session.dueMinor), .integer(session.balanceMinor), .text(session.currency),
                    .text(session.reservation), .integer(session.waivedMinor),
                ]
            })
    }

    func paymentSheet(_ request: RouteRequest, of lot: Lot, isUnallocated: Bool) async throws -> RouteResponse {
        let columns = [
            "payment_id", "lot_id", "spot_id", "session_id", "amount_minor", "amount", "currency", "method", "refunds",
            "refunded_minor", "paid_at", "received_at", "taken_by",
        ]
        return try await sheet(
            request, of: lot, named: "payments", columns, place: \.id,
            read: { try PaymentTable.list($0, isUnallocated: isUnallocated, in: $1) },
            cells: { payment in
                [
                    .text(payment.name), .text(payment.lot.text), .text(payment.spot?.text), .text(payment.session),
                    .integer(payment.amountMinor), .amount(payment.amount), .text(payment.currency),
                    .text(payment.method), .text(payment.refundsName), .integer(payment.refundedMinor),
                    .time(payment.paidAt), .time(payment.receivedAt), .text(payment.takenBy),
                ]
            })
    }

    func ledgerSheet(_ request: RouteRequest, of lot: Lot) async throws -> RouteResponse {
        try await sheet(
            request, of: lot, named: "ledger",
            ["id", "event", "account", "amount_minor", "session_id", "payment_id", "at"], place: { String($0.id) },
            read: { try LedgerTable.entries($0, after: $0.after.flatMap { Int64($0) }, in: $1) },
            cells: { entry in
                [
                    .integer(entry.id), .text(entry.event), .text(entry.account.rawValue),
                    .integer(entry.amountMinor), .text(entry.session), .text(entry.payment), .time(entry.at),
                ]
            })
    }

    /// Reads page after page until nothing is left, or so many rows as were asked for. A page begins behind the last row of the one
    /// before, so that what is added meanwhile moves no row out of the file.
    private func sheet<Row: Sendable>(
        _ request: RouteRequest, of lot: Lot, named name: String, _ columns: [String],
        place: @escaping @Sendable (Row) -> String,
        read: @escaping @Sendable (MoneySelection, Reader) throws -> [Row],
        cells: @escaping @Sendable (Row) -> [CSVWriter.Cell]
    ) async throws -> RouteResponse {
        var first = try selection(request, lot)
        let isPart = request.given("limit") != nil
        if !isPart { first.limit = Self.pageRows }
        let (selection, database) = (first, services.database)
        return try await .csv(columns, named: name) { (after: String?) in
            var wanted = selection
            if let after { wanted.after = after }
            let asked = wanted
            let found = try await database.read { try read(asked, $0) }
            let page = Page(found, limit: asked.limit, key: place)
            return (page.rows.map(cells), isPart ? nil : page.next)
        }
    }
}
