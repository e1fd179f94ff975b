package import HubModel
internal import SQL
package import SolutionKit

/// Payments, refunds, and finding out what a payment was for.
extension Till {
    /// Takes what an app says on `parkmate/payment`. The same message again changes nothing.
    /// - Throws: `forbidden` for a device; else as `take(_:by:at:in:)`.
    package func payment(_ message: DeviceMessage, in line: inout LineContext) throws {
        let caller: Caller
        let sites: SiteScope
        switch message.origin.sender {
        case .anybody: (caller, sites) = (Caller(.open, address: message.origin.address), .all)
        case .person(let person):
            (caller, sites) = (person, person.grants.scope(of: .takePayments))
            guard !sites.isEmpty else {
                throw Refusal(.forbidden, "Payments need the right \(Permission.takePayments).")
            }
        case .device, .keyless: throw Refusal(.forbidden, "Payments come from people's programs, never from sensors.")
        }
        _ = try take(try PaymentRequest(message.payload), by: caller, at: sites, in: &line)
    }

    /// Records a payment: for the session that it names, or for the newest session of its spot that is open or owes. What is for none
    /// is kept as unallocated. A payment's name is its own at its site.
    /// - Parameter sites: where the caller may take payments; nothing beyond exists.
    /// - Returns: the payment; that of the first time when the same is asked again, whatever has become of the spot.
    /// - Throws: `missing_field`, `value_out_of_range`, `not_found`, `id_mismatch`, `conflict` for another payment of the same name.
    package func take(
        _ request: PaymentRequest, by caller: Caller, at sites: SiteScope, in line: inout LineContext
    ) throws -> Payment {
        let transaction = try line.transaction()
        // Before anything else: what was paid for may be gone since.
        let known = try PaymentTable.all(named: request.id, in: transaction)
        let seen = known.filter { $0.site.map(sites.contains) ?? false }
        if let same = try seen.first(where: { try Till.isSame(request, as: $0) }) { return same.payment }
        let place: Place
        do {
            place = try Till.place(of: request, at: sites, in: transaction)
        } catch let refusal as Refusal {
            throw seen.isEmpty ? refusal : Till.conflict(request.id)
        }
        guard !known.contains(where: { $0.sites.contains(place.site) }) else { throw Till.conflict(request.id) }
        guard let amount = try request.minor(in: place.currency) else {
            throw Refusal(.missingField, "amount or amount_minor is missing.")
        }
        guard request.currency == nil || request.currency == place.currency.code else {
            throw Refusal(.valueOutOfRange, "The currency of \(place.lot) is \(place.currency.code).")
        }
        let content = PaymentContent(request, amount: amount, currency: place.currency.code)
        let paidAt = Till.paidAt(request, receivedAt: line.now)
        let session =
            try place.session
            ?? place.spot.flatMap { try ParkingSessionTable.payable(in: $0, by: paidAt, in: transaction) }
        let payment = Payment(
            id: try PaymentTable.key(for: request.id, in: transaction), name: request.id, lot: place.lot,
            spot: place.spot, session: session?.id, amountMinor: amount, currency: place.currency.code,
            method: request.method, refunds: nil, refundsName: nil, refundedMinor: 0, paidAt: paidAt,
            receivedAt: line.now, takenBy: caller.shortName)
        try PaymentTable.insert(payment, content: content.text, at: place.site, in: transaction)
        try Ledger.book(
            .payment(payment.id), lot: payment.lot, session: payment.session, payment: payment.id, at: paidAt,
            [.cash: amount, session == nil ? .unallocated : .receivable: -amount], in: transaction)
        try note(.takePayment, "payment", payment, at: place.site, by: caller, in: &line)
        return payment
    }

    /// Says what an unallocated payment is for; what is left of it is booked there.
    /// - Throws: `not_found`, `id_mismatch` for a session of another lot, `conflict` when it is for another session already.
    package func allocate(
        _ id: String, to session: String, by caller: Caller, at sites: SiteScope, in line: inout LineContext
    ) throws -> Payment {
        let transaction = try line.transaction()
        let found = try ParkingSessionTable.one(session, in: transaction)
        // Of several of its name, the one of the session's site.
        var (payment, site) = try Till.payment(id, of: found?.lot, at: sites, in: transaction)
        guard let found, try LotTable.site(of: found.lot, in: transaction).map(sites.contains) ?? false else {
            throw Refusal(.notFound, "There is no such session.")
        }
        guard found.lot == payment.lot else { throw Refusal(.identifierMismatch, "The session is of another lot.") }
        guard payment.refunds == nil else { throw Refusal(.conflict, "\(id) is a refund.") }
        if payment.session == session { return payment }
        guard payment.session == nil else { throw Refusal(.conflict, "\(id) is for another session already.") }
        try Till.allocate(&payment, to: session, at: line.now, in: transaction)
        try note(.allocatePayment, "allocation", payment, at: site, by: caller, in: &line)
        return payment
    }

