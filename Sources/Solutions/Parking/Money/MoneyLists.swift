internal import HubModel
internal import SQL

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
    /// The most rows of a page; the lists give one more if there is one.
    var limit: Int

    /// Conditions and their arguments, as far as a table has what they ask for.
    fileprivate func conditions(time: String, spot: Bool = true, session: String) -> Conditions {
        var conditions = Conditions()
        conditions.add("lot = ", .text(lot.text))
        if let from { conditions.add("\(time) >= ", .integer(from.microseconds)) }
        if let to { conditions.add("\(time) < ", .integer(to.microseconds)) }
        if spot, let name = self.spot { conditions.add("spot = ", .text(name.text)) }
        if let name = self.session { conditions.add("\(session) = ", .text(name)) }
        return conditions
    }

    fileprivate struct Conditions {
        private(set) var texts: [String] = []
        private(set) var arguments: [SQLValue] = []

        mutating func add(_ text: String, _ argument: SQLValue) {
            arguments.append(argument)
            texts.append("\(text)$\(arguments.count)")
        }

        mutating func add(_ text: String) { texts.append(text) }

        /// A row behind another in the order of time and name, newest first.
        mutating func addPage(after name: String, of table: String, time: String) {
            arguments.append(.text(name))
            let place = "(SELECT \(time), id FROM \(table) WHERE id = $\(arguments.count))"
            texts.append("(\(time), id) < \(place)")
        }

        var text: String { texts.joined(separator: " AND ") }
    }
}

/// One page of what was asked for.
struct MoneyPage<Row: Sendable>: Sendable {
    let rows: [Row]
    /// Whether there are rows behind these.
    let hasMore: Bool

    /// - Parameter found: what a list below gave: one row more than fits tells that there are more.
    init(_ found: [Row], of selection: MoneySelection) {
        rows = Array(found.prefix(selection.limit))
        hasMore = found.count > selection.limit
    }
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
        if let after = selection.after {
            conditions.addPage(after: after, of: "parking_session", time: "arrived_at")
        }
        return try reader.query(
            """
            SELECT \(columns) FROM parking_session WHERE \(conditions.text)
            ORDER BY arrived_at DESC, id DESC LIMIT \(selection.limit + 1)
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
        if let after = selection.after { conditions.addPage(after: after, of: "parking_payment", time: "paid_at") }
        return try reader.query(
            """
            SELECT \(columns) FROM parking_payment WHERE \(conditions.text)
            ORDER BY paid_at DESC, id DESC LIMIT \(selection.limit + 1)
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
        if let after { conditions.add("id > ", .integer(after)) }
        return try reader.query(
            """
            SELECT id, event, account, amount_minor, session, at, COALESCE((SELECT name FROM parking_payment
                WHERE parking_payment.id = parking_entry.payment), payment) AS payment
            FROM parking_entry
            WHERE \(conditions.text) ORDER BY id LIMIT \(selection.limit + 1)
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
