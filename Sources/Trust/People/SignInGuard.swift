internal import Credentials
internal import HubModel
internal import Registry
internal import SQL

/// One attempt to sign in, as the guard sees it: whose name, from where. What was typed as a name is kept as a keyed digest only.
struct Attempt: Sendable {
    /// The account, if there is one of that name.
    let account: String?
    let address: String?
    /// Whose place in a line it takes where the account is known: nobody else's.
    let place: String
    private let keys: [FailureCount.Scope: [UInt8]]

    /// - Parameter key: the hub's own.
    init(name: String, account: String?, address: String?, key: [UInt8]) {
        self.account = account
        self.address = address
        // A name that is none has a place of its own beside those that are.
        let name = AccountName(name)?.text ?? "?\(name)"
        let from = AddressGroup.of(address)
        place = "\(name) \(from)"
        keys = [
            .pair: Digest.keyed(Array("pair\0\(name)\0\(from)".utf8), key: key),
            .address: Digest.keyed(Array("address\0\(from)".utf8), key: key),
            .name: Digest.keyed(Array("name\0\(name)".utf8), key: key),
        ]
    }

    func key(_ scope: FailureCount.Scope) -> [UInt8] { keys[scope] ?? [] }
}

/// The policy against guessing, applied to its table.
///
/// A person is known where they signed in within a while (`GuessingPolicy.knownSeconds`), of IPv6 in the whole network. There, only
/// failures of their own name from there keep them out: not what others try from the same address, and not what is tried elsewhere.
struct SignInGuard: Sendable {
    let policy: GuessingPolicy

    /// What the tables say of an attempt.
    struct Look: Sendable {
        /// How long nobody is listened to who tries this; nil if they are.
        var secondsLocked: Int?
        /// Whether the account signed in from there lately.
        var isKnown = false
        /// Whether a count is of a clock that has been set back since: `follow` has to write that down.
        var isAhead = false
    }

    /// What a failure did.
    struct Consequence {
        /// Which locks have just begun.
        var locked: [(scope: FailureCount.Scope, seconds: Int)] = []
        /// Whether the name failed from this address for the first time in a while.
        var isFirst = false
    }

    /// Looks an attempt up.
    func look(_ attempt: Attempt, at instant: Timestamp, in reader: some SQLReading) throws -> Look {
        var look = Look()
        look.isKnown = try isKnown(attempt, at: instant, in: reader)
        for scope in FailureCount.Scope.allCases {
            guard let count = try GuardTable.count(scope, attempt.key(scope), in: reader) else { continue }
            if policy.isAhead(count, at: instant) { look.isAhead = true }
            guard let seconds = policy.secondsLocked(count, at: instant), scope == .pair || !look.isKnown else {
                continue
            }
            look.secondsLocked = max(look.secondsLocked ?? 0, seconds)
        }
        return look
    }

    /// Looks an attempt up in the line, and lets its counts follow a clock that was set back: from then on their locks run out.
    func follow(_ attempt: Attempt, at instant: Timestamp, in transaction: Transaction) throws -> Look {
        let found = try look(attempt, at: instant, in: transaction)
        guard found.isAhead else { return found }
        for scope in FailureCount.Scope.allCases {
            guard let count = try GuardTable.count(scope, attempt.key(scope), in: transaction) else { continue }
            try GuardTable.set(policy.following(count, at: instant), scope, attempt.key(scope), in: transaction)
        }
        return found
    }

    /// Counts a failure.
    func failed(_ attempt: Attempt, at instant: Timestamp, in transaction: Transaction) throws -> Consequence {
        var consequence = Consequence()
        for scope in FailureCount.Scope.allCases {
            let before = try GuardTable.count(scope, attempt.key(scope), in: transaction)
            let after = policy.failed(scope, before, at: instant)
            try GuardTable.set(after, scope, attempt.key(scope), in: transaction)
            if let seconds = policy.secondsLocked(after, at: instant),
                policy.secondsLocked(before, at: instant) == nil
            {
                consequence.locked.append((scope, seconds))
            }
            if scope == .pair { consequence.isFirst = after.failures == 1 }
        }
        try GuardTable.prune(at: instant, in: transaction)
        return consequence
    }

    /// Notes that somebody was who they said: their own failures are forgotten. Those of the address are not, or whoever has an account
    /// could guess at others for ever.
    func succeeded(_ attempt: Attempt, at instant: Timestamp, in transaction: Transaction) throws {
        try GuardTable.clear(.pair, attempt.key(.pair), in: transaction)
        guard let account = attempt.account, let address = attempt.address else { return }
        try GuardTable.know(AddressGroup.of(address), of: account, at: instant, in: transaction)
    }

    private func isKnown(_ attempt: Attempt, at instant: Timestamp, in reader: some SQLReading) throws -> Bool {
        guard let account = attempt.account, let address = attempt.address else { return false }
        let since = instant.advanced(bySeconds: -policy.knownSeconds)
        // Rows of earlier versions have an IPv6 address itself.
        return try GuardTable.isKnown(AddressGroup.of(address), to: account, since: since, in: reader)
            || GuardTable.isKnown(address, to: account, since: since, in: reader)
    }
}
