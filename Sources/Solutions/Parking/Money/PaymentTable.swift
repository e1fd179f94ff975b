internal import HubModel
internal import SQL
internal import SolutionKit

/// The table `parking_payment`.
enum PaymentTable {
    static let columns = """
        id, COALESCE(name, id) AS name, lot, spot, session, amount_minor, currency, method, refunds, paid_at, received_at,
        taken_by, content, site,
        (SELECT COALESCE(given.name, given.id) FROM parking_payment AS given
            WHERE given.id = parking_payment.refunds) AS refunds_name,
        (SELECT CAST(COALESCE(SUM(back.amount_minor), 0) AS BIGINT) FROM parking_payment AS back
            WHERE back.refunds = parking_payment.id) AS refunded_minor
        """

    /// A payment as it is known by its name.
    struct Known {
        var payment: Payment
        /// What was asked.
        var content: String
        /// The sites at which no other may have its name: where its lot was then, and where that is now.
        var sites: Set<SiteID>
        /// Where its lot is now; nil: it is gone.
        var site: SiteID?
    }

    /// The payments of a name, one for each site.
    static func all(named name: String, in reader: some SQLReading) throws -> [Known] {
        try reader.query(
            """
            SELECT \(columns), (SELECT site FROM parking_lot WHERE parking_lot.id = parking_payment.lot) AS lot_site
            FROM parking_payment WHERE name = $1 ORDER BY received_at, id
            """, [.text(name)]
        ).map { row in
            let site = try row.optionalText("lot_site").flatMap { SiteID($0) }
            let sites = [site, try row.optionalText("site").flatMap { SiteID($0) }].compactMap { $0 }
            return Known(
                payment: try payment(row), content: try row.text("content"), sites: Set(sites), site: site)
        }
    }

    /// A key for a new payment: its name, where no row has that yet.
    static func key(for name: String, in reader: some SQLReading) throws -> String {
        let taken = try reader.queryFirst("SELECT 1 FROM parking_payment WHERE id = $1", [.text(name)]) != nil
        return taken ? RandomName.make() : name
    }

    /// Stores a payment or a refund.
    /// - Parameters:
    ///   - content: what was asked, for telling a repetition from another request under the same name.
    ///   - site: where its name is its own.
    static func insert(_ payment: Payment, content: String, at site: SiteID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO parking_payment
                (id, lot, spot, session, amount_minor, currency, method, is_refund, refunds, paid_at, received_at,
                    taken_by, content, name, site)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """,
            [
                .text(payment.id), .text(payment.lot.text), SQLValue(payment.spot?.text), SQLValue(payment.session),
                .integer(payment.amountMinor), .text(payment.currency), SQLValue(payment.method),
                SQLValue(payment.refunds != nil), SQLValue(payment.refunds), .integer(payment.paidAt.microseconds),
                .integer(payment.receivedAt.microseconds), .text(payment.takenBy), .text(content), .text(payment.name),
                .text(site.text),
            ])
    }

    /// Payments for a spot, made from an instant on, of which nobody knows what for, oldest first.
    static func stray(
        at spot: DeviceID, of lot: LotID, since instant: Timestamp, in reader: some SQLReading
    ) throws -> [Payment] {
        try reader.query(
            """
            SELECT \(columns) FROM parking_payment
            WHERE lot = $1 AND paid_at >= $2 AND spot = $3 AND session IS NULL AND refunds IS NULL ORDER BY paid_at, id
            """, [.text(lot.text), .integer(instant.microseconds), .text(spot.text)]
        ).map(payment)
    }

    /// Says what a payment is for.
    static func allocate(_ id: String, to session: String, in transaction: Transaction) throws {
        try transaction.execute("UPDATE parking_payment SET session = $2 WHERE id = $1", [.text(id), .text(session)])
    }

    static func payment(_ row: Row) throws -> Payment {
        guard let lot = LotID(try row.text("lot")) else {
            throw SQLFailure(.wrongType, "a row of parking_payment holds no lot")
        }
        return Payment(
            id: try row.text("id"), name: try row.text("name"), lot: lot,
            spot: try row.optionalText("spot").flatMap(DeviceID.init),
            session: try row.optionalText("session"), amountMinor: try row.integer("amount_minor"),
            currency: try row.text("currency"), method: try row.optionalText("method"),
            refunds: try row.optionalText("refunds"), refundsName: try row.optionalText("refunds_name"),
            refundedMinor: try row.integer("refunded_minor"),
            paidAt: Timestamp(microseconds: try row.integer("paid_at")),
            receivedAt: Timestamp(microseconds: try row.integer("received_at")),
            takenBy: try row.text("taken_by"))
    }
}
