import Classrooms
import Commands
import DeviceDoors
import Foundation
import HubModel
import HubTesting
import Ingest
import MQTTBroker
import MQTTCodec
import Nodes
import Parking
public import Registry
import SQL
public import SolutionKit
import Synchronization
import TimeSeries

extension DeviceRegistry: DeviceBook {}
extension CommandRegistry: CommandBook {}
extension AuditRegistry: AuditBook {}

/// How a hub ends.
enum Ending: CaseIterable {
    /// SIGTERM: what was taken is stored, clients are told, files are closed.
    case terminated
    /// SIGKILL: what the last commit left is what there is.
    case killed
}

/// The hub from the broker's core to the tables, on one folder, with every part that the program has between them. There are no sockets, and the
/// clock is moved by hand, so that years pass in a second. Confined to one task.
final class WholeHub {
    private let folder: String
    private let clock: ManualClock
    private let numbers = Numbers()
    private var uptime: Int64 = 1_000_000
    private var running: Running?

    /// What ends with the process.
    private struct Running {
        let database: Database
        let store: TimeSeriesStore
        let line: IngestLine
        let writer: Task<Void, Never>
        let outbound: BrokerOutbound
        let published: Published
        let ledger: LineLedger
        let authorizer = HubAuthorizer(isOpen: true)
        var core: BrokerCore
        var peers: [ConnectionHandle: Peer] = [:]
        var closing: [ConnectionHandle] = []
        var connectionCount: UInt64 = 0
        let routes: [Route]
    }

