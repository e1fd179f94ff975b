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

    /// Signs somebody in with their password.
    ///
    /// A name that nobody has, a wrong password, a wrong code and an account that is disabled all cost the same time, give the same
    /// answer, and count the same.
    /// - Throws: `bad_credentials`, `second_factor_needed`, `too_many_requests`; `SQLFailure`.
    func signIn(_ words: Words, over transport: RequestTransport, at instant: Timestamp) async throws -> Welcome {
        let (guardian, guardKey) = (guardian, guardKey)
        let (attempt, stored, seconds) = try await database.read { reader in
            let account = try AccountName(words.name).flatMap { try AccountTable.account(named: $0, in: reader) }
            let secrets = try account.flatMap { try AccountTable.secrets($0.id, in: reader) }
            let attempt = Attempt(
                name: words.name, account: account?.id, address: transport.address, key: guardKey)
            return (attempt, secrets?.password, try guardian.secondsLocked(attempt, at: instant, in: reader))
        }
        if let seconds { throw People.locked(seconds) }
        let check = try await compare(words.password, with: stored, from: transport.address)
        let verdict = try await line.perform { [self] line in
            try judge(
                attempt, words, stored: stored, check: check, over: transport, at: instant, in: line.transaction())
        }
        switch verdict {
        case .welcome(let welcome): return welcome
        case .refused: throw Refusal(.badCredentials, "The user name, the password or the code is not right.")
        case .codeNeeded: throw People.codeNeeded
        case .locked(let seconds): throw People.locked(seconds)
        }
    }

    /// Whether a password is somebody's own, who has signed in: before they change what guards their account. Guessing counts as at the
    /// door.
    /// - Throws: `bad_credentials`, `too_many_requests`; `SQLFailure`.
    func confirm(
        _ password: String, of account: Account, from address: String?, at instant: Timestamp
    ) async throws {
        let (guardian, guardKey) = (guardian, guardKey)
        let attempt = Attempt(name: account.name.text, account: account.id, address: address, key: guardKey)
        let (stored, seconds) = try await database.read { reader in
            (
                try AccountTable.secrets(account.id, in: reader)?.password,
                try guardian.secondsLocked(attempt, at: instant, in: reader)
            )
        }
        if let seconds { throw People.locked(seconds) }
        if try await compare(password, with: stored, from: address).isRight { return }
        try await line.perform { [self] line in
            try count(attempt, named: account.name, from: address, at: instant, in: line.transaction())
        }
        throw Refusal(.badCredentials, "The password is not right.")
    }

    /// As `confirm`, and with a code of the second factor where there is one: before that factor is replaced or given up. Who has found
    /// out the password, and a page that was left open, shall not be able to take away what guards against just that.
    /// - Throws: `second_factor_needed`, `bad_credentials`, `too_many_requests`; `SQLFailure`.
    func confirm(
        _ password: String, code: String?, of account: Account, from address: String?, at instant: Timestamp
    ) async throws {
        try await confirm(password, of: account, from: address, at: instant)
        let attempt = Attempt(name: account.name.text, account: account.id, address: address, key: guardKey)
        // A failure has to be counted, and what is thrown inside would undo that.
        let refusal: Refusal? = try await line.perform { [self] line in
            let transaction = try line.transaction()
            if let seconds = try guardian.secondsLocked(attempt, at: instant, in: transaction) {
                return People.locked(seconds)
            }
            let secrets = try AccountTable.secrets(account.id, in: transaction)
            guard let secrets, let factor = secrets.secondFactor else { return nil }
            guard let code, !code.isEmpty else { return People.codeNeeded }
            if try use(code, of: account.id, factor, after: secrets.lastStep, at: instant, in: transaction) {
                return nil
            }
            try count(attempt, named: account.name, from: address, at: instant, in: transaction)
            return Refusal(.badCredentials, "The code is not right, or was used before: each works once.")
        }
        if let refusal { throw refusal }
    }

    private static let codeNeeded = Refusal(.secondFactorNeeded, "The code of the second factor is needed too.")

    private static func locked(_ seconds: Int) -> Refusal {
        Refusal(
            .tooManyRequests, "There were too many failed attempts. Wait before you try again.",
            retryAfterSeconds: seconds)
    }

    private func compare(
        _ password: String, with stored: PasswordHash?, from address: String?
    ) async throws -> (isRight: Bool, rehashed: PasswordHash?) {
        let (known, costs) = (stored ?? nobody, settings.passwords)
        return try await worker.run(for: address) {
            guard try known.matches(password) else { return (false, nil) }
            return (true, known.needsRehash(under: costs) ? try PasswordHash(of: password, parameters: costs) : nil)
        }
    }

    /// What the line decides, with what the tables say by then: of many attempts at once, no more than the policy allows count.
    private func judge(
        _ attempt: Attempt, _ words: Words, stored: PasswordHash?, check: (isRight: Bool, rehashed: PasswordHash?),
        over transport: RequestTransport, at instant: Timestamp, in transaction: Transaction
    ) throws -> Verdict {
        if let seconds = try guardian.secondsLocked(attempt, at: instant, in: transaction) { return .locked(seconds) }
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
            let facts = [("of", lock.scope.rawValue), ("seconds", String(lock.seconds))]
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
        return Welcome(account: account, signIn: signIn, refresh: key)
    }

    func caller(of account: Account, _ signIn: SignIn, _ transport: RequestTransport) -> Caller {
        Caller(
            .person(account: account.id, name: account.name.text, session: signIn.id),
            grants: account.grants(administration.roles), address: transport.address)
    }
}
