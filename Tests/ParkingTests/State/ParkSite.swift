import Foundation
import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Synchronization
import Testing

/// The car park's line and routes over a database in memory, with two lots and devices that are known or not.
final class ParkSite: Line, @unchecked Sendable {
    // One lock around every use of the handler and of what is noted of it.
    private let lock = NSLock()
    let database: Database
    let clock = ManualClock(ParkSite.ten)
    let history = NotedHistory()
    let audit = RecordingAudit()
    let devices = KnownDevices()
    private var seat: LoadedHandler
    private var noted = Effects()

    static let ten = Timestamp(iso8601: "2026-11-21T10:00:00Z") ?? Timestamp(seconds: 0)

    init(_ location: DatabaseConfiguration.Location = .memory) async throws {
        database = try Database.open(DatabaseConfiguration(location))
        seat = LoadedHandler(
            ParkingSolution().makeHandler(LineServices(devices: devices, commands: UntouchedBooks(), audit: audit)))
        try await database.migrate([ParkingSolution().migrations], at: 0)
        try await database.write { transaction in
            try transaction.execute("CREATE TABLE site (id TEXT NOT NULL PRIMARY KEY)")
            for site in ["main", "east"] {
                try transaction.execute("INSERT INTO site (id) VALUES ($1)", [.text(site)])
            }
        }
        try await call(.post, "/api/lots/import", body: ParkSite.lots)
    }

