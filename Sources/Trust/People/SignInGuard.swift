internal import Credentials
internal import HubModel
internal import Registry
internal import SQL

/// Where an attempt comes from, when that is a person's own: nobody else's failures count there, and what fails there counts nowhere else.
enum OwnPlace: Sendable {
    /// A browser in which the account is known, by the hash of the key that it showed.
    case browser([UInt8])
    /// A sign-in of the account, which is there already.
    case signIn(String)

    /// As the audit names it.
    var word: String {
        switch self {
        case .browser: "browser"
        case .signIn: "sign_in"
        }
    }

    fileprivate var bytes: [UInt8] {
        switch self {
        case .browser(let hash): Array("browser\0".utf8) + hash
        case .signIn(let id): Array("sign_in\0\(id)".utf8)
        }
    }
}

/// One attempt to sign in, as the guard sees it: whose name, from where. What was typed as a name is kept as a keyed digest only.
struct Attempt: Sendable {
    /// The account, if there is one of that name.
    let account: String?
    let address: String?
    /// Where it comes from, if that is the account's own.
    let own: OwnPlace?
    private let place: String
    private let keys: [FailureCount.Scope: [UInt8]]

    /// - Parameters:
    ///   - own: a place of `account`.
    ///   - key: the hub's own.
    init(name: String, account: String?, address: String?, own: OwnPlace? = nil, key: [UInt8]) {
        self.account = account
        self.address = address
        self.own = own
        // A name that is none has a place of its own beside those that are.
        let name = AccountName(name)?.text ?? "?\(name)"
        let from = AddressGroup.of(address)
        place = "\(name) \(from)"
        if let own {
            keys = [.pair: Digest.keyed(Array("own\0\(name)\0".utf8) + own.bytes, key: key)]
        } else {
            keys = [
                .pair: Digest.keyed(Array("pair\0\(name)\0\(from)".utf8), key: key),
                .address: Digest.keyed(Array("address\0\(from)".utf8), key: key),
                .name: Digest.keyed(Array("name\0\(name)".utf8), key: key),
            ]
        }
    }

    /// What judges it, and what counts its failure.
    var counts: [(scope: FailureCount.Scope, key: [UInt8])] {
        FailureCount.Scope.allCases.compactMap { scope in keys[scope].map { (scope, $0) } }
    }

    /// Where it waits for its password to be compared. One account has the same few places in all its own: who stole one of them cannot take
    /// those of others.
    func place(isKnown: Bool) -> PasswordWorker.Place {
        if own != nil, let account { return .shown(account) }
        return isKnown ? .known(place) : .stranger(from: address)
    }
}

/// The policy against guessing, applied to its table.
///
/// A person is known in a browser in which they signed in before, and which shows that (`KnownBrowserTable`): there, only what fails in that
/// very browser keeps them out. They are also known where they signed in within a while (`GuessingPolicy.knownSeconds`), of IPv6 in the whole
/// network: from there, without such a browser, only failures of their own name from there keep them out.
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
        /// Which locks have just begun, and what they lock.
        var locked: [(of: String, seconds: Int)] = []
        /// Whether the name failed from this address, or in this place of its own, for the first time in a while.
        var isFirst = false
    }

    /// Looks an attempt up.
    func look(_ attempt: Attempt, at instant: Timestamp, in reader: some SQLReading) throws -> Look {
        var look = Look()
        look.isKnown = try attempt.own != nil || isKnown(attempt, at: instant, in: reader)
        for (scope, key) in attempt.counts {
            guard let count = try GuardTable.count(scope, key, in: reader) else { continue }
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
        for (scope, key) in attempt.counts {
            guard let count = try GuardTable.count(scope, key, in: transaction) else { continue }
            try GuardTable.set(policy.following(count, at: instant), scope, key, in: transaction)
        }
        return found
    }

    /// Counts a failure.
    func failed(_ attempt: Attempt, at instant: Timestamp, in transaction: Transaction) throws -> Consequence {
        var consequence = Consequence()
        for (scope, key) in attempt.counts {
            let before = try GuardTable.count(scope, key, in: transaction)
            let after = policy.failed(scope, before, at: instant)
            try GuardTable.set(after, scope, key, in: transaction)
            if let seconds = policy.secondsLocked(after, at: instant),
                policy.secondsLocked(before, at: instant) == nil
            {
                consequence.locked.append((attempt.own?.word ?? scope.rawValue, seconds))
            }
            if scope == .pair { consequence.isFirst = after.failures == 1 }
        }
        try GuardTable.prune(at: instant, in: transaction)
        return consequence
    }

    /// Notes that somebody was who they said: their own failures are forgotten. Those of the address are not, or whoever has an account
    /// could guess at others for ever.
    func succeeded(_ attempt: Attempt, at instant: Timestamp, in transaction: Transaction) throws {
        for (scope, key) in attempt.counts where scope == .pair { try GuardTable.clear(scope, key, in: transaction) }
        guard let account = attempt.account, let address = attempt.address else { return }
        try GuardTable.know(AddressGroup.of(address), of: account, at: instant, in: transaction)
    }

    private func isKnown(_ attempt: Attempt, at instant: Timestamp, in reader: some SQLReading) throws -> Bool {
        guard let address = attempt.address else { return false }
        // Who has no account is looked up all the same: it takes as long.
        let account = attempt.account ?? ""
        let since = instant.advanced(bySeconds: -policy.knownSeconds)
        // Rows of earlier versions have an IPv6 address itself.
        let isKnown = try [AddressGroup.of(address), address].map {
            try GuardTable.isKnown($0, to: account, since: since, in: reader)
        }
        return isKnown.contains(true)
    }
}
