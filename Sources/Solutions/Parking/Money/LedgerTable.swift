internal import HubModel
internal import SQL

/// The table `parking_entry`: rows are added, never changed.
enum LedgerTable {
    /// Adds a line to the ledger.
    static func insert(
        _ event: LedgerEvent, lot: LotID, account: LedgerAccount, amountMinor: Int64, session: String?,
        payment: String?, at instant: Timestamp, in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO parking_entry (event, lot, account, amount_minor, session, payment, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .text(event.text), .text(lot.text), .text(account.rawValue), .integer(amountMinor),
                SQLValue(session), SQLValue(payment), .integer(instant.microseconds),
            ])
    }

    /// What each account of a lot holds; accounts in which nothing was ever booked are missing.
    static func balances(of lot: LotID, in reader: some SQLReading) throws -> [LedgerAccount: Int64] {
        var balances: [LedgerAccount: Int64] = [:]
        try reader.queryEach(
            "SELECT account, CAST(SUM(amount_minor) AS BIGINT) FROM parking_entry WHERE lot = $1 GROUP BY account",
            [.text(lot.text)]
        ) { row in
            if let account = LedgerAccount(rawValue: try row.text(0)) { balances[account] = try row.integer(1) }
        }
        return balances
    }

    /// What a lot has earned since an instant. Debits are positive in the ledger, and what is earned is a credit.
    static func earned(by lot: LotID, since begin: Timestamp, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne(
            """
            SELECT COALESCE(-SUM(amount_minor), 0) FROM parking_entry
            WHERE lot = $1 AND at >= $2 AND account = 'revenue'
            """, [.text(lot.text), .integer(begin.microseconds)]
        ).integer(0)
    }

    /// Hands over what was booked as revenue and cash in each quarter of an hour, by the kind of spot.
    static func eachQuarter(
        of lot: LotID, from begin: Timestamp, to end: Timestamp, in reader: some SQLReading,
        _ body: (_ quarter: Timestamp, _ account: LedgerAccount?, _ kind: SpotKind?, _ amountMinor: Int64) throws
            -> Void
    ) throws {
        try reader.queryEach(
            """
            SELECT parking_entry.at / 900000000 AS quarter, account, kind,
                CAST(SUM(amount_minor) AS BIGINT) AS amount
            FROM parking_entry LEFT JOIN parking_session ON parking_session.id = parking_entry.session
            WHERE parking_entry.lot = $1 AND at >= $2 AND at < $3 AND account IN ('revenue', 'cash')
            GROUP BY quarter, account, kind
            """, [.text(lot.text), .integer(begin.microseconds), .integer(end.microseconds)]
        ) { row in
            try body(
                Timestamp(seconds: try row.integer("quarter") * 900),
                LedgerAccount(rawValue: try row.text("account")),
                try row.optionalText("kind").flatMap(SpotKind.init), try row.integer("amount"))
        }
    }

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
