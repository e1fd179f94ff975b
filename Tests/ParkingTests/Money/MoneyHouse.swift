import Foundation
import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// A lot with its till and its routes: a database in memory, a clock that is moved by hand, and no queue.
final class MoneyHouse: Sendable {
    let house: SolutionHouse
    let till: Till

    static let start = Timestamp(iso8601: "2026-11-18T09:00:00Z") ?? Timestamp(seconds: 0)
    static let hour = #"{"currency":"EUR","rules":[{"name":"Hour","price":"per_started","minutes":60,"minor":200}]}"#

    /// Lots `P1` at the site `main` and `P2` at `annex`, with spots `P1-1` … and `P2-1` ….
    init(at start: Timestamp = MoneyHouse.start, zone: String = "Europe/Berlin", spots: Int = 3) async throws {
        house = try await SolutionHouse(ParkingSolution(), at: start, devices: UntouchedBooks())
        till = Till(audit: house.audit)
        for (lot, site) in [("P1", "main"), ("P2", "annex")] {
            try await database.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO parking_lot (id, site, name, address, time_zone, currency, is_public, stale_seconds,
                        plan_width, plan_height, created_at)
                    VALUES ($1, $2, $1, '', $3, 'EUR', $4, 300, 100, 50, 0)
                    """, [.text(lot), .text(site), .text(zone), SQLValue(lot == "P1")])
                // The lot is observed from then on.
                try transaction.execute(
                    "INSERT INTO parking_change (spot, lot, at, status, source) VALUES ($1, $2, $3, 'free', 'sensor')",
                    [.text("\(lot)-1"), .text(lot), .integer(start.microseconds)])
                for number in 1...spots {
                    try transaction.execute(
                        """
                        INSERT INTO parking_spot (id, lot, label, level, kind, rotation, decides, threshold_cm,
                            hysteresis_cm, debounce_ms, out_of_service, status, status_since)
                        VALUES ($1, $2, $1, '0', 'standard', 0, 'flag', 115, 30, 2000, FALSE, 'unknown', 0)
                        """, [.text("\(lot)-\(number)"), .text(lot)])
                }
            }
        }
    }

    var database: Database { house.database }
    var clock: ManualClock { house.clock }
    var audit: RecordingAudit { house.audit }
    var line: SolutionHouse { house }

    /// A version as if it had been added in time.
    func tariff(_ tariff: Tariff, from instant: Timestamp = Timestamp(seconds: 0), lot: String = "P1") async throws {
        try await database.write { transaction in
            _ = try transaction.execute(
                """
                INSERT INTO parking_tariff (lot, version, valid_from, document, time_zone, created_by, created_at)
                VALUES ($1, (SELECT COALESCE(MAX(version), 0) + 1 FROM parking_tariff WHERE lot = $1), $2, $3,
                    (SELECT time_zone FROM parking_lot WHERE id = $1), 'test', 0)
                """,
                [
                    .text(lot), .integer(instant.microseconds), .text(String(decoding: tariff.json, as: UTF8.self)),
                ])
        }
    }

    static func facts(_ spot: String, kind: SpotKind = .standard) throws -> SpotFacts {
        let lot = String(spot.prefix(2))
        return SpotFacts(
            id: try #require(DeviceID(spot)), lot: try #require(LotID(lot)),
            site: try #require(SiteID(lot == "P1" ? "main" : "annex")), kind: kind)
    }

    func arrive(
        _ spot: String = "P1-1", at instant: Timestamp? = nil, kind: SpotKind = .standard, reservation: String? = nil
    ) async throws {
        let (facts, till) = (try Self.facts(spot, kind: kind), till)
        try await line.perform { line in
            try till.arrived(facts, at: instant ?? line.now, reservation: reservation, in: &line)
        }
    }

    func depart(_ spot: String = "P1-1", at instant: Timestamp? = nil) async throws {
        let (facts, till) = (try Self.facts(spot), till)
        try await line.perform { line in try till.departed(facts, at: instant ?? line.now, in: &line) }
    }

    /// A car that came and stayed for so long; the clock goes on with it.
    func stay(_ spot: String = "P1-1", seconds: Int64, kind: SpotKind = .standard) async throws {
        try await arrive(spot, kind: kind)
        clock.move(seconds: seconds)
        try await depart(spot)
    }

    func hear(_ body: String, from sender: MessageOrigin.Sender = .anybody) async throws {
        let till = till
        let message = DeviceMessage(
            topic: ["parkmate", "payment"], payload: Array(body.utf8),
            origin: MessageOrigin(clientID: "app", address: "192.0.2.7", sender: sender), receivedAt: clock.now())
        try await line.perform { line in try till.payment(message, in: &line) }
    }

    @discardableResult
    func pay(
        _ id: String, _ place: String, minor: Int64, as caller: Caller = .money, sites: SiteScope = .all
    ) async throws -> Payment {
        let request = try PaymentRequest(Array(#"{"payment_id":"\#(id)",\#(place),"amount_minor":\#(minor)}"#.utf8))
        let till = till
        return try await line.perform { line in try till.take(request, by: caller, at: sites, in: &line) }
    }

    @discardableResult
    func waive(
        _ id: String, _ session: String, minor: Int64? = nil, reason: String = "the sensor had died",
        as caller: Caller = .money, sites: SiteScope = .all
    ) async throws -> Waiver {
        let amount = minor.map { #","amount_minor":\#($0)"# } ?? ""
        let request = try WaiverRequest(Array(#"{"waiver_id":"\#(id)","reason":"\#(reason)"\#(amount)}"#.utf8))
        let till = till
        return try await line.perform { line in
            try till.waive(request, of: session, by: caller, at: sites, in: &line)
        }
    }

    @discardableResult
    func refund(
        _ id: String, of payment: String, minor: Int64? = nil, lot: String? = nil
    ) async throws -> Payment {
        let amount = (minor.map { #","amount_minor":\#($0)"# } ?? "") + (lot.map { #","lot_id":"\#($0)""# } ?? "")
        let request = try PaymentRequest(Array(#"{"payment_id":"\#(id)"\#(amount)}"#.utf8))
        let till = till
        return try await line.perform { line in
            try till.refund(request, of: payment, by: .money, at: .all, in: &line)
        }
    }

    func balances(_ lot: String = "P1") throws -> [LedgerAccount: Int64] {
        let id = try #require(LotID(lot))
        return try database.readBlocking { try Ledger.balances(of: id, in: $0) }
    }

    func rows(_ sql: String, _ arguments: [SQLValue] = []) throws -> [Row] {
        try house.rows(sql, arguments)
    }

    func count(_ table: String) throws -> Int64? { try rows("SELECT COUNT(*) FROM \(table)").first?.integer(0) }

    /// The newest session of a spot.
    func session(_ spot: String = "P1-1") throws -> Row {
        try #require(
            try rows("SELECT * FROM parking_session WHERE spot = $1 ORDER BY arrived_at DESC LIMIT 1", [.text(spot)])
                .first)
    }

    /// Calls a route as the web does; what it answers is held against its declaration.
    @discardableResult
    func call(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = ["id": "P1"],
        query: [String: String] = [:],
        body: String = "", as caller: Caller = .money, accept: String? = nil
    ) async throws -> RouteResponse {
        try await house.call(
            method, path, parameters, query: query.map { ($0.key, $0.value) }, body: body, accept: accept, as: caller)
    }

    @discardableResult
    func json(
        _ path: String, _ parameters: [String: String] = ["id": "P1"], query: [String: String] = [:],
        as caller: Caller = .money
    ) async throws -> JSONTree {
        try JSONTree(try await call(.get, path, parameters, query: query, as: caller).body)
    }

    func csv(_ path: String, query: [String: String] = [:]) async throws -> [String] {
        let text = String(decoding: try await call(.get, path, query: query, accept: "text/csv").body, as: UTF8.self)
        return text.components(separatedBy: "\r\n").filter { !$0.isEmpty }
    }
}

extension Caller {
    /// Somebody with all rights of money at `main`.
    static let money = Caller(
        .person(account: "1", name: "anna", session: "s"),
        grants: Grants(sites: [.main: [.viewParkingMoney, .manageTariffs, .takePayments]]))
}

/// What a piece of work is refused with; nil if it is not.
func refusal(of work: () async throws -> Void) async -> RefusalCode? {
    do {
        try await work()
        return nil
    } catch {
        return (error as? Refusal)?.code
    }
}
