package import HubModel
internal import SQL
package import SolutionKit

/// Makes sessions of what stands in the spots, and money of sessions. It remembers nothing: all it knows is in the tables.
///
/// A car that arrives opens a session under the tariff of that instant; its departure prices it by that tariff, whatever was changed
/// meanwhile, and books what is due.
package struct Till: Sendable {
    let audit: any AuditBook
    private let random: @Sendable () -> UInt64

    /// A till.
    /// - Parameters:
    ///   - audit: where it is recorded when a person takes or gives money.
    ///   - random: where the part of sessions' names comes from that nobody can guess.
    package init(
        audit: any AuditBook, random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
    ) {
        self.audit = audit
        self.random = random
    }

    /// A car stands in a spot: opens its session. Where one is open it goes on.
    /// - Parameters:
    ///   - instant: since when; what lies in the future counts from now, what lies before the last departure from that.
    ///   - reservation: the reservation that it came with.
    package func arrived(
        _ spot: SpotFacts, at instant: Timestamp, reservation: String?, in line: inout LineContext
    ) throws {
        let transaction = try line.transaction()
        guard let known = try ParkingSessionTable.arrival(in: spot.id, of: spot.lot, in: transaction) else {
            throw Refusal(.notFound, "There is no lot \(spot.lot).")
        }
        guard known.present == nil else { return }
        let claimed = min(instant, line.now)
        let arrival = known.departedAt.map { max(claimed, $0) } ?? claimed
        let id = SortableName.make(at: line.now, random: random())
        try ParkingSessionTable.begin(
            id, in: spot, at: arrival, currency: known.currency, reservation: reservation, in: transaction)
        if let session = try ParkingSessionTable.one(id, in: transaction) {
            show("session_started", session, at: spot.site, in: &line)
            try allocate(paidSince: arrival, to: session, at: spot.site, in: &line)
        }
    }

    /// The car has left a spot: closes its session, prices it and books what is due. Where none is open nothing happens.
    /// - Parameter instant: when; not before the arrival, and not after now.
    package func departed(_ spot: SpotFacts, at instant: Timestamp, in line: inout LineContext) throws {
        let transaction = try line.transaction()
        guard var session = try ParkingSessionTable.open(in: spot.id, in: transaction) else { return }
        let departure = max(session.arrivedAt, min(instant, line.now))
        let due = try Till.price(of: session, until: departure, in: transaction).totalMinor
        try ParkingSessionTable.end(session.id, at: departure, dueMinor: due, in: transaction)
        try Ledger.book(
            .session(session.id), lot: session.lot, session: session.id, payment: nil, at: departure,
            [.receivable: due, .revenue: -due], in: transaction)
        session.departedAt = departure
        session.dueMinor = due
        session.balanceMinor += due
        show("session_ended", session, at: spot.site, in: &line)
    }

    /// What a session costs if it ends at an instant: by its tariff and that tariff's clock, so that it costs the same whenever one asks.
    static func price(
        of session: ParkingSession, until departure: Timestamp, in reader: some SQLReading
    ) throws -> Price {
        guard let version = session.tariff else { return Price() }
        let found = try TariffTable.one(version, of: session.lot, in: reader)
        var clock = found.clock
        return found.tariff.price(from: session.arrivedAt, to: departure, kind: session.kind, clock: &clock)
    }

    /// What sessions of one lot that are open cost if they end at an instant, by their names.
    static func totals(
        of sessions: [ParkingSession], in lot: Lot, until departure: Timestamp, in reader: some SQLReading
    ) throws -> [String: Int64] {
        guard !sessions.isEmpty else { return [:] }
        // Many stand under few versions: each is read once.
        var versions: [Int64: (tariff: Tariff, clock: LocalClock)] = [:]
        var totals: [String: Int64] = [:]
        for session in sessions {
            guard let version = session.tariff else {
                totals[session.id] = 0
                continue
            }
            var known: (tariff: Tariff, clock: LocalClock)
            if let version = versions[version] {
                known = version
            } else {
                let found = try TariffTable.one(version, of: lot.id, in: reader)
                known = (found.tariff, found.clock)
            }
            totals[session.id] =
                known.tariff.price(
                    from: session.arrivedAt, to: departure, kind: session.kind, clock: &known.clock
                ).totalMinor
            versions[version] = known
        }
        return totals
    }

    private func show(_ event: String, _ session: ParkingSession, at site: SiteID, in line: inout LineContext) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("event", event)
            writer.members(of: session)
        }
        line.show(Till.event(writer, of: session.lot, at: site))
    }

    /// What those see who may see a lot's money.
    static func event(_ writer: JSONWriter, of lot: LotID, at site: SiteID) -> LiveEvent {
        LiveEvent(topic: "parking/\(lot)/money", data: .json(writer.bytes), needs: .viewParkingMoney, at: site)
    }
}
