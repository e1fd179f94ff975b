package import Credentials
public import HubModel
public import Registry
public import SQL
public import SolutionKit
internal import Synchronization

/// Finds out who a device is that knocks at one of the doors, and lets it in or not. A person's program comes in by the same doors, with a
/// personal access token for a password.
public final class DeviceAdmission: Sendable, MetricsSource {
    /// Finds out whose a personal access token is.
    /// - Throws: `Refusal` when it is worth nothing.
    public typealias Programs =
        @Sendable (
            _ token: String, _ transport: RequestTransport, _ instant: Timestamp
        ) async throws -> Caller

    /// Finds out whose a personal access token is by its identifier, not its secret; nil when it is worth nothing any more.
    /// - Throws: what the database throws.
    public typealias AbsentPrograms =
        @Sendable (_ token: String, _ address: String?, _ instant: Timestamp) async throws -> Caller?

    struct State {
        var figures = Figures()
        var throttle: KeyThrottle
        var verified: VerifiedPasswords
        /// Waiting devices that were let in since the start; those that wait no more are taken out by the watcher.
        var pending: Set<DeviceID> = []
        /// Those of them that are asking right now, and how many connections do: their row is not there yet.
        var asking: [DeviceID: Int] = [:]
        /// Programs that were let in since the start, by owner.
        var programs: [String: Caller] = [:]
        /// Messages of waiting devices that were not kept and are not yet counted in the tables.
        var dropped: [DeviceID: Int64] = [:]
    }

    struct Figures {
        var unknownRefused: Int64 = 0
        var wrongKeys: Int64 = 0
        var throttled: Int64 = 0
        var overloaded: Int64 = 0
        var pendingAdmitted: Int64 = 0
        var keylessAdmitted: Int64 = 0
        var setAside: Int64 = 0
        var dropped: Int64 = 0
    }

    /// Tokens of which connections are watched at most.
    static let maximumPrograms = 10_000
    /// Bytes that a password must have to be worth keeping, and those it may have.
    static let offeredPasswords = 12...1_024
    /// Passwords that wait to be hashed, of all and of one address, and once more as many of devices at the address where they were last:
    /// far fewer than the broker has decided on at once
    /// (`BrokerLimits.concurrentAuthentications`), so that whoever shows a key waits for nobody's guesses.
    package static let passwordsWaiting = 64
    static let passwordsWaitingOfAddress = 16
    /// Of these, of one device at the address where it was last.
    static let passwordsWaitingOfDevice = 8

    let database: Database
    let line: any Line
    let rights: DeviceRights
    let registry: DeviceRegistry
    let credentials: DeviceCredentials
    let join: JoinRegistry
    let clock: any WallClock
    let programs: Programs
    let absentPrograms: AbsentPrograms
    let keyless: KeylessDevices
    private let trouble: @Sendable (any Error) -> Void
    let worker = PasswordWorker(
        limit: passwordsWaiting, limitPerAddress: passwordsWaitingOfAddress, limitOfKnown: passwordsWaiting,
        limitPerKnown: passwordsWaitingOfDevice)
    let parameters: PasswordHash.Parameters
    let state: Mutex<State>

    /// Doors' knowledge over the tables of `RegistryTables`.
    /// - Parameters:
    ///   - keyless: devices that are let in although they show nothing.
    ///   - trouble: told why somebody who connects could not be judged, which they are not.
    ///   - absentPrograms: the same for a token that is not shown.
    ///   - programs: finds out whose a personal access token is.
    public convenience init(
        database: Database, line: any Line, rights: DeviceRights, registry: DeviceRegistry = DeviceRegistry(),
        join: JoinRegistry = JoinRegistry(), clock: any WallClock, keyless: KeylessDevices = .none,
        trouble: @escaping @Sendable (any Error) -> Void,
        absentPrograms: @escaping AbsentPrograms = { _, _, _ in nil }, programs: @escaping Programs
    ) {
        self.init(
            database: database, line: line, rights: rights, registry: registry, join: join, clock: clock,
            passwords: .standard, keyless: keyless, trouble: trouble, absentPrograms: absentPrograms,
            programs: programs)
    }

