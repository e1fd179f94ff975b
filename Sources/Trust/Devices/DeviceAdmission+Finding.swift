internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit
internal import Synchronization

extension DeviceAdmission {
    enum Found: Sendable {
        case active(DeviceRecord)
        case pending(DeviceID)
    }

    private struct Known: Sendable {
        var device: DeviceRecord?
        var stored: DeviceCredentials.Stored?
        var pending: PendingDevice?
        var isOpen = false
    }

    /// Who shows a name and a key or password: an active device, or one that waits.
    func find(_ name: DeviceID, secret: [UInt8]?, clientID: String?, address: String?) async throws -> Found {
        let known = try await lookUp(name)
        if let device = known.device {
            try await check(secret, known.stored, of: device, address: address)
            guard device.state == .active else { throw Refusal(.forbidden, "The device is disabled.") }
            await noteSeen(device, address: address)
            return .active(device)
        }
        return try await wait(name, known, secret: secret, clientID: clientID, address: address)
    }

    /// The device of a verified certificate.
    func holder(of certificate: DeviceAttempt.Certificate, _ attempt: DeviceAttempt) async throws -> DeviceRecord {
        let (credentials, registry, now) = (credentials, registry, clock.now())
        let names = ([certificate.commonName] + certificate.dnsNames).compactMap { $0.flatMap { DeviceID($0) } }
        let device: DeviceRecord? = try await database.read { reader in
            guard let issued = try credentials.certificate(certificate.serial, in: reader), issued.revokedAt == nil,
                issued.notAfter > now, names.contains(issued.device)
            else { return nil }
            return try registry.device(issued.device, in: reader)
        }
        guard let device else {
            state.withLock { $0.figures.wrongKeys += 1 }
            throw Refusal(.badCredentials, "The certificate is not one of a device of the hub.")
        }
        // Whoever shows a certificate and says another name means to be somebody else.
        if let userName = attempt.userName.flatMap({ DeviceID($0) }) {
            guard rights.candidates(userName).contains(device.id) else { throw DeviceAdmission.badCredentials }
        }
        guard device.state == .active else { throw Refusal(.forbidden, "The device is disabled.") }
        await noteSeen(device, address: attempt.address)
        return device
    }

    private func lookUp(_ name: DeviceID) async throws -> Known {
        let (registry, credentials, join, now) = (registry, credentials, join, clock.now())
        let rights = rights
        return try await database.read { reader in
            var known = Known()
            if let device = try rights.device(spelt: name, registry, in: reader) {
                known.device = device
                known.stored = try credentials.stored(of: device.id, in: reader)
                return known
            }
            known.pending = try join.pending(name, in: reader)
            known.isOpen = try join.openUntil(at: now, in: reader) != nil
            return known
        }
    }

    private func check(
        _ secret: [UInt8]?, _ stored: DeviceCredentials.Stored?, of device: DeviceRecord, address: String?
    ) async throws {
        let isKnown = device.address.map { AddressGroup.of($0) == AddressGroup.of(address) } ?? false
        switch (stored, secret) {
        case (.key(let hash)?, let secret?) where Digest.areEqual(Digest.sha256(secret), hash): return
        case (.password(let hash)?, let secret?):
            guard try await verify(secret, hash, of: device.id, address: address, isKnown: isKnown) else { fallthrough }
            return
        default:
            state.withLock { $0.figures.wrongKeys += 1 }
            throw DeviceAdmission.badCredentials
        }
    }

    /// Whether a password is the one behind a hash. Somebody who guesses is soon not listened to; a device whose password was right before
    /// never notices that.
    private func verify(
        _ password: [UInt8], _ hash: PasswordHash, of device: DeviceID, address: String?, isKnown: Bool = false
    ) async throws -> Bool {
        if state.withLock({ $0.verified.contains(password, hash, of: device) }) { return true }
        try throttle(device, address, isKnown)
        guard DeviceAdmission.offeredPasswords.contains(password.count),
            let text = String(validating: password, as: UTF8.self)
        else { return false }
        let place: PasswordWorker.Place =
            isKnown ? .known("\(device) \(AddressGroup.of(address))") : .stranger(from: address)
        return try await hashed(at: place) { [self] in
            // Once more: what was guessed beside this one, and looked at before it, counts too.
            try throttle(device, address, isKnown)
            let isRight = try hash.matches(text)
            state.withLock { state in
                if isRight {
                    state.verified.insert(password, hash, of: device)
                } else {
                    state.throttle.failed(device, from: address, at: clock.now())
                }
            }
            return isRight
        }
    }

