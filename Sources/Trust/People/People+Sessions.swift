internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit
internal import Synchronization

/// Staying in, and other ways in and out.
extension People {
    /// Renews a sign-in with a refresh token that works once.
    /// - Throws: `not_signed_in`; `SQLFailure`.
    func refresh(_ text: String, over transport: RequestTransport) async throws -> Welcome {
        let refusal = Refusal(.notSignedIn, "The sign-in has ended: sign in again.")
        guard let shown = SecretKey(text), shown.purpose == .refresh else { throw refusal }
        let welcome = try await line.perform { [self] line in
            try renew(shown, over: transport, at: line.now, in: line.transaction())
        }
        guard let welcome else { throw refusal }
        return welcome
    }

    private func renew(
        _ shown: SecretKey, over transport: RequestTransport, at instant: Timestamp, in transaction: Transaction
    ) throws -> Welcome? {
        guard let (signIn, step) = try SignInTable.signIn(refreshHash: shown.hash, in: transaction) else { return nil }
        guard let account = try AccountTable.account(signIn.account, in: transaction), account.state == .active,
            account.generation == signIn.generation, signIn.expiresAt > instant
        else {
            try SignInTable.end(signIn.id, of: signIn.account, in: transaction)
            return nil
        }
        let rule = RefreshRule.judge(step: step, of: signIn, graceSeconds: settings.graceSeconds, at: instant)
        guard rule != .replayed else {
            try TrustEpoch.advance(in: transaction)
            try SignInTable.end(signIn.id, of: account.id, in: transaction)
            let caller = Caller(.anonymous, address: transport.address)
            let entry = AuditEntry(
                caller, .sessionReplayed, target: "user:\(account.name)", outcome: .refused,
                facts: [("session", signIn.id)])
            try audit.record(entry, at: instant, in: transaction)
            return nil
        }
        let isNext = rule == .advance
        let last = signIn.createdAt.advanced(bySeconds: settings.longestSignInSeconds)
        let renewed = SignIn(
            id: signIn.id, account: signIn.account, generation: signIn.generation, createdAt: signIn.createdAt,
            lastUsedAt: instant, expiresAt: min(last, instant.advanced(bySeconds: settings.refreshSeconds)),
            address: transport.address.map { String($0.prefix(64)) }, userAgent: signIn.userAgent,
            step: isNext ? signIn.step + 1 : signIn.step, openedAt: isNext ? instant : signIn.openedAt,
            issued: isNext ? 1 : signIn.issued + 1)
        let key = SecretKey(.refresh)
        try SignInTable.refresh(renewed, refreshHash: key.hash, in: transaction)
        for key in cookies.keys(of: transport).keys {
            try KnownBrowserTable.used(key.hash, of: account.id, at: instant, in: transaction)
        }
        return Welcome(account: account, signIn: renewed, refresh: key, browser: nil)
    }

    /// Ends the sign-in that a request belongs to, by its caller or by its refresh token. Nothing happens if there is none.
    /// - Throws: `SQLFailure`.
    func signOut(_ caller: Caller, refresh: String?) async throws {
        let shown = refresh.flatMap { SecretKey($0) }
        try await line.perform { [self] line in
            let transaction = try line.transaction()
            var ending: [(account: String, session: String)] = []
            if case .person(let account, _, let session) = caller.identity { ending.append((account, session)) }
            if let shown, let (signIn, _) = try SignInTable.signIn(refreshHash: shown.hash, in: transaction),
                signIn.id != ending.first?.session
            {
                ending.append((signIn.account, signIn.id))
            }
            for (id, session) in ending {
                guard let account = try AccountTable.account(id, in: transaction) else { continue }
                let person = Caller(
                    .person(account: id, name: account.name.text, session: session), address: caller.address)
                try endSession(session, of: account, by: person, at: line.now, in: transaction)
            }
        }
    }

    /// Ends one sign-in of an account.
    /// - Returns: whether it was there.
    @discardableResult
    func endSession(
        _ session: String, of account: Account, by caller: Caller, at instant: Timestamp, in transaction: Transaction
    ) throws -> Bool {
        guard try SignInTable.end(session, of: account.id, in: transaction) else { return false }
        try TrustEpoch.advance(in: transaction)
        try administration.record(
            .signOut, account.name, [("session", session)], by: caller, at: instant, in: transaction)
        return true
    }

    /// Makes the first admin, who is signed in at once.
    /// - Throws: `forbidden` from elsewhere than this machine, `bad_credentials` for a wrong code, `conflict` when there are users;
    ///   what `PasswordRules` throws; `SQLFailure`.
    func setUp(code: String, _ words: Words, over transport: RequestTransport) async throws -> Welcome {
        guard transport.isLocal else {
            throw Refusal(.forbidden, "The first admin is made from the machine itself.")
        }
        guard codes.withLock({ $0.isSetUp(code) }) else {
            throw Refusal(.badCredentials, "The code is not that of the present set-up address.")
        }
        let name = try PeopleAdministration.name(words.name)
        let hash = try await hash(words.password, for: name, at: .stranger(from: transport.address))
        let welcome = try await line.perform { [self] line in
            let (instant, transaction) = (line.now, try line.transaction())
            try TrustEpoch.advance(in: transaction)
            guard try AccountTable.count(in: transaction) == 0 else {
                throw Refusal(.conflict, "There are users already: sign in.")
            }
            let hub = Caller(.hub, address: transport.address)
            let account = try administration.add(
                name, password: hash, roles: [RoleAssignment(.admin)], by: hub, at: instant, in: transaction)
            try administration.record(.setUp, name, by: hub, at: instant, in: transaction)
            return try begin(account, over: transport, at: instant, in: transaction)
        }
        codes.withLock { $0.endSetUp() }
        return welcome
    }

    /// Signs in with a code that the hub printed.
    /// - Throws: `bad_credentials`; `SQLFailure`.
    func signIn(code: String, over transport: RequestTransport) async throws -> Welcome {
        let id = codes.withLock { $0.take(code, at: clock.now()) }
        let welcome = try await line.perform { [self] line -> Welcome? in
            let transaction = try line.transaction()
            guard let id, let account = try AccountTable.account(id, in: transaction), account.state == .active else {
                return nil
            }
            return try begin(account, over: transport, at: line.now, in: transaction)
        }
        guard let welcome else { throw Refusal(.badCredentials, "The code was used already, or is none.") }
        return welcome
    }

    /// Checks a password and hashes it, on the thread for that.
    /// - Throws: what `PasswordRules` throws; `too_many_requests`.
    func hash(
        _ password: String, for name: AccountName, at place: PasswordWorker.Place
    ) async throws -> PasswordHash {
        try PasswordRules.check(password, for: name)
        let costs = settings.passwords
        return try await worker.run(at: place) { try PasswordHash(of: password, parameters: costs) }
    }
}