    private static let lots = #"""
        {"lots":[
          {"lot_id":"LOT001","name":"One","time_zone":"Europe/Berlin","spots":[
            {"spot_id":"SPOT001"},
            {"spot_id":"SPOT002","decides":"distance"},
            {"spot_id":"SPOT003","kind":"disabled","level":"1","zone":"A"}]},
          {"lot_id":"LOT002","name":"Two","public":false,"spots":[{"spot_id":"SPOT004"}]},
          {"lot_id":"LOT003","name":"Three","site":"east","spots":[{"spot_id":"SPOT005"}]}]}
        """#

    /// The program starts anew on the same tables.
    func restart() {
        lock.withLock {
            seat = LoadedHandler(
                ParkingSolution().makeHandler(
                    LineServices(devices: devices, commands: UntouchedBooks(), audit: audit)))
        }
    }

    /// The sensors of a lot speak only of changes: hours of silence are no news.
    func allowSilence(in lot: String) async throws {
        try await call(.put, "/api/lots/{id}", ["id": lot], body: #"{"stale_after_seconds":86400}"#)
    }

    /// One batch of several pieces of work; what each threw is given back.
    /// - Parameter isBroken: whether its commit fails.
    @discardableResult
    func batch(
        isBroken: Bool = false, _ works: [(any MessageHandler, inout LineContext) throws -> Void]
    ) throws -> (effects: Effects, errors: [(any Error)?]) {
        struct Broken: Error {}
        return try lock.withLock {
            do {
                let (effects, errors) = try database.writeBlocking { transaction in
                    var line = LineContext(now: clock.now(), transaction: transaction)
                    var errors: [(any Error)?] = []
                    let handler = try seat.ready(in: &line)
                    for work in works {
                        do {
                            try line.perform { try work(handler, &$0) }
                            errors.append(nil)
                        } catch {
                            errors.append(error)
                        }
                    }
                    try line.perform { try handler.finishBatch(in: &$0) }
                    if isBroken { throw Broken() }
                    return (line.effects, errors)
                }
                history.append(effects.readings)
                noted = effects
                return (effects, errors)
            } catch {
                seat.forget()
                throw error
            }
        }
    }

    private func one(_ work: (any MessageHandler, inout LineContext) throws -> Void) throws -> Effects {
        try withoutActuallyEscaping(work) { work in
            let (effects, errors) = try batch([work])
            if let error = errors.first ?? nil { throw error }
            return effects
        }
    }

    @discardableResult
    func hear(
        _ payload: String, from sender: MessageOrigin.Sender = .anybody, client: String? = "board",
        topic: String = "parkmate/spot/status"
    ) throws -> Effects {
        let message = message(Array(payload.utf8), from: sender, client: client, topic: topic)
        return try one { handler, line in try handler.handle(message, in: &line) }
    }

    func message(
        _ payload: [UInt8], from sender: MessageOrigin.Sender = .anybody, client: String? = "board",
        topic: String = "parkmate/spot/status"
    ) -> DeviceMessage {
        DeviceMessage(
            topic: topic.split(separator: "/").map(String.init), payload: payload,
            origin: MessageOrigin(clientID: client, address: "10.0.0.7", sender: sender), receivedAt: clock.now())
    }

    @discardableResult
    func report(_ spot: String, _ occupied: Bool, client: String? = "board") throws -> Effects {
        try hear(#"{"spot_id":"\#(spot)","occupied":\#(occupied)}"#, client: client)
    }

    /// All that has come due, the tick, and what is known to be due only since then.
    static func time(_ handler: any MessageHandler, _ line: inout LineContext) throws {
        while try handler.advance(in: &line) {}
        try handler.tick(in: &line)
        while try handler.advance(in: &line) {}
    }

    @discardableResult
    func tick(after seconds: Int64 = 0) throws -> Effects {
        clock.move(seconds: seconds)
        return try one(ParkSite.time)
    }

    @discardableResult
    func subscribe(_ client: String, to filter: String) throws -> Effects {
        try one { handler, line in try handler.presence(.subscribed(clientID: client, filter: filter), in: &line) }
    }

    func perform<Value: Sendable>(
        _ work: @escaping @Sendable (inout LineContext) throws -> Value
    ) async throws -> Value {
        let value = Mutex<Value?>(nil)
        _ = try one { _, line in
            let made = try work(&line)
            value.withLock { $0 = made }
        }
        return try #require(value.withLock { $0 })
    }

    func perform<Handler: MessageHandler, Value: Sendable>(
        with handler: Handler.Type, _ work: @escaping @Sendable (Handler, inout LineContext) throws -> Value
    ) async throws -> Value {
        let value = Mutex<Value?>(nil)
        _ = try one { handler, line in
            guard let handler = handler as? Handler else { throw Refusal(.notFound, "no such solution runs here") }
            let made = try work(handler, &line)
            value.withLock { $0 = made }
        }
        return try #require(value.withLock { $0 })
    }

    /// What the last batch did.
    var effects: Effects { lock.withLock { noted } }

    /// Calls a route as the web does; the answer is held against the route's declaration.
    @discardableResult
    func call(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = "", accept: String? = nil,
        as caller: Caller = .owner
    ) async throws -> RouteResponse {
        let services = WebServices(
            database: database, history: history, line: self, devices: devices, commands: UntouchedBooks(),
            audit: audit, clock: clock)
        let route = try #require(
            ParkingSolution().routes(services).first { $0.method == method && $0.path == path }, "no route \(path)")
        let response = try await route.answer(
            RouteRequest(
                path: parameters, query: query, accept: accept, body: Array(body.utf8), receivedAt: clock.now(),
                caller: caller, scope: try route.access.scope(for: caller),
                transport: RequestTransport(address: "192.0.2.1")))
        let declared = route.answers.first { $0.status == response.status }
        let answer = try #require(declared, "\(path) answers \(response.status)")
        guard !answer.content.isEmpty else { return response }
        let type = response.contentType.split(separator: ";").first.map(String.init)
        let content = try #require(answer.content.first { $0.mediaType == type })
        if let schema = content.schema {
            #expect(schema.complaints(about: try JSONTree(response.body), at: path) == [])
        }
        return response
    }

    func json(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = "", as caller: Caller = .owner
    ) async throws -> JSONTree {
        try JSONTree(try await call(method, path, parameters, query: query, body: body, as: caller).body)
    }

    /// The refusal's code of a route; nil when it did not refuse.
    func refusal(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = "", as caller: Caller = .owner
    ) async throws -> RefusalCode? {
        do {
            try await call(method, path, parameters, query: query, body: body, as: caller)
            return nil
        } catch let refusal as Refusal {
            return refusal.code
        }
    }

    func row(_ sql: String, _ arguments: [SQLValue] = []) throws -> Row? {
        try database.readBlocking { try $0.queryFirst(sql, arguments) }
    }

    func rows(_ sql: String, _ arguments: [SQLValue] = []) throws -> [Row] {
        try database.readBlocking { try $0.query(sql, arguments) }
    }

    func count(_ table: String, where condition: String = "1 = 1") throws -> Int64 {
        try #require(try row("SELECT COUNT(*) FROM \(table) WHERE \(condition)")).integer(0)
    }

    func status(_ spot: String) throws -> String? {
        try row("SELECT status FROM parking_spot WHERE id = $1", [.text(spot)])?.text(0)
    }
}

extension Effects {
    /// The colours that were sent, by topic.
    var colors: [String: String] {
        get throws {
            var colors: [String: String] = [:]
            for message in publications where message.topic.hasPrefix("parkmate/led/") {
                colors[message.topic] = try JSONTree(message.payload)["color"]?.text
            }
            return colors
        }
    }

    /// The JSON of the last event of a topic.
    func event(_ topic: String) throws -> JSONTree? {
        guard let event = events.last(where: { $0.topic == topic }), case .json(let bytes) = event.data else {
            return nil
        }
        return try JSONTree(bytes)
    }
}

extension Caller {
    /// May do everything everywhere.
    static let owner = Caller(
        .person(account: "1", name: "olga", session: "s"), grants: Grants(everywhere: .all), address: nil)
}

/// Devices that somebody registered: `NEW1` at main, `NEW2` at east, both car park sensors; `node_7` is none; `gate` is the controller of
/// `SPOT001` and `NEW1`.
final class KnownDevices: DeviceBook {
    private let kinds: [String: (kind: DeviceKind, site: String)] = [
        "NEW1": (.parking, "main"), "NEW2": (.parking, "east"), "node_7": (DeviceKind("node"), "main"),
        "gate": (.parking, "main"), "SPOT001": (.parking, "main"), "SPOT004": (.parking, "east"),
    ]
    private let contacts = Mutex<[String]>([])
    private let isComplete = Mutex(false)

    /// Somebody registers, after the lots were made, a device at east that has the name of a spot at main.
    func registerTheOther() { isComplete.withLock { $0 = true } }

    /// Who was noted as heard of, in order.
    var seen: [String] { contacts.withLock { $0 } }

    func admit(
        _ device: DeviceID, kind: DeviceKind, from address: String?, at instant: Timestamp, in transaction: Transaction
    ) throws -> Bool {
        guard let known = kinds[device.text] else { throw Refusal(.forbidden, "not registered") }
        guard known.kind == kind else { throw Refusal(.conflict, "the name of another kind") }
        return false
    }

    func seen(
        _ device: DeviceID, at instant: Timestamp, address: String?, firmware: String?, in transaction: Transaction
    ) throws { contacts.withLock { $0.append(device.text) } }

    func site(of device: DeviceID, in reader: some SQLReading) throws -> SiteID? {
        if device.text == "SPOT004", !isComplete.withLock({ $0 }) { return nil }
        return kinds[device.text].flatMap { SiteID($0.site) }
    }

    func hasSite(_ site: SiteID, in reader: some SQLReading) throws -> Bool {
        try reader.queryFirst("SELECT 1 FROM site WHERE id = $1", [.text(site.text)]) != nil
    }

    func maySpeak(_ device: DeviceID, for other: DeviceID, in reader: some SQLReading) throws -> Bool {
        device == other || (device.text == "gate" && ["SPOT001", "NEW1"].contains(other.text))
    }

    func note(_ refused: RefusedMessage, in transaction: Transaction) throws {}
    func refusals(of device: DeviceID, in reader: some SQLReading) throws -> [RefusedMessage] { [] }
}
