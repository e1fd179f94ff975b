internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

/// Somebody who has just come in.
struct Welcome: Sendable {
    let account: Account
    let signIn: SignIn
    let refresh: SecretKey
    /// What their browser is to show from now on; nil: what it has.
    let browser: BrowserKeys?
}

/// What somebody types at the door. It prints nothing of itself.
struct Words: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let name: String
    let password: String
    let code: String?

    var description: String { "words at the door" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// Coming in.
extension People {
    private enum Verdict: Sendable {
        case welcome(Welcome)
        case refused
        case codeNeeded
        case locked(Int)
    }

    /// What is known of an attempt before its password is hashed.
    private struct Prepared: Sendable {
        let attempt: Attempt
        /// What the password is compared with; nil: the name is nobody's.
        let stored: PasswordHash?
        let look: SignInGuard.Look
    }

    /// Signs somebody in with their password.
    ///
    /// A name that nobody has, a wrong password, a wrong code and an account that is disabled all cost the same time, give the same
    /// answer, and count the same. It is judged by the clock of the line, when its turn has come: not by the time at which the request
    /// came, which somebody who sends slowly chooses.
    /// - Throws: `bad_credentials`, `second_factor_needed`, `too_many_requests`; `SQLFailure`.
    func signIn(_ words: Words, over transport: RequestTransport) async throws -> Welcome {
        let prepared = try await prepare(
            words.name, showing: cookies.keys(of: transport).keys, from: transport.address)
        let check = try await compare(words.password, prepared)
        let verdict = try await line.perform { [self] line in
            try judge(prepared, words, check: check, over: transport, at: line.now, in: line.transaction())
        }
        switch verdict {
        case .welcome(let welcome): return welcome
        case .refused: throw Refusal(.badCredentials, "The user name, the password or the code is not right.")
        case .codeNeeded: throw People.codeNeeded
        case .locked(let seconds): throw People.locked(seconds)
        }
    }

    /// Whether a password is that of the account, for somebody who has signed in: before they change what guards their account. Guessing
    /// counts as at the door, for their sign-in alone: what others try at the door does not keep them from it.
    /// - Throws: `bad_credentials`, `too_many_requests`; `SQLFailure`.
    func confirm(_ password: String, of account: Account, by caller: Caller) async throws {
        try await confirm(password, of: account, by: caller) { _, _, _ in nil }
    }

    /// As `confirm`, and with a code of the second factor where there is one: before that factor is replaced or given up. Who has found
    /// out the password, and a page that was left open, shall not be able to take away what guards against just that.
    /// - Throws: `second_factor_needed`, `bad_credentials`, `too_many_requests`; `SQLFailure`.
    func confirm(_ password: String, code: String?, of account: Account, by caller: Caller) async throws {
        try await confirm(password, of: account, by: caller) { [self] secrets, instant, transaction in
            guard let factor = secrets.secondFactor else { return nil }
            guard let code, !code.isEmpty else { return People.codeNeeded }
            if try use(code, of: account.id, factor, after: secrets.lastStep, at: instant, in: transaction) {
                return nil
            }
            return Refusal(.badCredentials, "The code is not right, or was used before: each works once.")
        }
    }

    /// - Parameter further: what there is against it beside the password.
    private func confirm(
        _ password: String, of account: Account, by caller: Caller,
        further: @escaping @Sendable (AccountSecrets, Timestamp, Transaction) throws -> Refusal?
    ) async throws {
        let prepared = try await prepare(account.name.text, signedIn: caller.session, from: caller.address)
        let check = try await compare(password, prepared)
        // A failure has to be counted, and what is thrown inside would undo that.
        let refusal: Refusal? = try await line.perform { [self] line in
            let (instant, transaction) = (line.now, try line.transaction())
            if let seconds = try guardian.follow(prepared.attempt, at: instant, in: transaction).secondsLocked {
                return People.locked(seconds)
            }
            var refusal: Refusal?
            if let secrets = try AccountTable.secrets(account.id, in: transaction), check.isRight,
                secrets.password == prepared.stored
            {
                refusal = try further(secrets, instant, transaction)
            } else {
                refusal = Refusal(.badCredentials, "The password is not right.")
            }
            if refusal?.code == .badCredentials {
                try count(prepared.attempt, named: account.name, from: caller.address, at: instant, in: transaction)
            }
            return refusal
        }
        if let refusal { throw refusal }
    }

    /// Looks up whom a name means and whether they are listened to, before anything is hashed. What is looked up is the same for a name that
    /// nobody has.
    /// - Parameters:
    ///   - keys: what the browser shows.
    ///   - session: the sign-in of whoever is here already.
    /// - Throws: `too_many_requests` when they are not; `SQLFailure`.
    private func prepare(
        _ name: String, showing keys: [SecretKey] = [], signedIn session: String? = nil, from address: String?
    ) async throws -> Prepared {
        let (guardian, guardKey, clock) = (guardian, guardKey, clock)
        let prepared = try await database.read { reader in
            let now = clock.now()
            let door = try AccountName(name).flatMap { try AccountTable.door(of: $0, in: reader) }
            let known = try keys.map(\.hash).filter {
                try KnownBrowserTable.isKnown(
                    $0, to: door?.account ?? "", generation: door?.generation ?? 0, at: now, in: reader)
            }
            let attempt = Attempt(
                name: name, account: door?.account, address: address,
                own: session.map { .signIn($0) } ?? known.first.map { .browser($0) }, key: guardKey)
            return Prepared(
                attempt: attempt, stored: door?.password, look: try guardian.look(attempt, at: now, in: reader))
        }
        var look = prepared.look
        if look.isAhead {
            look = try await line.perform { line in
                try guardian.follow(prepared.attempt, at: line.now, in: line.transaction())
            }
        }
        if let seconds = look.secondsLocked { throw People.locked(seconds) }
        return prepared
    }

    private static let codeNeeded = Refusal(.secondFactorNeeded, "The code of the second factor is needed too.")

    private static func locked(_ seconds: Int) -> Refusal {
        Refusal(
            .tooManyRequests, "There were too many failed attempts. Wait before you try again.",
            retryAfterSeconds: seconds)
    }

    private func compare(
        _ password: String, _ prepared: Prepared
    ) async throws -> (isRight: Bool, rehashed: PasswordHash?) {
        let (known, costs) = (prepared.stored ?? nobody, settings.passwords)
        return try await worker.run(at: prepared.attempt.place(isKnown: prepared.look.isKnown)) {
            guard try known.matches(password) else { return (false, nil) }
            return (true, known.needsRehash(under: costs) ? try PasswordHash(of: password, parameters: costs) : nil)
        }
    }

    /// What the line decides, with what the tables say by then: of many attempts at once, no more than the policy allows count.
    private func judge(
        _ prepared: Prepared, _ words: Words, check: (isRight: Bool, rehashed: PasswordHash?),
        over transport: RequestTransport, at instant: Timestamp, in transaction: Transaction
    ) throws -> Verdict {
        let (attempt, stored) = (prepared.attempt, prepared.stored)
        if let seconds = try guardian.follow(attempt, at: instant, in: transaction).secondsLocked {
            return .locked(seconds)
        }
        let account = try attempt.account.flatMap { try AccountTable.account($0, in: transaction) }
        let secrets = try account.flatMap { try AccountTable.secrets($0.id, in: transaction) }
        guard let account, let secrets, check.isRight, account.state == .active, secrets.password == stored else {
            try count(attempt, named: account?.name, from: transport.address, at: instant, in: transaction)
            return .refused
        }
        if let factor = secrets.secondFactor {
            guard let code = words.code, !code.isEmpty else { return .codeNeeded }
            guard try use(code, of: account.id, factor, after: secrets.lastStep, at: instant, in: transaction) else {
                try count(attempt, named: account.name, from: transport.address, at: instant, in: transaction)
                return .refused
            }
        }
        if let stored, let rehashed = check.rehashed {
            try AccountTable.rehash(account.id, from: stored, to: rehashed, in: transaction)
        }
        try guardian.succeeded(attempt, at: instant, in: transaction)
        return .welcome(try begin(account, over: transport, at: instant, in: transaction))
    }

    private func use(
        _ code: String, of account: String, _ factor: OneTimePassword, after last: Int64?, at instant: Timestamp,
        in transaction: Transaction
    ) throws -> Bool {
        if let step = factor.acceptedStep(of: code, atSecond: instant.microseconds / 1_000_000, after: last) {
            return try SecondFactorTable.use(step: step, of: account, in: transaction)
        }
        guard let recovery = RecoveryCode(code) else { return false }
        return try SecondFactorTable.use(recovery, of: account, in: transaction)
    }

    /// Counts a failure. The audit hears of the first in a while and of each lock, so that guessing cannot fill it; of a name that nobody
    /// has it hears no name, which may be a password in the wrong field.
    private func count(
        _ attempt: Attempt, named name: AccountName?, from address: String?, at instant: Timestamp,
        in transaction: Transaction
    ) throws {
        let consequence = try guardian.failed(attempt, at: instant, in: transaction)
        let caller = Caller(.anonymous, address: address)
        let target = name.map { "user:\($0)" }
        if consequence.isFirst {
            let entry = AuditEntry(caller, .signIn, target: target, outcome: .refused)
            try audit.record(entry, at: instant, in: transaction)
        }
        for lock in consequence.locked {
            let facts = [("of", lock.of), ("seconds", String(lock.seconds))]
            let entry = AuditEntry(caller, .lockOut, target: target, outcome: .refused, facts: facts)
            try audit.record(entry, at: instant, in: transaction)
        }
    }

    /// Begins a sign-in.
    func begin(
        _ account: Account, over transport: RequestTransport, at instant: Timestamp, in transaction: Transaction
    ) throws -> Welcome {
        let key = SecretKey(.refresh)
        let signIn = SignIn(
            id: Identifier.make(), account: account.id, generation: account.generation, createdAt: instant,
            lastUsedAt: instant, expiresAt: instant.advanced(bySeconds: settings.refreshSeconds),
            address: transport.address.map { String($0.prefix(64)) },
            userAgent: transport.userAgent.map { String($0.unicodeScalars.prefix(200)) }, step: 1, openedAt: instant,
            issued: 1)
        try SignInTable.insert(signIn, refreshHash: key.hash, in: transaction)
        // The one that gave way may have something open.
        if try SignInTable.prune(account.id, limit: settings.signInsPerAccount, at: instant, in: transaction) {
            try TrustEpoch.advance(in: transaction)
        }
        try AccountTable.signedIn(account.id, at: instant, in: transaction)
        let caller = caller(of: account, signIn, transport)
        let entry = AuditEntry(caller, .signIn, target: "user:\(account.name)")
        try audit.record(entry, at: instant, in: transaction)
        let browser = try know(account, over: transport, at: instant, in: transaction)
        return Welcome(account: account, signIn: signIn, refresh: key, browser: browser)
    }

    func caller(of account: Account, _ signIn: SignIn, _ transport: RequestTransport) -> Caller {
        Caller(
            .person(account: account.id, name: account.name.text, session: signIn.id),
            grants: account.grants(administration.roles), address: transport.address)
    }
}
