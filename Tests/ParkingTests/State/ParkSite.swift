import Foundation
import HubModel
import HubTesting
import Parking
import SQL
import SolutionKit
import Testing

/// A house of the car park with three lots and devices that are known or not.
final class ParkSite: Sendable {
    let house: SolutionHouse
    /// Somebody registered `NEW1` at main and `NEW2` at east, both car park sensors; `node_7` is none; `gate` is the controller of `SPOT001`
    /// and `NEW1`.
    let devices: FakeDevices

    static let ten = SolutionHouse.start

    init(_ location: DatabaseConfiguration.Location = .memory) async throws {
        let east = try #require(SiteID("east"))
        devices = FakeDevices(
            [
                "NEW1": .init(.parking), "NEW2": .init(.parking, at: east), "node_7": .init(DeviceKind("node")),
                "gate": .init(.parking, controls: ["SPOT001", "NEW1"]), "SPOT001": .init(.parking),
            ], sites: [.main, east])
        house = try await SolutionHouse(ParkingSolution(), location: location, devices: devices)
        try await call(.post, "/api/lots/import", body: ParkSite.lots)
    }

    var database: Database { house.database }
    var clock: ManualClock { house.clock }
    var history: NotedHistory { house.history }
    var audit: RecordingAudit { house.audit }

    /// Somebody registers, after the lots were made, a device at east that has the name of a spot at main.
    func registerTheOther() throws { devices["SPOT004"] = .init(.parking, at: try #require(SiteID("east"))) }

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
    func restart() { house.restart() }

    /// The sensors of a lot speak only of changes: hours of silence are no news.
    func allowSilence(in lot: String) async throws {
        try await call(.put, "/api/lots/{id}", ["id": lot], body: #"{"stale_after_seconds":86400}"#)
    }

    /// One batch of several pieces of work; what each threw is given back.
    /// - Parameter isBroken: whether its commit fails.
    @discardableResult
    func batch(
        isBroken: Bool = false, _ works: [SolutionHouse.Work]
    ) throws -> (effects: Effects, errors: [(any Error)?]) {
        try house.batch(isBroken: isBroken, works)
    }

    @discardableResult
    func hear(
        _ payload: String, from sender: MessageOrigin.Sender = .anybody, client: String? = "board",
        topic: String = "parkmate/spot/status"
    ) throws -> Effects {
        try house.hear(topic, payload, from: sender, client: client)
    }

    func message(
        _ payload: [UInt8], from sender: MessageOrigin.Sender = .anybody, client: String? = "board",
        topic: String = "parkmate/spot/status"
    ) -> DeviceMessage {
        house.message(topic, payload, from: sender, client: client)
    }

    @discardableResult
    func report(_ spot: String, _ occupied: Bool, client: String? = "board") throws -> Effects {
        try hear(#"{"spot_id":"\#(spot)","occupied":\#(occupied)}"#, client: client)
    }

    /// All that has come due, and the tick.
    static func time(_ handler: any MessageHandler, _ line: inout LineContext) throws {
        try SolutionHouse.time(handler, &line)
    }

    @discardableResult
    func tick(after seconds: Int64 = 0) throws -> Effects { try house.pass(seconds: seconds) }

    @discardableResult
    func subscribe(_ client: String, to filter: String) throws -> Effects {
        try house.presence(.subscribed(clientID: client, filter: filter))
    }

    /// What the last batch did.
    var effects: Effects { house.effects }

    /// Calls a route as the web does; the answer is held against the route's declaration.
    @discardableResult
    func call(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = "", accept: String? = nil,
        as caller: Caller = .owner
    ) async throws -> RouteResponse {
        try await house.call(method, path, parameters, query: query, body: body, accept: accept, as: caller)
    }

    func json(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = "", as caller: Caller = .owner
    ) async throws -> JSONTree {
        try await house.json(method, path, parameters, query: query, body: body, as: caller)
    }

    /// The refusal's code of a route; nil when it did not refuse.
    func refusal(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = "", as caller: Caller = .owner
    ) async throws -> RefusalCode? {
        try await house.refusal(method, path, parameters, query: query, body: body, as: caller)
    }

    func row(_ sql: String, _ arguments: [SQLValue] = []) throws -> Row? { try house.row(sql, arguments) }

    func rows(_ sql: String, _ arguments: [SQLValue] = []) throws -> [Row] { try house.rows(sql, arguments) }

    func count(_ table: String, where condition: String = "1 = 1") throws -> Int64 {
        try house.count(table, where: condition)
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
