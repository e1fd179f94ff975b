internal import Credentials
public import HubModel
internal import Registry
internal import SQL
public import SolutionKit

/// Knowing people again.
extension People {
    /// Who shows this in `Authorization: Bearer`: an access token or a personal access token.
    /// - Throws: `not_signed_in` when it is worth nothing (any more); `SQLFailure`.
    public func caller(
        bearer token: String, transport: RequestTransport, at instant: Timestamp
    ) async throws -> Caller {
        if token.hasPrefix(SecretKey.Purpose.personalToken.prefix) {
            return try await caller(personalToken: token, address: transport.address, at: instant)
        }
        return try await caller(accessToken: token, address: transport.address, at: instant)
    }

    /// Who shows this access token in the cookie of a page.
    /// - Throws: `not_signed_in` when it is worth nothing (any more); `SQLFailure`.
    public func caller(
        cookie token: String, transport: RequestTransport, at instant: Timestamp
    ) async throws -> Caller {
        try await caller(accessToken: token, address: transport.address, at: instant)
    }

    /// Whose a personal access token is, by its identifier: for what a program left behind that is not there itself. Nil when it is worth
    /// nothing any more.
    /// - Throws: `SQLFailure`.
    public func caller(
        ofToken id: String, address: String?, at instant: Timestamp
    ) async throws -> Caller? {
        guard let token = try await database.read({ try PersonalTokenTable.token(id, in: $0) }) else { return nil }
        return try await known(token, address: address, at: instant)?.caller
    }

    /// Until when a person, or a person's program, whom the gate let in may be here with the same rights, as things stand; nil: no longer.
    /// Others are nobody's whom people know: they stay.
    /// - Throws: `SQLFailure`.
    public func welcome(of caller: Caller) async throws -> Timestamp? {
        let now = clock.now()
        let present: Known?
        switch caller.identity {
        case .person(let account, _, let session):
            present = try await known(account: account, session: session, address: caller.address, at: now)
        case .token(_, _, let id):
            guard let token = try await database.read({ try PersonalTokenTable.token(id, in: $0) }) else { return nil }
            present = try await known(token, address: caller.address, at: now)
        // A link opens nothing that stays open.
        case .link: return nil
        case .anonymous, .open, .device, .keyless, .shell, .hub: return Timestamp(microseconds: .max)
        }
        guard let present, present.caller.identity == caller.identity, present.caller.grants == caller.grants else {
            return nil
        }
        return present.until
    }

    /// A memory of who may stay.
    /// - Parameter trouble: told why it could not be looked up.
    public func welcomes(trouble: @escaping @Sendable (any Error) -> Void) -> Welcomes {
        Welcomes(database: database, clock: clock, trouble: trouble) { [self] in try await welcome(of: $0) }
    }

    /// Somebody whom the tables know, and until when at the latest.
    private struct Known {
        let caller: Caller
        let until: Timestamp
    }

    private func caller(accessToken: String, address: String?, at instant: Timestamp) async throws -> Caller {
        guard let claims = await tokens.read(accessToken, at: instant),
            let known = try await known(
                account: claims.sub, session: claims.sid, generation: claims.gen, address: address, at: instant)
        else { throw Refusal(.notSignedIn, "The sign-in has ended, or there was none.") }
        return known.caller
    }

    private func known(
        account id: String, session: String, generation: Int64? = nil, address: String?, at instant: Timestamp
    ) async throws -> Known? {
        let found = try await database.read { reader -> (account: Account, signIn: SignIn)? in
            guard let account = try AccountTable.account(id, in: reader),
                let signIn = try SignInTable.signIn(session, in: reader)
            else { return nil }
            return (account, signIn)
        }
        guard let (account, signIn) = found, account.state == .active, signIn.account == account.id,
            signIn.generation == account.generation, generation ?? account.generation == account.generation,
            signIn.expiresAt > instant
        else { return nil }
        let caller = Caller(
            .person(account: account.id, name: account.name.text, session: signIn.id),
            grants: account.grants(administration.roles), address: address)
        return Known(caller: caller, until: signIn.expiresAt)
    }

    private func caller(personalToken text: String, address: String?, at instant: Timestamp) async throws -> Caller {
        let refusal = Refusal(.notSignedIn, "The token is none, was revoked or has expired.")
        guard let key = SecretKey(text), key.purpose == .personalToken else { throw refusal }
        let hash = key.hash
        guard let token = try await database.read({ try PersonalTokenTable.token(hash: hash, in: $0) }),
            let known = try await known(token, address: address, at: instant)
        else { throw refusal }
        var noting = Occasionally.onceAMinute(after: token.lastUsedAt)
        if noting.isDue(at: instant) {
            // A hub that is too busy to note it lets the program in all the same.
            try? await line.perform { line in
                try PersonalTokenTable.used(token.id, at: instant, in: line.transaction())
            }
        }
        return known.caller
    }

    private func known(_ token: PersonalToken, address: String?, at instant: Timestamp) async throws -> Known? {
        guard token.expiresAt > instant,
            let account = try await database.read({ try AccountTable.account(token.account, in: $0) }),
            account.state == .active
        else { return nil }
        let caller = Caller(
            .token(account: account.id, name: account.name.text, token: token.id),
            grants: account.grants(administration.roles).narrowed(to: PermissionSet(token.scopes)), address: address)
        return Known(caller: caller, until: token.expiresAt)
    }
}
