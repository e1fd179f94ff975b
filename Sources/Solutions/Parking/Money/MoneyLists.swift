internal import HubModel
internal import SQL
internal import SolutionKit

/// Which rows of a lot's money are wanted: newest first, in pages.
struct MoneySelection: Sendable {
    var lot: LotID
    /// From this instant …
    var from: Timestamp?
    /// … to before this one.
    var to: Timestamp?
    var spot: DeviceID?
    var session: String?
    /// The row that the page before ended with.
    var after: String?
    /// The most rows of a page; the lists give one more if there is one (`Page`).
    var limit: Int

    /// The conditions, as far as a table has what they ask for.
    fileprivate func conditions(time: String, spot: Bool = true, session: String) -> Conditions {
        var conditions = Conditions()
        conditions.add("lot", .equals, .text(lot.text))
        if let from { conditions.add(time, .isAtLeast, .integer(from.microseconds)) }
        if let to { conditions.add(time, .isLess, .integer(to.microseconds)) }
        if spot, let name = self.spot { conditions.add("spot", .equals, .text(name.text)) }
        if let name = self.session { conditions.add(session, .equals, .text(name)) }
        return conditions
    }

    /// Adds that a row is behind that of the page before, in the order of time and name, newest first.
    fileprivate func addPage(of table: String, time: String, to conditions: inout Conditions) {
        guard let after else { return }
        let place = conditions.place(.text(after))
        conditions.add("(\(time), id) < (SELECT \(time), id FROM \(table) WHERE id = \(place))")
    }

    /// One row more than the page holds, if there is one.
    fileprivate var reading: SQLValue { .integer(Int64(Page<ParkingSession>.reading(limit))) }
}

extension SessionTable {
    /// Sessions by their arrival, newest first.
    /// - Parameter state: only those that stand so.
    static func list(
        _ selection: MoneySelection, state: ParkingSession.State?, in reader: some SQLReading
    ) throws -> [ParkingSession] {
        var conditions = selection.conditions(time: "arrived_at", session: "id")
        switch state {
        case nil: break
        case .open: conditions.add("departed_at IS NULL")
        case .unpaid: conditions.add("departed_at IS NOT NULL AND balance_minor > 0")
        case .overpaid: conditions.add("departed_at IS NOT NULL AND balance_minor < 0")
        case .paid: conditions.add("due_minor > 0 AND balance_minor = 0 AND waived_minor = 0")
        case .waived: conditions.add("waived_minor > 0 AND balance_minor = 0")
        case .free: conditions.add("due_minor = 0 AND balance_minor = 0")
        }
        selection.addPage(of: "parking_session", time: "arrived_at", to: &conditions)
        let limit = conditions.place(selection.reading)
        return try reader.query(
            """
            SELECT \(columns) FROM parking_session WHERE \(conditions.text)
            ORDER BY arrived_at DESC, id DESC LIMIT \(limit)
            """, conditions.arguments
        ).map(session)
    }
}

extension PaymentTable {
    /// Payments and refunds by when they were made, newest first.
    /// - Parameter isUnallocated: only those of which nobody knows what for.
    static func list(
        _ selection: MoneySelection, isUnallocated: Bool, in reader: some SQLReading
    ) throws -> [Payment] {
        var conditions = selection.conditions(time: "paid_at", session: "session")
        if isUnallocated { conditions.add("session IS NULL") }
        selection.addPage(of: "parking_payment", time: "paid_at", to: &conditions)
        let limit = conditions.place(selection.reading)
        return try reader.query(
            """
            SELECT \(columns) FROM parking_payment WHERE \(conditions.text)
            ORDER BY paid_at DESC, id DESC LIMIT \(limit)
            """, conditions.arguments
        ).map(payment)
    }
}

/// A line of the ledger.
struct LedgerEntry: Hashable, Sendable {
    var id: Int64
    /// The event that it belongs to: `session:…`, `payment:…`, `allocation:…`, `refund:…`, `waiver:…`.
    var event: String
    var account: LedgerAccount
    /// Debits are positive.
    var amountMinor: Int64
    var session: String?
    var payment: String?
    var at: Timestamp
}

extension Ledger {
    /// The entries of a lot in the order in which they were booked.
    /// - Parameter after: only entries behind this one.
    static func entries(
        _ selection: MoneySelection, after: Int64?, in reader: some SQLReading
    ) throws -> [LedgerEntry] {
        var conditions = selection.conditions(time: "at", spot: false, session: "session")
        if let after { conditions.add("id", .isGreater, .integer(after)) }
        let limit = conditions.place(selection.reading)
        return try reader.query(
            """
            SELECT id, event, account, amount_minor, session, at, COALESCE((SELECT name FROM parking_payment
                WHERE parking_payment.id = parking_entry.payment), payment) AS payment
            FROM parking_entry
            WHERE \(conditions.text) ORDER BY id LIMIT \(limit)
            """, conditions.arguments
        ).map { row in
            guard let account = LedgerAccount(rawValue: try row.text("account")) else {
                throw SQLFailure(.wrongType, "a row of parking_entry holds no account")
            }
            return LedgerEntry(
                id: try row.integer("id"), event: try row.text("event"), account: account,
                amountMinor: try row.integer("amount_minor"), session: try row.optionalText("session"),
                payment: try row.optionalText("payment"), at: Timestamp(microseconds: try row.integer("at")))
        }
    }
}
