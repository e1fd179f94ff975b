import Foundation
import HubModel
import HubTesting
import Nodes
public import Registry
import SQL
public import SolutionKit
import Testing

extension DeviceRegistry: DeviceBook {}
extension CommandRegistry: CommandBook {}

/// Where all the tests' clocks begin.
let ten = Timestamp(iso8601: "2026-11-21T10:00:00Z") ?? Timestamp(seconds: 0)

/// The house of nodes, with the hub's own registries of devices and commands.
///
/// Sendable by hand: tests call a site from one task only, and its routes one after the other.
final class Site: @unchecked Sendable {
    let house: SolutionHouse
    let devices: DeviceRegistry
    let commands: CommandRegistry
    /// What routes published.
    var published: [OutgoingMessage] = []

    init(deviceLimit: Int = 1_000, commandLimit: Int = 1_000) async throws {
        devices = DeviceRegistry(limit: deviceLimit, admission: .byContact)
        commands = CommandRegistry(limitPerDevice: commandLimit)
        house = try await SolutionHouse(
            NodesSolution(), tables: [RegistryTables.migrations], at: ten, devices: devices, commands: commands)
    }

    var database: Database { house.database }

    var now: Timestamp {
        get { house.clock.now() }
        set { house.clock.set(newValue) }
    }

    /// The program starts anew on the same tables.
    func restart() { house.restart() }

    /// One batch with one piece of work; its effects, or what it threw.
    @discardableResult
    func batch(_ work: (any MessageHandler, inout LineContext) throws -> Void) throws -> Effects {
        try house.batch(work)
    }

    /// A batch whose commit fails.
    func failingBatch(_ work: @escaping SolutionHouse.Work) {
        _ = try? house.batch(isBroken: true, [work])
    }

    func after(seconds: Double) {
        now = now.advanced(byMicroseconds: Int64(seconds * 1_000_000))
    }

    @discardableResult
    func hear(
        _ topic: String, _ payload: String, client: String? = "board", from sender: MessageOrigin.Sender = .anybody,
        isWill: Bool = false
    ) throws -> Effects {
        try house.hear(topic, payload, from: sender, client: client, isWill: isWill)
    }

    func message(
        _ topic: String, _ payload: String, client: String? = "board", from sender: MessageOrigin.Sender = .anybody,
        isWill: Bool = false
    ) -> DeviceMessage {
        house.message(topic, Array(payload.utf8), from: sender, client: client, isWill: isWill)
    }

    @discardableResult
    func telemetry(
        _ id: String = "01", client: String? = "board", from sender: MessageOrigin.Sender = .anybody
    ) throws -> Effects {
        try hear("iot/node/\(id)/telemetry", #"{"sensors":{"temperature":22.5}}"#, client: client, from: sender)
    }

    /// Makes the row of a device, as an administrator does before it is heard of.
    func register(_ id: String, kind: DeviceKind = .node, site: String? = nil, controller: String? = nil) throws {
        try batch { _, line in
            let device = try #require(DeviceID(id))
            _ = try devices.admit(device, kind: kind, at: ten, in: try line.transaction())
        }
        if let site { try change(id, site: site) }
        if let controller { try change(id, controller: controller) }
    }

    /// Puts a device elsewhere; the handler is not told.
    func change(_ id: String, site: String) throws {
        try batch { _, line in
            let transaction = try line.transaction()
            try transaction.execute(
                "INSERT INTO site (id, title, created_at) VALUES ($1, $1, 0) ON CONFLICT (id) DO NOTHING", [.text(site)]
            )
            try transaction.execute("UPDATE device SET site = $2 WHERE id = $1", [.text(id), .text(site)])
        }
    }

    /// Gives a device a controller, or takes it away; the handler is not told.
    func change(_ id: String, controller: String?) throws {
        try batch { _, line in
            try line.transaction().execute(
                "UPDATE device SET controller = $2 WHERE id = $1", [.text(id), SQLValue(controller)])
        }
    }

    @discardableResult
    func presence(_ change: PresenceChange) throws -> Effects { try house.presence(change) }

    @discardableResult
    func delivery(_ report: DeliveryReport) throws -> Effects { try house.delivery(report) }

    @discardableResult
    func tick() throws -> Effects { try house.pass() }

    /// The row of a node, or of a command, as the tables have it.
    func row(_ sql: String, _ arguments: [SQLValue] = []) throws -> Row? {
        try house.row(sql, arguments)
    }

    func state(_ id: String = "01") throws -> String? {
        try row("SELECT state FROM node WHERE device = $1", [.text("node_\(id)")])?.text(0)
    }

    func command(_ id: String, of device: String = "node_01") throws -> Command? {
        guard let device = DeviceID(device) else { return nil }
        return try database.readBlocking { try commands.command(id, device: device, in: $0) }
    }
}

/// The house's line, which notes what routes publish by it.
struct PublishedLine: Line {
    let site: Site

    func perform<Value: Sendable>(_ work: @escaping @Sendable (inout LineContext) throws -> Value) async throws -> Value
    {
        let value = try await site.house.perform(work)
        site.published += site.house.effects.publications
        return value
    }

    func perform<Handler: MessageHandler, Value: Sendable>(
        with handler: Handler.Type, _ work: @escaping @Sendable (Handler, inout LineContext) throws -> Value
    ) async throws -> Value {
        let value = try await site.house.perform(with: handler, work)
        site.published += site.house.effects.publications
        return value
    }
}
