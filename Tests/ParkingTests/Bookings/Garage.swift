import Foundation
import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Synchronization
import Testing

/// A car park with its line and its routes: a database, a clock that is moved by hand, and no queue.
final class Garage: Line, @unchecked Sendable {
    // One lock around every use of the handler, which is given to nobody.
    private let lock = NSLock()
    let database: Database
    let clock: ManualClock
    let history = NotedHistory()
    let audit = RecordingAudit()
    private var seat: LoadedHandler
    private(set) var events: [LiveEvent] = []

    static let start = Timestamp(iso8601: "2026-11-21T10:00:00Z") ?? Timestamp(seconds: 0)

    init(_ location: DatabaseConfiguration.Location = .memory, at start: Timestamp = Garage.start) async throws {
        database = try Database.open(DatabaseConfiguration(location))
        clock = ManualClock(start)
        seat = LoadedHandler(Garage.makeHandler())
        try await database.migrate([ParkingSolution().migrations], at: 0)
    }

    private static func makeHandler() -> any MessageHandler {
        ParkingSolution().makeHandler(
            LineServices(devices: ManyDevices(), commands: UntouchedBooks(), audit: RecordingAudit()))
    }

    /// The program starts anew on the same tables.
    func restart() { lock.withLock { seat = LoadedHandler(Garage.makeHandler()) } }

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
        let message = DeviceMessage(
            topic: ["parkmate", "spot", "status"], payload: Array(body.utf8),
            origin: MessageOrigin(clientID: "c", address: nil, sender: .anybody), receivedAt: clock.now())
        try batch { handler, line in try handler.handle(message, in: &line) }
    }

    /// Time goes by: the clock moves, the sensors say again what they said, the line ticks.
    func pass(seconds: Int64, _ reports: [(spot: String, occupied: Bool)] = [], of lot: String = "P1") throws {
        clock.move(seconds: seconds)
        for one in reports { try report(one.spot, of: lot, occupied: one.occupied) }
        while try batch({ handler, line in try handler.advance(in: &line) }) {}
        try batch { handler, line in try handler.tick(in: &line) }
        while try batch({ handler, line in try handler.advance(in: &line) }) {}
    }

    private func batch<Value>(_ work: (any MessageHandler, inout LineContext) throws -> Value) throws -> Value {
        try lock.withLock {
            do {
                let (value, line) = try database.writeBlocking { transaction in
                    var line = LineContext(now: clock.now(), transaction: transaction)
                    let handler = try seat.ready(in: &line)
                    let value = try line.perform { try work(handler, &$0) }
                    try line.perform { try handler.finishBatch(in: &$0) }
                    return (value, line.effects)
                }
                events += line.events
                history.append(line.readings)
                return value
            } catch {
                seat.forget()
                throw error
            }
        }
    }

    func perform<Value: Sendable>(
        _ work: @escaping @Sendable (inout LineContext) throws -> Value
    ) async throws -> Value {
        try batch { _, line in try work(&line) }
    }

    func perform<Handler: MessageHandler, Value: Sendable>(
        with handler: Handler.Type, _ work: @escaping @Sendable (Handler, inout LineContext) throws -> Value
    ) async throws -> Value {
        try batch { handler, line in
            guard let handler = handler as? Handler else { throw Refusal(.notFound, "no such solution runs here") }
            return try work(handler, &line)
        }
    }

    /// Calls a route as the web does.
    @discardableResult
    func call(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = "", as caller: Caller = Caller(.anonymous),
        from address: String = "192.0.2.1"
    ) async throws -> Answer {
        let services = WebServices(
            database: database, history: history, line: self, devices: ManyDevices(), commands: UntouchedBooks(),
            audit: audit, clock: clock)
        let route = try #require(
            ParkingSolution().routes(services).first { $0.method == method && $0.path == path }, "no route \(path)")
        let response = try await route.answer(
            RouteRequest(
                path: parameters, query: query, accept: nil, body: Array(body.utf8), receivedAt: clock.now(),
                caller: caller, scope: try route.access.scope(for: caller),
                transport: RequestTransport(address: address)))
        let declared = route.answers.first { $0.status == response.status }
        let answer = try #require(declared, "\(path) answers \(response.status)")
        let schema = try #require(answer.content.first { $0.mediaType == response.contentType }?.schema)
        let tree = try JSONTree(response.body)
        #expect(schema.complaints(about: tree, at: path) == [])
        return Answer(status: response.status, json: tree)
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

/// Devices that are all there and speak for whom they like.
struct ManyDevices: DeviceBook {
    func admit(
        _ device: DeviceID, kind: DeviceKind, from address: String?, at instant: Timestamp, in transaction: Transaction
    ) throws -> Bool {
        false
    }
    func seen(
        _ device: DeviceID, at instant: Timestamp, address: String?, firmware: String?, in transaction: Transaction
    ) throws {}
    func site(of device: DeviceID, in reader: some SQLReading) throws -> SiteID? { .main }
    func hasSite(_ site: SiteID, in reader: some SQLReading) throws -> Bool { true }
    func maySpeak(_ device: DeviceID, for other: DeviceID, in reader: some SQLReading) throws -> Bool { true }

    func note(_ refused: RefusedMessage, in transaction: Transaction) throws {}
    func refusals(of device: DeviceID, in reader: some SQLReading) throws -> [RefusedMessage] { [] }
}

/// History that holds what the line appended.
final class NotedHistory: ReadingHistory {
    private let readings = Mutex<[Reading]>([])

    func append(_ more: [Reading]) { readings.withLock { $0 += more } }

    func latest(device: DeviceID, measurement: String) async throws -> [LatestValue] { [] }

    func readings(_ query: ReadingQuery) async throws -> ReadingTable {
        let fields = query.fields ?? []
        let rows = readings.withLock { $0 }.filter {
            $0.device == query.device && $0.measurement == query.measurement && $0.observed.instant >= query.from
                && $0.observed.instant < query.to
        }.map { reading in
            (
                time: reading.observed.instant,
                values: fields.map { name in reading.fields.first { $0.name == name }?.value }
            )
        }
        return ReadingTable(
            fields: fields, rows: Array(rows.suffix(query.limit)), isTruncated: rows.count > query.limit)
    }
}
