internal import Credentials
public import HubModel
internal import Registry
internal import SQL
public import SolutionKit

/// Knowing people again.
extension People {
    /// A token's last use is noted when the one noted is as old as this, in microseconds.
    private static let useNotedEvery: Int64 = 60_000_000

    /// Who shows this in `Authorization: Bearer`: an access token or a personal access token.
    /// - Throws: `not_signed_in` when it is worth nothing (any more); `SQLFailure`.
    public func caller(
        bearer token: String, transport: RequestTransport, at instant: Timestamp
    ) async throws -> Caller {
        if token.hasPrefix(SecretKey.Purpose.personalToken.rawValue) {
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

    /// Whether a person, or a person's program, whom the gate let in may still be here with the same rights. Others are nobody's whom
    /// people know: they stay.
    public func isStillWelcome(_ caller: Caller) async -> Bool {
        let now = clock.now()
        let present: Caller?
        switch caller.identity {
        case .person(let account, _, let session):
            present = try? await known(account: account, session: session, address: caller.address, at: now)
        case .token(_, _, let token):
            let found = try? await database.read { try PersonalTokenTable.token(token, in: $0) }
            guard let token = found ?? nil else { return false }
            present = try? await known(token, address: caller.address, at: now)
        case .anonymous, .open, .device, .shell, .hub: return true
        }
        return present?.identity == caller.identity && present?.grants == caller.grants
    }

    private func caller(accessToken: String, address: String?, at instant: Timestamp) async throws -> Caller {
        guard let claims = await tokens.read(accessToken, at: instant),
            let caller = try await known(
                account: claims.sub, session: claims.sid, generation: claims.gen, address: address, at: instant)
        else { throw Refusal(.notSignedIn, "The sign-in has ended, or there was none.") }
        return caller
    }

    private func known(
        account id: String, session: String, generation: Int64? = nil, address: String?, at instant: Timestamp
    ) async throws -> Caller? {
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
        return Caller(
            .person(account: account.id, name: account.name.text, session: signIn.id),
            grants: account.grants(administration.roles), address: address)
    }

    private func caller(personalToken text: String, address: String?, at instant: Timestamp) async throws -> Caller {
        let refusal = Refusal(.notSignedIn, "The token is none, was revoked or has expired.")
        guard let key = SecretKey(text), key.purpose == .personalToken else { throw refusal }
        let hash = key.hash
        guard let token = try await database.read({ try PersonalTokenTable.token(hash: hash, in: $0) }),
            let caller = try await known(token, address: address, at: instant)
        else { throw refusal }
        if token.lastUsedAt.map({ abs(instant.microseconds(since: $0)) >= People.useNotedEvery }) ?? true {
            // A hub that is too busy to note it lets the program in all the same.
            try? await line.perform { line in
                try PersonalTokenTable.used(token.id, at: instant, in: line.transaction())
            }
        }
        return caller
    }

    private func known(_ token: PersonalToken, address: String?, at instant: Timestamp) async throws -> Caller? {
        guard token.expiresAt > instant,
            let account = try await database.read({ try AccountTable.account(token.account, in: $0) }),
            account.state == .active
        else { return nil }
        return Caller(
            .token(account: account.id, name: account.name.text, token: token.id),
            grants: account.grants(administration.roles).narrowed(to: token.scopes), address: address)
    }
}
