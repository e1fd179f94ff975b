internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

/// What the routes of one's own account have in common.
extension People {
    /// The account of whoever asks, with a sign-in or a token.
    /// - Throws: `forbidden` for somebody who has none; `not_signed_in` when it is gone; `SQLFailure`.
    func owner(of request: RouteRequest) async throws -> Account {
        guard let id = request.caller.account else {
            throw Refusal(.forbidden, "This is for people who have signed in.")
        }
        guard let account = try await database.read({ try AccountTable.account(id, in: $0) }) else {
            throw Refusal(.notSignedIn, "The account is gone.")
        }
        return account
    }

    /// The account of a person who asks; what guards an account is not for programs to change.
    /// - Throws: `forbidden` for anybody else; `not_signed_in` when it is gone; `SQLFailure`.
    func person(of request: RouteRequest) async throws -> Account {
        guard request.caller.session != nil else {
            throw Refusal(.forbidden, "This is for people who have signed in, not for tokens.")
        }
        return try await owner(of: request)
    }

    func accessToken(for welcome: Welcome) async throws -> String {
        try await accessToken(for: welcome.account, session: welcome.signIn.id)
    }

    func accessToken(for account: Account, session: String) async throws -> String {
        try await tokens.make(
            account: account.id, signIn: session, generation: account.generation, at: clock.now(),
            seconds: settings.accessSeconds)
    }

    /// Makes the proposed second factor the one that is asked for.
    /// - Returns: the recovery codes, to be shown once.
    /// - Throws: `conflict` when none was proposed, `bad_credentials` for a wrong code; `SQLFailure`.
    func confirmSecondFactor(
        of account: Account, code: String, by caller: Caller
    ) async throws -> [RecoveryCode] {
        let codes = (0..<10).map { _ in RecoveryCode() }
        try await line.perform { [self] line in
            let (instant, transaction) = (line.now, try line.transaction())
            let secrets = try AccountTable.secrets(account.id, in: transaction)
            guard let pending = secrets?.pendingSecondFactor else {
                throw Refusal(.conflict, "There is no second factor to confirm: make one first.")
            }
            let second = instant.microseconds / 1_000_000
            guard let step = pending.acceptedStep(of: code, atSecond: second, after: nil) else {
                throw Refusal(.badCredentials, "The code is not right: is the clock of the device?")
            }
            try TrustEpoch.advance(in: transaction)
            try SecondFactorTable.confirm(account.id, step: step, codes: codes, in: transaction)
            try administration.record(.enableSecondFactor, account.name, by: caller, at: instant, in: transaction)
        }
        return codes
    }
}

extension Caller {
    /// The sign-in, of a person.
    var session: String? {
        if case .person(_, _, let session) = identity { return session }
        return nil
    }
}

extension Caller {
    /// Where they wait for a password to be hashed: who is signed in waits for nobody who tries to.
    var place: PasswordWorker.Place {
        guard let account else { return .stranger(from: address) }
        return .shown(account)
    }
}
