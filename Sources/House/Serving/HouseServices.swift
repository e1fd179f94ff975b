internal import DeviceDoors
internal import Foundation
internal import HubModel
internal import Ingest
internal import Logging
internal import MQTTBroker
internal import MQTTCodec
internal import SQL
internal import ServiceLifecycle
internal import SolutionKit
internal import TimeSeries
internal import Trust
internal import WebAPI

/// The line. It ends last, when everything that was taken is stored.
struct LineService: Service {
    let line: IngestLine

    func run() async {
        // Cancelled when another part of the house ended unasked: also then it has to end, and what was taken to be stored.
        await withTaskCancellationOrGracefulShutdownHandler {
            await line.run()
        } onCancelOrGracefulShutdown: {
            line.stop()
        }
    }
}

/// The broker: starts with its stored sessions, and ends by acknowledging what it has taken.
struct BrokerService: Service {
    let configuration: BrokerConfiguration
    /// Has looked at its tables before the first device is let in.
    let line: IngestLine
    let state: BrokerState
    /// The line, as the broker's ledger.
    let ledger: any BrokerLedger
    /// Who is let in; nil: everybody.
    let admission: DeviceAdmission?
    /// Told of what is refused to devices.
    let refusals: DoorRefusals
    let outbound: BrokerOutbound
    let clock: BrokerClock
    let broker: BrokerHandle
    let doors: Doors

    func run() async throws {
        await line.batchEnded()
        let (outbound, refusals) = (outbound, refusals)
        let running: Broker
        do {
            running = try await Port.opening(
                "MQTT (--mqtt, --mqtts)", configuration.listeners.map { HostPort(host: $0.host, port: $0.port) }
            ) {
                try await Broker.start(
                    configuration, ledger: ledger,
                    authenticator: admission.map { HubAuthenticator(admission: $0, refusals: refusals) } ?? .open,
                    authorizer: HubAuthorizer(isOpen: admission == nil, refusals: refusals),
                    state: state, clock: clock)
            }
        } catch {
            doors.giveUp()
            throw error
        }
        broker.set(running)
        outbound.connect(publish: { running.publish($0) })
        for (door, (listener, port)) in zip([Door.mqtt, .mqtts], zip(configuration.listeners, running.ports)) {
            doors.opened(door, HostPort(host: listener.host, port: port))
        }
        try? await gracefulShutdown()
        await running.drain()
    }
}

/// The broker once it runs, for those who ask for its figures before.
final class BrokerHandle: Sendable {
    private let broker = Locked<Broker?>(nil)

    func set(_ broker: Broker) {
        self.broker.set(broker)
    }

    /// Nil until the broker runs.
    var statistics: BrokerStatistics? { broker.get()?.statistics }

    func publish(_ messages: [ServerMessage]) {
        broker.get()?.publish(messages)
    }

    /// Ends the connections of an owner whose rights are older than a revision.
    func disconnect(owner: String, endsSessions: Bool, olderThan revision: Int64, rights: ClientRights?) {
        broker.get()?.disconnect(owner: owner, endSessions: endsSessions, olderThan: revision, rights: rights)
    }

    /// Does what came due because the clock was moved.
    func clockWasMoved() async {
        await broker.get()?.clockWasMoved()
    }

    /// Forgets what is retained on topics.
    func forgetRetained(on filters: [TopicFilter]) {
        broker.get()?.forgetRetained(on: filters)
    }
}

/// Sees to it that a right that was taken away ends what was open by it, and that what approved devices sent while they waited is taken in.
struct WatchService: Service {
    let accounts: Accounts
    let database: Database
    let line: IngestLine
    let broker: BrokerHandle
    let doors: Doors
    let rhythm: any Rhythm
    let trouble: TroubleLog

    func run() async {
        guard await doors.allOpen() != nil else {
            try? await gracefulShutdown()
            return
        }
        let (admission, database, broker, log) = (accounts.admission, database, broker, trouble)
        let note: @Sendable (any Error) -> Void = { log.note("Changes of rights could not be looked up", $0) }
        let watch = DeviceWatch(
            watcher: DeviceWatcher(admission: admission, welcomes: accounts.people.welcomes(trouble: note)),
            replay: AsideReplay(line: line, admission: admission), rhythm: rhythm,
            endedAccounts: {
                try await admission.ended(amongAccounts: try await StoredSessions.accounts(in: database))
            },
            closeWindow: { try await admission.closeWindowIfOver() },
            disconnect: { broker.disconnect(owner: $0, endsSessions: $1, olderThan: $2, rights: $3) },
            forget: { broker.forgetRetained(on: $0) }, trouble: note)
        await cancelWhenGracefulShutdown { await watch.run() }
    }
}

/// Reports of the broker's figures, once it runs.
struct ReporterService: Service {
    let reporter: BrokerReporter
    let doors: Doors

    func run() async {
        guard await doors.allOpen() != nil else {
            // A service that ends by itself would take the others with it at once, and not in their order.
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown { await reporter.run() }
    }
}

/// Pages, API and `/ws`.
struct WebService: Service {
    let server: WebServer
    /// Has looked at its tables before the first question is answered: what the process before it left half done is not shown.
    let line: IngestLine
    let addresses: [HostPort]
    let doors: Doors

    func run() async throws {
        // A signal may end the server before it listens.
        defer { doors.giveUp() }
        await line.batchEnded()
        let server = server
        try await Port.opening("pages (--http, --https)", addresses) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                group.addTask {
                    try? await gracefulShutdown()
                    // Requests in flight have their time, and no more than that.
                    await server.shutDown()
                }
                try await group.next()
                group.cancelAll()
            }
        }
    }
}

/// What has to be done every few seconds: looking after the data folder, folding the database's log, sealing telemetry.
struct MaintenanceService: Service {
    let stored: Stored
    let folder: DataFolder
    let authority: AuthorityWatch
    let clock: any HouseClock
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            var sealsAt = clock.uptime()
            var watch = StorageWatch(stored, folder, authority, logger: logger)
            await clock.every(.seconds(1)) {
                guard watch.look() else { return }
                await attempt("The database's log could not be folded") { try await stored.database.checkpoint() }
                let uptime = clock.uptime()
                if uptime >= sealsAt {
                    sealsAt = uptime + .seconds(5)
                    await attempt("Sealing failed") { try await stored.store.sealIfDue(now: clock.now().microseconds) }
                }
            }
        }
    }

    private func attempt<Value>(_ trouble: Logger.Message, _ work: () async throws -> Value) async {
        do {
            _ = try await work()
        } catch {
            logger.error(trouble, metadata: ["error": .string("\(error)")])
        }
    }
}
