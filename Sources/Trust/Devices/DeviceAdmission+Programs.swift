internal import Credentials
public import HubModel
internal import Registry
internal import SQL
internal import SolutionKit
internal import Synchronization

extension DeviceAdmission {
    /// A person's program with a personal access token.
    func program(_ token: SecretKey, _ attempt: DeviceAttempt) async throws -> AdmissionDecision {
        let transport = RequestTransport(
            address: attempt.address, isLocal: false, isSecure: attempt.isSecure, cookies: [:], userAgent: nil)
        let caller = try await programs(token.text, transport, clock.now())
        guard case .token(let account, let name, let id) = caller.identity else { throw DeviceAdmission.badCredentials }
        let grants = DeviceAdmission.grants(of: caller)
        guard grants != .none else {
            throw Refusal(.forbidden, "This needs mqtt.subscribe, mqtt.publish or mqtt.system for the whole hub.")
        }
        let owner = ConnectionOwner.program(token: id)
        let isNoted = state.withLock { state in
            guard state.programs[owner] != nil || state.programs.count < DeviceAdmission.maximumPrograms else {
                return false
            }
            state.programs[owner] = caller
            return true
        }
        guard isNoted else { throw Refusal(.limitReached, "Too many programs were let in.") }
        // Once more, now that the watcher knows of it: what was taken away in between it would not have noticed.
        let again = try await programs(token.text, transport, clock.now())
        guard again.identity == caller.identity, again.grants == caller.grants else {
            throw DeviceAdmission.badCredentials
        }
        return .program(name: name, token: id, account: account, grants)
    }

    /// Those of these owners of sessions that are accounts which may not come in any more: disabled or deleted.
    /// - Throws: what the database throws.
    public func ended(amongAccounts owners: [String]) async throws -> [String] {
        try await database.read { reader in
            try owners.filter { owner in
                guard let account = ConnectionOwner.account(ofOwner: owner) else { return false }
                return try AccountTable.account(account, in: reader)?.state != .active
            }
        }
    }

    /// What an owner of connections may do now that is not there, and shows nothing: it was let in before a restart. Nil: nothing any more.
    /// - Parameter address: where it came from.
    /// - Throws: what the database throws.
    public func grants(ofAbsent owner: String, address: String?) async throws -> TopicGrants? {
        if let device = ConnectionOwner.activeDevice(owner) { return try await grants(ofActive: device) }
        if owner == ConnectionOwner.keyless {
            return keyless.grants(
                DeviceAttempt(userName: nil, clientID: "", password: nil, address: address))
        }
        guard let id = ConnectionOwner.token(owner), let caller = try await absentPrograms(id, address, clock.now())
        else { return nil }
        // Who publishes its will asks whose it is, and the watcher sends it away like any other.
        let isNoted = state.withLock { state in
            guard state.programs[owner] == nil else { return true }
            guard state.programs.count < DeviceAdmission.maximumPrograms else { return false }
            state.programs[owner] = caller
            return true
        }
        return isNoted ? DeviceAdmission.grants(of: caller) : nil
    }

    /// What devices may publish and subscribe.
    public var deviceRights: DeviceRights { rights }

    /// The program that an owner of connections stands for; nil when it was sent away.
    public func program(_ owner: String) -> Caller? {
        state.withLock { $0.programs[owner] }
    }

    /// What a person's program may do over MQTT. What devices say belongs to no one site, so the rights must hold for the whole hub.
    static func grants(of caller: Caller) -> TopicGrants {
        var grants = TopicGrants()
        if caller.grants.allows(.publishMQTT, at: nil) { grants.publish.append("#") }
        // `#` means nothing that begins with `$` (MQTT 5, 4.7.2).
        if caller.grants.allows(.subscribeMQTT, at: nil) { grants.subscribe.append("#") }
        if caller.grants.allows(.subscribeSystemTopics, at: nil) { grants.subscribe.append("$SYS/#") }
        return grants
    }
}