    private func throttle(_ device: DeviceID, _ address: String?, _ isKnown: Bool) throws(Refusal) {
        let wait = state.withLock { state in
            let wait = state.throttle.secondsLocked(device, from: address, isKnown: isKnown, at: clock.now())
            if wait != nil { state.figures.throttled += 1 }
            return wait
        }
        guard let wait else { return }
        throw Refusal(.tooManyRequests, "There were too many wrong keys.", retryAfterSeconds: wait)
    }

    /// Has a password hashed. Where too many wait already, nobody waits for the answer that there is none.
    private func hashed<Value: Sendable>(
        at place: PasswordWorker.Place, _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let hasBegun = Atomic(false)
        do {
            return try await worker.run(at: place) {
                hasBegun.store(true, ordering: .relaxed)
                return try work()
            }
        } catch let refusal as Refusal where !hasBegun.load(ordering: .relaxed) {
            state.withLock { $0.figures.overloaded += 1 }
            throw refusal
        }
    }

    /// An unknown device asks to be let in, or waits already.
    private func wait(
        _ name: DeviceID, _ known: Known, secret: [UInt8]?, clientID: String?, address: String?
    ) async throws -> Found {
        if let pending = known.pending {
            // A name with a password behind it is held by whoever knows that; one without, outside the window, by its address.
            if let offered = pending.offered {
                guard let secret, try await verify(secret, offered, of: name, address: address) else {
                    state.withLock { $0.figures.wrongKeys += 1 }
                    throw DeviceAdmission.badCredentials
                }
            } else if !known.isOpen, pending.address != address {
                throw turnAway()
            }
        } else if !known.isOpen {
            throw turnAway()
        }
        // Before its row is there: so the watcher, which looks for those whose row is gone, misses none. Who is refused is not among those that
        // were let in: names that somebody makes up must not fill them.
        let isNoted = state.withLock { state in
            let known = state.pending.count + state.asking.count
            guard known < 2 * Int(join.limits.devices) || state.pending.contains(name) else { return false }
            state.asking[name, default: 0] += 1
            return true
        }
        guard isNoted else { throw Refusal(.limitReached, "Too many unknown devices wait to be approved.") }
        defer {
            state.withLock { state in
                let others = state.asking[name, default: 1] - 1
                state.asking[name] = others > 0 ? others : nil
            }
        }
        var offered: PasswordHash?
        if known.pending == nil, let secret, DeviceAdmission.offeredPasswords.contains(secret.count),
            let text = String(validating: secret, as: UTF8.self)
        {
            let parameters = parameters
            offered = try await hashed(at: .stranger(from: address)) {
                try PasswordHash(of: text, parameters: parameters)
            }
        }
        try await knock(name, offered: offered, clientID: clientID, address: address)
        state.withLock { state in
            if let offered, let secret { state.verified.insert(secret, offered, of: name) }
            state.pending.insert(name)
            state.figures.pendingAdmitted += 1
        }
        return .pending(name)
    }

    private func knock(_ name: DeviceID, offered: PasswordHash?, clientID: String?, address: String?) async throws {
        let (join, registry, now, candidates) = (join, registry, clock.now(), rights.candidates(name))
        try await line.perform { line in
            let transaction = try line.transaction()
            // Since it was looked up, somebody may have approved it, or another one may have taken its name.
            guard try !candidates.contains(where: { try registry.device($0, in: transaction) != nil }) else {
                throw DeviceAdmission.badCredentials
            }
            if offered != nil, try join.pending(name, in: transaction) != nil { throw DeviceAdmission.badCredentials }
            try join.knock(
                name, offered: offered, clientID: clientID.map { String($0.prefix(128)) }, address: address, at: now,
                in: transaction)
        }
    }

    private func turnAway() -> Refusal {
        state.withLock { $0.figures.unknownRefused += 1 }
        return DeviceAdmission.badCredentials
    }
}
