package import HubModel
internal import SQL
package import SolutionKit

/// What nobody will pay any more.
extension Till {
    /// Writes off what a session that has ended owes, or a part of it: nobody owes it, and it was not earned.
    /// - Parameter request: the waiver's own name, and the amount; all that is owed without one.
    /// - Returns: the waiver; that of the first time when the same is asked again.
    /// - Throws: `not_found`; `conflict` while the car is there, or for another waiver of the same name; `value_out_of_range` for more
    ///   than is owed.
    package func waive(
        _ request: WaiverRequest, of session: String, by caller: Caller, at sites: SiteScope, in line: inout LineContext
    ) throws -> Waiver {
        let transaction = try line.transaction()
        guard var found = try ParkingSessionTable.one(session, in: transaction),
            let site = try LotTable.site(of: found.lot, in: transaction), sites.contains(site)
        else { throw Refusal(.notFound, "There is no such session.") }
        guard let currency = Currency(found.currency) else {
            throw SQLFailure(.wrongType, "a row of parking_session holds no currency")
        }
        let asked = try request.amount?.minor(in: currency)
        let content = WaiverContent(session: session, askedMinor: asked)
        let known = try WaiverTable.one(request.id, in: transaction).map { known in
            (content: WaiverContent(session: known.waiver.session, askedMinor: known.askedMinor), answer: known.waiver)
        }
        if let same = try RepeatedRequest.answer(known, asked: content, kind: "waiver", name: request.id) {
            return same
        }
        guard found.departedAt != nil else { throw Refusal(.conflict, "The car is there: nothing is due yet.") }
        guard found.balanceMinor > 0 else { throw Refusal(.valueOutOfRange, "Nothing is owed for the session.") }
        let amount = asked ?? found.balanceMinor
        guard amount <= found.balanceMinor else {
            throw Refusal(.valueOutOfRange, "Only \(found.balanceMinor) minor units are owed.")
        }
        let waiver = Waiver(
            id: request.id, lot: found.lot, session: found.id, amountMinor: amount, currency: found.currency,
            reason: request.reason, waivedBy: caller.shortName, waivedAt: line.now)
        try WaiverTable.insert(waiver, askedMinor: asked, in: transaction)
        try Ledger.book(
            .waiver(waiver.id), lot: waiver.lot, session: waiver.session, payment: nil, at: line.now,
            [.receivable: -amount, .revenue: amount], in: transaction)
        found.balanceMinor -= amount
        found.waivedMinor += amount
        try note(waiver, of: found, at: site, by: caller, in: &line)
        return waiver
    }

    /// Records who did it and why, and shows it to those who may see money.
    private func note(
        _ waiver: Waiver, of session: ParkingSession, at site: SiteID, by caller: Caller, in line: inout LineContext
    ) throws {
        let entry = AuditEntry(
            caller, .waive, target: "session:\(session.id)",
            facts: [
                ("lot", session.lot.text), ("spot", session.spot.text), ("waiver", waiver.id),
                ("amount_minor", String(waiver.amountMinor)), ("currency", waiver.currency), ("reason", waiver.reason),
            ])
        try audit.record(entry, at: line.now, in: try line.transaction())
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("event", "waiver")
            writer.members(of: waiver)
            writer.member("spot_id", session.spot.text)
            writer.member("state", session.state.rawValue)
            writer.member("balance_minor", session.balanceMinor)
        }
        line.show(Till.event(writer, of: session.lot, at: site))
    }
}

/// What makes a waiver what it is: two requests under one name that agree in this are one.
private struct WaiverContent: Equatable {
    var session: String
    /// nil: all that is owed.
    var askedMinor: Int64?
}