    /// As above, with other costs of scrypt: for tests.
    package init(
        database: Database, line: any Line, rights: DeviceRights, registry: DeviceRegistry = DeviceRegistry(),
        join: JoinRegistry = JoinRegistry(), clock: any WallClock, passwords parameters: PasswordHash.Parameters,
        keyless: KeylessDevices = .none, trouble: @escaping @Sendable (any Error) -> Void = { _ in },
        absentPrograms: @escaping AbsentPrograms = { _, _, _ in nil }, programs: @escaping Programs
    ) {
        self.database = database
        self.line = line
        self.rights = rights
        self.registry = registry
        self.join = join
        self.clock = clock
        self.programs = programs
        self.absentPrograms = absentPrograms
        self.keyless = keyless
        self.trouble = trouble
        self.parameters = parameters
        credentials = DeviceCredentials(registry: registry)
        let secret = SecretKey(.device).hash
        state = Mutex(State(throttle: KeyThrottle(), verified: VerifiedPasswords(key: secret)))
    }

    /// Decides about a client that connects over MQTT.
    public func admit(_ attempt: DeviceAttempt) async -> AdmissionDecision {
        do {
            // Read first: whatever changes after this, the watcher ends the connection for.
            let revision = try await database.read { try TrustEpoch.current(in: $0) }
            if let certificate = attempt.certificate {
                let device = try await holder(of: certificate, attempt)
                return .device(device.id, try await grants(of: device, revision))
            }
            if let password = attempt.password, let token = SecretKey(String(decoding: password, as: UTF8.self)),
                token.purpose == .personalToken
            {
                return try await program(token, attempt)
            }
            if let grants = keyless.grants(attempt) {
                state.withLock { $0.figures.keylessAdmitted += 1 }
                return .keyless(grants)
            }
            // A device that knows no user name shows itself by its client identifier.
            guard let name = DeviceID(attempt.userName ?? attempt.clientID) else {
                throw Refusal(.badCredentials, "The user name is not the name of a device.")
            }
            switch try await find(
                name, secret: attempt.password, clientID: attempt.clientID, address: attempt.address)
            {
            case .active(let device): return .device(device.id, try await grants(of: device, revision))
            case .pending(let device): return .pending(device)
            }
        } catch let refusal as Refusal {
            return .refused(refusal)
        } catch {
            trouble(error)
            return .refused(Refusal(.internalFailure, "The device could not be looked up."))
        }
    }

    /// Finds out which device sends a request over HTTP.
    /// - Throws: `Refusal`: `bad_credentials`, `device_pending`, `forbidden` for one that is disabled, `too_many_requests`;
    ///   what the database throws.
    public func caller(
        name: String, key: String, transport: RequestTransport, at instant: Timestamp
    ) async throws -> Caller {
        guard let name = DeviceID(name) else { throw DeviceAdmission.badCredentials }
        switch try await find(name, secret: Array(key.utf8), clientID: nil, address: transport.address) {
        case .pending: throw Refusal(.devicePending, "The device waits to be approved.")
        case .active(let device):
            return Caller(.device(device.id, device.kind, site: device.site), address: transport.address)
        }
    }

    static let badCredentials = Refusal(.badCredentials, "The device's name or its key is not right.")

    func grants(of device: DeviceRecord, _ revision: Int64 = 0) async throws -> TopicGrants {
        let registry = registry
        let controlled = try await database.read {
            try registry.controlled(by: device.id, limit: DeviceRights.maximumControlled, in: $0)
        }
        var grants = rights.grants(of: device.id, kind: device.kind, controlling: controlled)
        grants.revision = revision
        grants.generation = device.generation
        return grants
    }

    /// Notes that a device is there, at most once a minute: a storm of connections must not become one of writes.
    func noteSeen(_ device: DeviceRecord, address: String?) async {
        let now = clock.now()
        if address == device.address || address == nil {
            var noting = Occasionally.onceAMinute(after: device.lastSeen)
            guard noting.isDue(at: now) else { return }
        }
        let registry = registry
        // When the line is full this is not worth a word: the device's messages tell the same.
        _ = try? await line.perform { line in
            try registry.seen(device.id, at: now, address: address, firmware: nil, in: line.transaction())
        }
    }

    /// Unknown devices that were turned away since the start.
    public var refusedUnknown: Int64 { state.withLock { $0.figures.unknownRefused } }
}