    /// A car counts some time after it came. Who paid for its spot meanwhile paid for it.
    func allocate(
        paidSince arrival: Timestamp, to session: ParkingSession, at site: SiteID, in line: inout LineContext
    ) throws {
        let transaction = try line.transaction()
        for var payment in try PaymentTable.stray(at: session.spot, of: session.lot, since: arrival, in: transaction) {
            try Till.allocate(&payment, to: session.id, at: line.now, in: transaction)
            show("allocation", payment, at: site, in: &line)
        }
    }

    /// What is left of an unallocated payment is booked for a session.
    private static func allocate(
        _ payment: inout Payment, to session: String, at instant: Timestamp, in transaction: Transaction
    ) throws {
        try PaymentTable.allocate(payment.id, to: session, in: transaction)
        let left = payment.amountMinor - payment.refundedMinor
        try Ledger.book(
            .allocation(payment.id), lot: payment.lot, session: session, payment: payment.id, at: instant,
            [.unallocated: left, .receivable: -left], in: transaction)
        payment.session = session
    }

    /// Gives money back: first what was paid beyond what is due, then what was earned. Nobody owes again what was given back to them.
    /// - Parameters:
    ///   - request: the refund's own name, and the amount; all that is left of the payment without one.
    ///   - id: the payment that goes back, whole or in part.
    /// - Throws: `not_found`, `value_out_of_range` for more than is left of the payment, `conflict`.
    package func refund(
        _ request: PaymentRequest, of id: String, by caller: Caller, at sites: SiteScope, in line: inout LineContext
    ) throws -> Payment {
        let transaction = try line.transaction()
        let (payment, site) = try Till.payment(id, of: request.lot, at: sites, in: transaction)
        guard let currency = Currency(payment.currency) else {
            throw SQLFailure(.wrongType, "a row of parking_payment holds no currency")
        }
        guard request.currency == nil || request.currency == currency.code else {
            throw Refusal(.valueOutOfRange, "The currency of \(id) is \(currency.code).")
        }
        let asked = try request.minor(in: currency)
        let content = PaymentContent(request, amount: asked, currency: currency.code, refunds: id)
        let known = try PaymentTable.all(named: request.id, in: transaction).first { $0.sites.contains(site) }
        if let known {
            // The name of what goes back is not enough: another site may have a payment of that name.
            guard known.payment.refunds == payment.id else { throw Till.conflict(request.id) }
            let before = (content: try PaymentContent(stored: known.content), answer: known.payment)
            if let same = try RepeatedRequest.answer(before, asked: content, kind: "payment", name: request.id) {
                return same
            }
        }
        guard payment.refunds == nil else { throw Refusal(.conflict, "\(id) is a refund itself.") }
        let left = payment.amountMinor - payment.refundedMinor
        guard left > 0 else { throw Refusal(.valueOutOfRange, "All of \(id) was given back already.") }
        let amount = asked ?? left
        guard amount <= left else { throw Refusal(.valueOutOfRange, "Of \(id) only \(left) minor units are left.") }
        let refund = Payment(
            id: try PaymentTable.key(for: request.id, in: transaction), name: request.id, lot: payment.lot,
            spot: payment.spot, session: payment.session, amountMinor: amount, currency: currency.code,
            method: request.method ?? payment.method, refunds: payment.id, refundsName: payment.name,
            refundedMinor: 0, paidAt: line.now, receivedAt: line.now, takenBy: caller.shortName)
        try PaymentTable.insert(refund, content: content.text, at: site, in: transaction)
        var amounts: [LedgerAccount: Int64] = [.cash: -amount]
        if let session = try payment.session.flatMap({ try ParkingSessionTable.one($0, in: transaction) }) {
            let credit = min(amount, max(0, -session.balanceMinor))
            amounts[.receivable] = credit
            amounts[.revenue] = amount - credit
        } else {
            amounts[.unallocated] = amount
        }
        try Ledger.book(
            .refund(refund.id), lot: refund.lot, session: refund.session, payment: refund.id, at: line.now, amounts,
            in: transaction)
        try note(.refundPayment, "refund", refund, at: site, by: caller, in: &line)
        return refund
    }

    /// Where a payment belongs.
    private struct Place {
        var lot: LotID
        var site: SiteID
        var currency: Currency
        var spot: DeviceID?
        var session: ParkingSession?
    }

