public import HubModel
public import SolutionKit
internal import Synchronization

/// The rates at which requests are let pass.
public struct GateRates: Hashable, Sendable {
    /// Of one address, of IPv6 one network of 64 bits (`AddressGroup`), whoever sends from there.
    public var perAddress: Rate
    /// Of one person, with all their sessions and tokens.
    public var perAccount: Rate
    /// Of one device over HTTP.
    public var perDevice: Rate

    /// Rates.
    public init(perAddress: Rate, perAccount: Rate, perDevice: Rate) {
        self.perAddress = perAddress
        self.perAccount = perAccount
        self.perDevice = perDevice
    }
}

/// The gate of a hub with accounts: finds out who sends a request, and how fast they may.
public final class Gatekeeper: RequestGate, MetricsSource {
    private struct State {
        var addresses: TokenBuckets<String>
        var accounts: TokenBuckets<String>
        var devices: TokenBuckets<DeviceID>
        var refusedByAddress: Int64 = 0
        var refusedByAccount: Int64 = 0
        var refusedByDevice: Int64 = 0
    }

    private let people: People
    private let devices: DeviceAdmission
    private let links: LinkDoor
    private let welcomes: Welcomes
    private let refusals: RefusalAudit
    private let state: Mutex<State>

    /// The name of the cookie in which a page's access token comes.
    public let accessCookie: String

    /// A gate in front of people and devices.
    /// - Parameters:
    ///   - links: the door for those who come with the key of a link.
    ///   - trouble: told why it could not be looked up whether somebody may stay.
    public init(
        people: People, devices: DeviceAdmission, links: LinkDoor, rates: GateRates,
        trouble: @escaping @Sendable (any Error) -> Void
    ) {
        self.people = people
        self.devices = devices
        self.links = links
        refusals = RefusalAudit(line: people.line, audit: people.audit)
        accessCookie = people.accessCookie
        welcomes = people.welcomes(trouble: trouble)
        state = Mutex(
            State(
                addresses: TokenBuckets(rates.perAddress), accounts: TokenBuckets(rates.perAccount),
                devices: TokenBuckets(rates.perDevice)))
    }

    /// Lets a request from an address pass.
    public func admit(address: String?, at instant: Timestamp) throws(Refusal) {
        let wait: Int? = state.withLock { state in
            let wait = state.addresses.take(AddressGroup.of(address), at: instant)
            if wait != nil { state.refusedByAddress += 1 }
            return wait
        }
        if let wait { throw tooMany("from this address", wait) }
    }

    /// Finds out who sends a request.
    public func caller(_ credentials: RequestCredentials) async throws -> Caller {
        let caller: Caller
        switch credentials.kind {
        case .none: return Caller(.anonymous, address: credentials.transport.address)
        case .unknown: throw Refusal(.notSignedIn, "The Authorization header is not understood: use Bearer.")
        case .link(let key, let kind):
            return try await links.caller(
                key: key, kind: kind, address: credentials.transport.address, at: credentials.receivedAt,
                isUse: !credentials.isAgain)
        case .bearer(let token):
            caller = try await people.caller(
                bearer: token, transport: credentials.transport, at: credentials.receivedAt)
        case .cookie(let token):
            caller = try await people.caller(
                cookie: token, transport: credentials.transport, at: credentials.receivedAt)
        case .device(let name, let key):
            caller = try await devices.caller(
                name: name, key: key, transport: credentials.transport, at: credentials.receivedAt)
        }
        if !credentials.isAgain { try count(caller, at: credentials.receivedAt) }
        return caller
    }

    /// Whether somebody has said that devices of the kind come from there without a key.
    public func admitsKeyless(_ kind: DeviceKind, from address: String?) -> Bool {
        devices.keyless.admits(kind, from: address)
    }

    /// Keeps the report of a device that waits to be approved.
    public func setAside(_ report: [UInt8], topic: [String], of credentials: RequestCredentials) async throws {
        guard case .device(let name, let key) = credentials.kind, let name = DeviceID(name) else {
            throw DeviceAdmission.badCredentials
        }
        try count(device: name, at: credentials.receivedAt)
        try await devices.setAside(
            report, topic: topic, of: name, key: key, address: credentials.transport.address,
            receivedAt: credentials.receivedAt)
    }

