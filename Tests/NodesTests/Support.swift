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

/// The line with one solution: a database in memory, a clock that is moved by hand, and no queue.
final class Site: @unchecked Sendable {
    // Tests call a site from one task only; the lock makes that true for `FakeLine` too.
    private let lock = NSRecursiveLock()
    let database: Database
    let devices: DeviceRegistry
    let commands: CommandRegistry
    private var seat: LoadedHandler
    var handler: any MessageHandler { seat.unready }
    var now = ten
    /// What routes published.
    var published: [OutgoingMessage] = []

    init(deviceLimit: Int = 1_000, commandLimit: Int = 1_000) async throws {
        database = try Database.open(DatabaseConfiguration(.memory))
        devices = DeviceRegistry(limit: deviceLimit, admission: .byContact)
        commands = CommandRegistry(limitPerDevice: commandLimit)
        try await database.migrate([RegistryTables.migrations, NodesSolution().migrations], at: 0)
        seat = LoadedHandler(
            NodesSolution().makeHandler(
                LineServices(devices: devices, commands: commands, audit: UntouchedBooks())))
    }

    /// The program starts anew on the same tables.
    func restart() {
        seat = LoadedHandler(
            NodesSolution().makeHandler(
                LineServices(devices: devices, commands: commands, audit: UntouchedBooks())))
    }

    /// One batch with one piece of work; its effects, or what it threw.
    @discardableResult
    func batch(_ work: (any MessageHandler, inout LineContext) throws -> Void) throws -> Effects {
        try lock.withLock {
            var thrown: (any Error)?
            let line = try database.writeBlocking { transaction in
                var line = LineContext(now: now, transaction: transaction)
                do {
                    let handler = try seat.ready(in: &line)
                    try line.perform { try work(handler, &$0) }
                } catch {
                    thrown = error
                }
                try line.perform { try handler.finishBatch(in: &$0) }
                return line
            }
            let effects = line.effects
            seat.batchCommitted()
            if line.forgetsAfterCommit { seat.forget() }
            if let thrown { throw thrown }
            return effects
        }
    }

    /// A batch whose commit fails.
    func failingBatch(_ work: (any MessageHandler, inout LineContext) throws -> Void) {
        struct Broken: Error {}
        lock.withLock {
            try? database.writeBlocking { transaction in
                var line = LineContext(now: now, transaction: transaction)
                let handler = try seat.ready(in: &line)
                try line.perform { try work(handler, &$0) }
                try line.perform { try handler.finishBatch(in: &$0) }
                throw Broken()
            }
            seat.forget()
        }
    }

    func after(seconds: Double) {
        now = now.advanced(byMicroseconds: Int64(seconds * 1_000_000))
    }

    @discardableResult
    func hear(
        _ topic: String, _ payload: String, client: String? = "board", from sender: MessageOrigin.Sender = .anybody,
        isWill: Bool = false
    ) throws -> Effects {
        try batch { handler, line in
            try handler.handle(message(topic, payload, client: client, from: sender, isWill: isWill), in: &line)
        }
    }

    func message(
        _ topic: String, _ payload: String, client: String? = "board", from sender: MessageOrigin.Sender = .anybody,
        isWill: Bool = false
    ) -> DeviceMessage {
        DeviceMessage(
            topic: topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init),
            payload: Array(payload.utf8),
            origin: MessageOrigin(clientID: client, address: "10.0.0.7", sender: sender), receivedAt: now,
            isWill: isWill)
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
    func presence(_ change: PresenceChange) throws -> Effects {
        try batch { handler, line in try handler.presence(change, in: &line) }
    }

    @discardableResult
    func delivery(_ report: DeliveryReport) throws -> Effects {
        try batch { handler, line in try handler.delivery(report, in: &line) }
    }

    @discardableResult
    func tick() throws -> Effects {
        try batch { handler, line in try handler.tick(in: &line) }
    }

    /// The row of a node, or of a command, as the tables have it.
    func row(_ sql: String, _ arguments: [SQLValue] = []) throws -> Row? {
        try database.readBlocking { try $0.queryFirst(sql, arguments) }
    }

    func state(_ id: String = "01") throws -> String? {
        try row("SELECT state FROM node WHERE device = $1", [.text("node_\(id)")])?.text(0)
    }

    func command(_ id: String, of device: String = "node_01") throws -> Command? {
        guard let device = DeviceID(device) else { return nil }
        return try database.readBlocking { try commands.command(id, device: device, in: $0) }
    }
}

/// A line without a queue, for routes.
struct FakeLine: Line {
    let site: Site

    func perform<Value: Sendable>(_ work: @escaping @Sendable (inout LineContext) throws -> Value) async throws -> Value
    {
        try run { _, line in try work(&line) }
    }

    func perform<Handler: MessageHandler, Value: Sendable>(
        with handler: Handler.Type, _ work: @escaping @Sendable (Handler, inout LineContext) throws -> Value
    ) async throws -> Value {
        try run { handler, line in
            guard let handler = handler as? Handler else { throw Refusal(.notFound, "no such solution") }
            return try work(handler, &line)
        }
    }

    private func run<Value>(_ work: (any MessageHandler, inout LineContext) throws -> Value) throws -> Value {
        var value: Value?
        site.published += try site.batch { handler, line in value = try work(handler, &line) }.publications
        guard let value else { throw Refusal(.internalFailure, "nothing came back") }
        return value
    }
}

/// History that gives what it was told, and notes what it was asked.
final class FakeHistory: ReadingHistory, @unchecked Sendable {
    // Set before the routes are called, read after they returned.
    var newest: [LatestValue] = []
    var table = ReadingTable(fields: [], rows: [], isTruncated: false)
    var asked: [ReadingQuery] = []

    func latest(device: DeviceID, measurement: String) async throws -> [LatestValue] {
        measurement == "telemetry" ? newest : []
    }

    func readings(_ query: ReadingQuery) async throws -> ReadingTable {
        asked.append(query)
        return table
    }
}

struct SiteClock: WallClock {
    let site: Site
    func now() -> Timestamp { site.now }
}