    private static func place(
        of request: PaymentRequest, at sites: SiteScope, in reader: some SQLReading
    ) throws -> Place {
        var session: ParkingSession?
        if let id = request.session {
            session = try ParkingSessionTable.one(id, in: reader)
            guard session != nil else { throw Refusal(.notFound, "There is no such session.") }
        }
        guard let spot = request.spot ?? session?.spot else {
            throw Refusal(.missingField, "spot_id or session_id is missing.")
        }
        guard let found = try LotTable.payee(of: spot, lot: session?.lot, in: reader), sites.contains(found.site) else {
            throw Refusal(.notFound, session == nil ? "There is no spot \(spot)." : "There is no such session.")
        }
        guard session.map({ $0.spot == spot }) ?? true else {
            throw Refusal(.identifierMismatch, "The session is of another spot.")
        }
        guard request.lot.map({ $0 == found.lot }) ?? true else {
            throw Refusal(.identifierMismatch, "The spot is of another lot.")
        }
        guard let currency = Currency(found.currency) else {
            throw SQLFailure(.wrongType, "a row of parking_lot holds no currency")
        }
        return Place(lot: found.lot, site: found.site, currency: currency, spot: spot, session: session)
    }

    /// The payment of a name.
    /// - Parameter lot: a lot of the site that is meant, for somebody who sees several; nil: they did not say.
    /// - Throws: `not_found`; `conflict` when there is one of the name at more than one of these sites.
    static func payment(
        _ name: String, of lot: LotID?, at sites: SiteScope, in reader: some SQLReading
    ) throws -> (Payment, SiteID) {
        var found = try PaymentTable.all(named: name, in: reader).compactMap { known in
            known.site.flatMap { sites.contains($0) ? (known.payment, $0) : nil }
        }
        if found.count > 1, let wanted = try lot.flatMap({ try LotTable.site(of: $0, in: reader) }) {
            found.removeAll { $0.1 != wanted }
        }
        guard let first = found.first else { throw Refusal(.notFound, "There is no such payment.") }
        guard found.count == 1 else {
            throw Refusal(.conflict, "There is a payment \(name) at several sites: say whose with lot_id.")
        }
        return first
    }

    private static func conflict(_ id: String) -> Refusal { RepeatedRequest.conflict(kind: "payment", name: id) }

    /// Whether a request is the one that a payment was made by, once more.
    private static func isSame(_ request: PaymentRequest, as known: PaymentTable.Known) throws -> Bool {
        guard let currency = Currency(known.payment.currency) else {
            throw SQLFailure(.wrongType, "a row of parking_payment holds no currency")
        }
        guard let amount = try request.minor(in: currency) else {
            throw Refusal(.missingField, "amount or amount_minor is missing.")
        }
        let content = PaymentContent(request, amount: amount, currency: request.currency ?? currency.code)
        return try PaymentContent(stored: known.content) == content
            && request.lot.map { $0 == known.payment.lot } ?? true
    }

    /// The oldest claim of when something was paid that is believed, in seconds: apps that were without a network for a week.
    private static let oldestClaim: Int64 = 7 * 86_400

    /// When something was paid. A time that cannot be counts from receipt: money in a year that nobody looks at is lost money.
    private static func paidAt(_ request: PaymentRequest, receivedAt now: Timestamp) -> Timestamp {
        let claimed = ObservationTime(claimed: request.claimedAt, receivedAt: now).instant
        return claimed <= now && claimed >= now.advanced(bySeconds: -oldestClaim) ? claimed : now
    }

    /// Records who did it, and shows it to those who may see money.
    private func note(
        _ action: AuditAction, _ event: String, _ payment: Payment, at site: SiteID, by caller: Caller,
        in line: inout LineContext
    ) throws {
        var facts: [(name: String, value: String)] = [
            ("lot", payment.lot.text), ("amount_minor", String(payment.amountMinor)), ("currency", payment.currency),
        ]
        if let session = payment.session { facts.append(("session", session)) }
        if let spot = payment.spot { facts.append(("spot", spot.text)) }
        if let refunds = payment.refundsName { facts.append(("refunds", refunds)) }
        try audit.record(
            AuditEntry(caller, action, target: "payment:\(payment.name)", facts: facts), at: line.now,
            in: try line.transaction())
        show(event, payment, at: site, in: &line)
    }

    private func show(_ event: String, _ payment: Payment, at site: SiteID, in line: inout LineContext) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("event", event)
            writer.members(of: payment)
        }
        line.show(Till.event(writer, of: payment.lot, at: site))
    }
}