    /// Those of the callers who may not be here any more.
    public func unwelcome(among callers: Set<Caller>) async -> Set<Caller> {
        await welcomes.unwelcome(among: callers)
    }

    /// Tells the audit of what a person or their program was refused.
    public func note(_ refused: RefusedRequest) async {
        await refusals.note(refused)
    }

    /// Requests that were turned away because there were too many.
    public func metrics() -> [MetricFamily] {
        let (address, account, device) = state.withLock {
            ($0.refusedByAddress, $0.refusedByAccount, $0.refusedByDevice)
        }
        return [
            MetricFamily(
                "martlet_http_requests_limited_total", .counter, help: "Requests beyond a rate, by whose it was.",
                samples: [
                    MetricSample(Double(address), labels: [("by", "address")]),
                    MetricSample(Double(account), labels: [("by", "account")]),
                    MetricSample(Double(device), labels: [("by", "device")]),
                ])
        ]
    }

    private func count(_ caller: Caller, at instant: Timestamp) throws(Refusal) {
        if let device = caller.device { return try count(device: device, at: instant) }
        guard let account = caller.account else { return }
        let wait: Int? = state.withLock { state in
            let wait = state.accounts.take(account, at: instant)
            if wait != nil { state.refusedByAccount += 1 }
            return wait
        }
        if let wait { throw tooMany("of this account", wait) }
    }

    private func count(device: DeviceID, at instant: Timestamp) throws(Refusal) {
        let wait: Int? = state.withLock { state in
            let wait = state.devices.take(device, at: instant)
            if wait != nil { state.refusedByDevice += 1 }
            return wait
        }
        if let wait { throw tooMany("of this device", wait) }
    }

    private func tooMany(_ whose: String, _ wait: Int) -> Refusal {
        Refusal(.tooManyRequests, "There were too many requests \(whose).", retryAfterSeconds: wait)
    }
}

/// The gate of a hub that was opened with `--open`: whoever reaches it may do everything. Only the rate of an address counts.
public final class OpenGate: RequestGate {
    private let addresses: Mutex<TokenBuckets<String>>

    /// No page needs a cookie here.
    public let accessCookie = "martlet_access"

    private let links: LinkDoor?

    /// An open gate.
    /// - Parameter links: nil: no link opens anything.
    public init(perAddress: Rate, links: LinkDoor? = nil) {
        self.links = links
        addresses = Mutex(TokenBuckets(perAddress))
    }

    /// Lets a request from an address pass.
    public func admit(address: String?, at instant: Timestamp) throws(Refusal) {
        guard let wait = addresses.withLock({ $0.take(AddressGroup.of(address), at: instant) }) else { return }
        throw Refusal(.tooManyRequests, "There were too many requests from this address.", retryAfterSeconds: wait)
    }

    /// Everybody is the same, whatever they show; but a link shows what it is for here as well.
    public func caller(_ credentials: RequestCredentials) async throws -> Caller {
        if case .link(let key, let kind) = credentials.kind {
            guard let links else { throw RouteAccess.noSuchLink }
            return try await links.caller(
                key: key, kind: kind, address: credentials.transport.address, at: credentials.receivedAt,
                isUse: !credentials.isAgain)
        }
        return Caller(.open, grants: Grants(everywhere: .all), address: credentials.transport.address)
    }

    /// Everybody is let in already.
    public func admitsKeyless(_ kind: DeviceKind, from address: String?) -> Bool { false }

    /// Nobody waits at an open gate.
    public func setAside(_ report: [UInt8], topic: [String], of credentials: RequestCredentials) async throws {
        throw Refusal(.devicePending, "The hub is open: send it again.")
    }

    /// Nobody.
    public func unwelcome(among callers: Set<Caller>) async -> Set<Caller> { [] }

    /// Whoever comes in here is nobody of whom one could say that they tried.
    public func note(_ refused: RefusedRequest) async {}
}
