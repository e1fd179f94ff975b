public import Credentials
public import HubModel
public import Registry
public import SQL

/// A personal access token that was just made.
public struct NewToken: Sendable {
    /// What is known of it.
    public let token: PersonalToken
    /// The token itself; it is shown once.
    public let key: SecretKey
}

extension PeopleAdministration {
    /// Tokens that one account may have.
    public static let tokenLimit = 50
    /// Days for which a token may be made.
    public static let tokenDays: ClosedRange<Int64> = 1...366

    /// Makes a personal access token.
    /// - Parameters:
    ///   - user: whose it is.
    ///   - name: what it is for, 1 to 64 characters.
    ///   - scopes: what it may be used for; only what its owner may do somewhere.
    ///   - days: how long it holds, `tokenDays`.
    /// - Throws: `not_found`, `forbidden`, `invalid_parameter`, `limit_reached`; `SQLFailure`.
    public func createToken(
        of user: String, name: String, scopes: Set<Permission>, days: Int64, by caller: Caller, at instant: Timestamp,
        in transaction: Transaction
    ) throws -> NewToken {
        let account = try self.user(user, in: transaction)
        try check(authority: caller, over: account)
        guard (1...64).contains(name.unicodeScalars.count),
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw Refusal(.invalidParameter, "A token's name is 1 to 64 characters, none of them a control character.")
        }
        guard PeopleAdministration.tokenDays.contains(days) else {
            throw Refusal(.invalidParameter, "A token holds 1 to 366 days.")
        }
        guard !scopes.isEmpty else { throw Refusal(.invalidParameter, "A token needs one scope or more.") }
        let allowed = account.grants(roles).anywhere
        if let excess = scopes.sorted(by: { $0.name < $1.name }).first(where: { !allowed.contains($0) }) {
            throw Refusal(.forbidden, "\(account.name) lacks the right \(excess.name).")
        }
        guard try PersonalTokenTable.all(of: account.id, in: transaction).count < PeopleAdministration.tokenLimit else {
            throw Refusal(
                .limitReached, "A user has at most \(PeopleAdministration.tokenLimit) tokens: revoke one first.")
        }
        try TrustEpoch.advance(in: transaction)
        let key = SecretKey(.personalToken)
        let token = PersonalToken(
            id: Identifier.make(), account: account.id, name: name, scopes: scopes, createdAt: instant,
            expiresAt: instant.advanced(bySeconds: days * 86_400), lastUsedAt: nil)
        try PersonalTokenTable.insert(token, hash: key.hash, in: transaction)
        let facts = [("token", token.id), ("scopes", scopes.map(\.name).sorted().joined(separator: " "))]
        try record(.createToken, account.name, facts, by: caller, at: instant, in: transaction)
        return NewToken(token: token, key: key)
    }

    /// The tokens of somebody, oldest first.
    /// - Throws: `not_found`; `SQLFailure`.
    public func tokens(of user: String, in reader: some SQLReading) throws -> [PersonalToken] {
        try PersonalTokenTable.all(of: self.user(user, in: reader).id, in: reader)
    }

    /// Revokes a token, by its identifier. From then on it opens nothing.
    /// - Throws: `not_found`, `forbidden`; `SQLFailure`.
    public func revokeToken(
        _ id: String, of user: String, by caller: Caller, at instant: Timestamp, in transaction: Transaction
    ) throws {
        let account = try self.user(user, in: transaction)
        try check(authority: caller, over: account)
        guard try PersonalTokenTable.delete(id, of: account.id, in: transaction) else {
            throw Refusal(.notFound, "There is no such token.")
        }
        try TrustEpoch.advance(in: transaction)
        try record(.revokeToken, account.name, [("token", id)], by: caller, at: instant, in: transaction)
    }

    /// Revokes all tokens of somebody: they outlive a new password and the end of all sign-ins, if nobody does.
    /// - Returns: how many there were.
    /// - Throws: `not_found`, `forbidden`; `SQLFailure`.
    @discardableResult
    public func revokeTokens(
        of user: String, by caller: Caller, at instant: Timestamp, in transaction: Transaction
    ) throws -> Int {
        let tokens = try tokens(of: user, in: transaction)
        for token in tokens { try revokeToken(token.id, of: user, by: caller, at: instant, in: transaction) }
        return tokens.count
    }
}
