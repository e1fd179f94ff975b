/// How it went.
public enum AuditOutcome: String, CaseIterable, Hashable, Sendable {
    /// It was done.
    case done
    /// It was refused: for want of a right or of the right words, or because it contradicts what is.
    case refused
}

/// One thing that somebody did to something: a row of the audit before it has its number.
public struct AuditEntry: Hashable, Sendable {
    /// Who did it.
    public let caller: Caller
    /// What.
    public let action: AuditAction
    /// To what: `user:anna`, `device:valve_01`, `site:main`; nil if to nothing in particular. At most 200 bytes are kept.
    public let target: String?
    /// How it went.
    public let outcome: AuditOutcome
    /// Facts beside it, by name, in order; never a secret. At most 2,000 bytes are kept.
    public let facts: [(name: String, value: String)]

    /// An entry.
    public init(
        _ caller: Caller, _ action: AuditAction, target: String? = nil, outcome: AuditOutcome = .done,
        facts: [(name: String, value: String)] = []
    ) {
        self.caller = caller
        self.action = action
        self.target = target
        self.outcome = outcome
        self.facts = facts
    }

    /// Whether two entries say the same.
    public static func == (one: AuditEntry, other: AuditEntry) -> Bool {
        one.caller == other.caller && one.action == other.action && one.target == other.target
            && one.outcome == other.outcome && one.facts.elementsEqual(other.facts) { $0 == $1 }
    }

    /// Feeds what it says into a hash.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(caller)
        hasher.combine(action)
        hasher.combine(target)
        hasher.combine(outcome)
        for fact in facts {
            hasher.combine(fact.name)
            hasher.combine(fact.value)
        }
    }
}