    /// A hub that does not run yet.
    /// - Parameter template: a data folder whose tables are up to date; it is copied.
    init(folder: String, template: String?, clock: ManualClock) throws {
        self.folder = folder
        self.clock = clock
        if let template {
            try FileManager.default.copyItem(atPath: template, toPath: folder)
        } else {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    private static var migrations: [Migrations] {
        [
            TimeSeriesStore.migrations, RegistryTables.migrations, SessionMigrations.all, CommandsRoom.migrations,
            NodesSolution().migrations, ParkingSolution().migrations,
            ClassroomsSolution().migrations,
        ]
    }

    /// Starts on what the folder has, as the program does.
    func start() async throws {
        var configuration = DatabaseConfiguration(.file("\(folder)/martlet.db"), readers: 1)
        // Nobody pulls the plug here; a commit that is told to wait for the disk would only cost time.
        configuration.durability = .normal
        let database = try Database.open(configuration)
        _ = try await database.migrate(WholeHub.migrations, at: clock.now().microseconds)
        let store = try await TimeSeriesStore.open(
            database, TimeSeriesConfiguration(folder: folder), now: clock.now().microseconds)
        let (outbound, published) = (BrokerOutbound(), Published())
        let devices = DeviceRegistry(limit: 10_000, admission: .byContact)
        let commands = CommandRegistry(random: { [numbers] in numbers.next() })
        let room = CommandsRoom()
        let line = IngestLine(
            LineParts(
                solutions: [NodesSolution(), ParkingSolution(), ClassroomsSolution()],
                services: LineServices(devices: devices, commands: commands, audit: AuditRegistry()),
                commands: room.makeHandler,
                database: database, store: store, clock: clock, live: Unwatched(), outbound: outbound,
                log: { trouble in fatalError("a trouble of the line: \(trouble)") }))
        let services = WebServices(
            database: database, history: StoredHistory(store: store), line: line, devices: devices, commands: commands,
            commandPolls: room.polls(on: line), audit: AuditRegistry(), clock: clock)
        let writer = Task { await line.run() }
        let state = try StoredSessions.load(from: database)
        running = Running(
            database: database, store: store, line: line, writer: writer, outbound: outbound, published: published,
            ledger: LineLedger(line: line),
            core: BrokerCore(
                configuration: BrokerConfiguration(), authorizer: HubAuthorizer(isOpen: true), state: state, now: now),
            routes: NodesSolution().routes(services) + ParkingSolution().routes(services)
                + ClassroomsSolution().routes(services)
                + room.routes(services, forms: NodesSolution().commandForms))
        outbound.connect(publish: { published.append($0) })
        try await settle()
    }

    /// Ends it, and with it all connections.
    func end(_ ending: Ending) async throws {
        if ending == .terminated { try await handle(.shutDown) }
        guard let running else { return }
        running.line.stop()
        await running.writer.value
        if ending == .terminated { try await running.store.close() }
        try running.database.close()
        self.running = nil
    }

    /// What time it is.
    var now: Moment { Moment(uptime: uptime, wall: clock.now().microseconds) }

    /// A millisecond passes, and nobody looks.
    func breathe() {
        uptime += 1
        clock.move(milliseconds: 1)
    }

    /// Lets time pass; also while the hub does not run.
    func pass(milliseconds: Int64) async throws {
        var left = milliseconds
        while left > 0 {
            let step = min(left, 250)
            uptime += step
            clock.move(milliseconds: step)
            if running != nil { try await handle(.tick) }
            left -= step
        }
        // The writer looks at the clock with each batch.
        if running != nil { try await settle() }
    }

    /// The machine's clock is set, and no time passes.
    func setClock(byMilliseconds step: Int64) {
        clock.move(milliseconds: step)
    }

    /// Writes sealed chunks, as maintenance does now and then.
    func seal() async throws {
        try await running?.store.sealIfDue(now: clock.now().microseconds)
    }

    // MARK: What a person asks

    /// The answer of a route as text; a refusal by its code.
    func ask(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], body: String = ""
    ) async throws -> String {
        guard let running, let route = running.routes.first(where: { $0.method == method && $0.path == path }) else {
            return "no route \(path)"
        }
        let caller = Caller(.open, grants: Grants(everywhere: .all))
        do {
            let response = try await route.answer(
                RouteRequest(
                    path: parameters, query: query, accept: nil, body: Array(body.utf8), receivedAt: clock.now(),
                    caller: caller, scope: try route.access.scope(for: caller),
                    transport: RequestTransport(address: "127.0.0.1")))
            if method != .get { try await settle() }
            return String(decoding: response.body, as: UTF8.self)
        } catch let refusal as Refusal {
            return "refused: \(refusal.code.rawValue)"
        }
    }

    // MARK: Clients

    /// A network connection on which nothing was said yet.
    func dial(_ version: ProtocolVersion) async throws -> ConnectionHandle? {
        guard running != nil else { return nil }
        running?.connectionCount += 1
        let count = running?.connectionCount ?? 0
        var actions = BrokerActions()
        let handle = running?.core.open(
            ConnectionPeer(text: "127.0.0.1:\(count)", address: nil), nonce: ConnectionNonce(high: count, low: count),
            now: now, into: &actions)
        if let handle { running?.peers[handle] = Peer(version: version) }
        try await settle(actions)
        return handle
    }

    func send(_ packet: Packet, on handle: ConnectionHandle) async throws {
        try await self.handle(.packet(packet, handle))
    }

    /// The network breaks.
    func drop(_ handle: ConnectionHandle) async throws {
        running?.peers[handle]?.isClosed = true
        try await self.handle(.closed(handle))
    }

    /// What a client heard since it was asked last; nil once its connection is over.
    func read(_ handle: ConnectionHandle) -> [Packet]? {
        guard let peer = running?.peers[handle] else { return nil }
        running?.peers[handle]?.packets = []
        return peer.isClosed && peer.packets.isEmpty ? nil : peer.packets
    }

    // MARK: Between the parts

    private func handle(_ event: BrokerEvent) async throws {
        var actions = BrokerActions()
        running?.core.handle(event, now: now, into: &actions)
        if !actions.isEmpty || running?.core.wantsTurn == true { try await settle(actions) }
    }

    /// Carries what the parts have for each other until none has anything.
    private func settle(_ first: BrokerActions = BrokerActions()) async throws {
        var actions = first
        for _ in 0..<10_000 {
            guard running != nil else { return }
            var next = BrokerActions()
            var touched: Set<ConnectionHandle> = []
            for item in actions.items { perform(item, actions.bytes, &touched) }
            for (connection, attempt) in actions.authentications {
                let decision = await OpenAuthenticator().authenticate(attempt)
                running?.core.handle(.authenticated(decision, connection), now: now, into: &next)
            }
            for (session, client) in actions.standings {
                let standing = await OpenAuthenticator().standing(of: client)
                running?.core.handle(.standing(standing, session), now: now, into: &next)
            }
            for connection in touched { running?.core.handle(.flushed(unsent: 0, connection), now: now, into: &next) }
            if !actions.entries.isEmpty || !actions.deliveries.isEmpty {
                // What is told waits for no answer.
                let outcomes = await commit(actions.entries + actions.deliveries.map(BrokerLedgerEntry.delivery))
                let answered = Array(outcomes.prefix(actions.entries.count))
                if !answered.isEmpty { running?.core.handle(.committed(answered), now: now, into: &next) }
            }
            for connection in running?.closing ?? [] {
                running?.core.handle(.closed(connection), now: now, into: &next)
            }
            running?.closing = []
            if running?.core.wantsTurn == true { running?.core.turn(now: now, into: &next) }
            if next.isEmpty {
                // The writer is done with everything before this when it has done this.
                try await running?.line.perform { _ in }
                let messages = running?.published.take() ?? []
                if messages.isEmpty { return }
                running?.core.handle(.publish(messages), now: now, into: &next)
                if next.isEmpty { return }
            }
            actions = next
        }
        fatalError("the hub never comes to rest")
    }

    private func commit(_ entries: [BrokerLedgerEntry]) async -> [CommitOutcome] {
        guard let ledger = running?.ledger else { return [] }
        return await withCheckedContinuation { continuation in
            ledger.commit(entries) { continuation.resume(returning: $0) }
        }
    }

    private func perform(_ item: BrokerAction, _ bytes: [UInt8], _ touched: inout Set<ConnectionHandle>) {
        switch item {
        case .send(let send):
            var packet = Array(bytes[send.offset..<send.offset + send.count])
            if let patch = send.patch {
                packet[0] = patch.firstByte
                if patch.identifierAt > 0 {
                    packet[patch.identifierAt] = UInt8(patch.identifier >> 8)
                    packet[patch.identifierAt + 1] = UInt8(patch.identifier & 0xFF)
                }
            }
            running?.peers[send.connection]?.take(packet)
            touched.insert(send.connection)
        case .close(let connection), .abort(let connection):
            guard running?.peers[connection]?.isClosed == false else { return }
            running?.peers[connection]?.isClosed = true
            running?.closing.append(connection)
        case .pauseReading, .resumeReading: break
        }
    }
}

/// The other end of a connection.
private struct Peer {
    private var decoder: PacketDecoder
    var packets: [Packet] = []
    var isClosed = false

    init(version: ProtocolVersion) {
        decoder = PacketDecoder(receiver: .client(version))
    }

    mutating func take(_ bytes: [UInt8]) {
        guard case .packet(let packet, bytes.count) = decoder.decode(bytes.span) else {
            fatalError("the broker sent what no client can read: \(bytes)")
        }
        packets.append(packet)
    }
}

/// What the line published and the broker has not seen.
private final class Published: Sendable {
    private let messages = Mutex<[ServerMessage]>([])

    func append(_ more: [ServerMessage]) { messages.withLock { $0 += more } }

    func take() -> [ServerMessage] {
        messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}

/// Numbers instead of randomness, so that two hubs give the same names. They go on after a restart.
private final class Numbers: Sendable {
    private let last = Mutex<UInt64>(0)

    func next() -> UInt64 {
        last.withLock {
            $0 += 1
            return $0
        }
    }
}

private struct Unwatched: LiveSink {
    func publish(_ events: [LiveEvent], committedAt: Timestamp) {}
}
