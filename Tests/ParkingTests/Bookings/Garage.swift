import Foundation
import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// A house of the car park in which every device may speak.
final class Garage: Sendable {
    let house: SolutionHouse

    static let start = SolutionHouse.start

    init(
        _ location: DatabaseConfiguration.Location = .memory, at start: Timestamp = Garage.start,
        tables: [Migrations] = [], links: any LinkBook = NoLinks()
    ) async throws {
        house = try await SolutionHouse(
            ParkingSolution(), tables: tables, at: start, location: location, links: links)
    }

    var database: Database { house.database }
    var clock: ManualClock { house.clock }
    var history: NotedHistory { house.history }
    var audit: RecordingAudit { house.audit }
    var events: [LiveEvent] { house.events }

    /// The program starts anew on the same tables.
    func restart() { house.restart() }

    /// Makes a lot of standard spots `A1`, `A2` …, in the given place; nothing is known of its spots yet.
    func addLot(_ id: String, spots: Int, isPublic: Bool = true, latitude: Double? = 52.5) async throws {
        let now = clock.now().microseconds
        try await database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO parking_lot (id, site, name, address, latitude, longitude, time_zone, currency, is_public,
                    stale_seconds, plan_width, plan_height, created_at)
                VALUES ($1, 'main', 'Lot', 'Street 1', $2, 13.4, 'Europe/Berlin', 'EUR', $3, 300, 100, 50, $4)
                """, [.text(id), SQLValue(latitude), SQLValue(isPublic), .integer(now)])
            for number in 1...spots { try Garage.addSpot("\(id)-A\(number)", to: id, at: now, in: transaction) }
        }
    }

    static func addSpot(
        _ id: String, to lot: String, kind: String = "standard", level: String = "0", at now: Int64,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO parking_spot (id, lot, label, level, kind, rotation, decides, threshold_cm, hysteresis_cm,
                debounce_ms, out_of_service, status, status_since)
            VALUES ($1, $2, $1, $3, $4, 0, 'flag', 115, 30, 2000, FALSE, 'unknown', $5)
            """, [.text(id), .text(lot), .text(level), .text(kind), .integer(now)])
    }

    /// A report of a sensor.
    func report(_ spot: String, of lot: String, occupied: Bool) throws {
        let body = #"{"spot_id":"\#(spot)","lot_id":"\#(lot)","occupied":\#(occupied)}"#
        try house.hear("parkmate/spot/status", body, client: "c")
    }

    /// Time goes by: the clock moves, the sensors say again what they said, the line ticks.
    func pass(seconds: Int64, _ reports: [(spot: String, occupied: Bool)] = [], of lot: String = "P1") throws {
        clock.move(seconds: seconds)
        for one in reports { try report(one.spot, of: lot, occupied: one.occupied) }
        try house.pass()
    }

    /// Calls a route as the web does.
    @discardableResult
    func call(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = "", as caller: Caller = Caller(.anonymous),
        from address: String = "192.0.2.1"
    ) async throws -> Answer {
        let response = try await house.call(
            method, path, parameters, query: query, body: body, as: caller, from: address)
        return Answer(status: response.status, json: try JSONTree(response.body))
    }

    struct Answer {
        let status: Int
        let json: JSONTree
    }

    /// The status of a spot, as the table has it.
    func status(_ spot: String) throws -> String? {
        try database.readBlocking {
            try $0.queryFirst("SELECT status FROM parking_spot WHERE id = $1", [.text(spot)])?.text("status")
        }
    }
}

extension Caller {
    /// Somebody with an account and, at `main`, these rights.
    static func driver(_ account: String, _ permissions: PermissionSet = []) -> Caller {
        Caller(
            .person(account: account, name: account, session: "s"), grants: Grants(sites: [.main: permissions]))
    }
}
