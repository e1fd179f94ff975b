/// What was done, or tried; a closed set, the words of the audit. Rows keep the word as text, also one that is not among these any more.
public enum AuditAction: String, CaseIterable, Hashable, Sendable {
    // People at the door.
    case signIn = "sign_in"
    case signOut = "sign_out"
    case signOutEverywhere = "sign_out_everywhere"
    case lockOut = "lock_out"
    case sessionReplayed = "session_replayed"
    case setUp = "set_up"
    case changePassword = "password.change"
    case enableSecondFactor = "second_factor.enable"
    case disableSecondFactor = "second_factor.disable"
    case createToken = "token.create"
    case revokeToken = "token.revoke"
    // People's administration.
    case addUser = "user.add"
    case disableUser = "user.disable"
    case enableUser = "user.enable"
    case removeUser = "user.remove"
    case grantRole = "role.grant"
    case takeRole = "role.take"
    // Devices.
    case addDevice = "device.add"
    case approveDevice = "device.approve"
    case rejectDevice = "device.reject"
    case changeDevice = "device.change"
    case rotateDevice = "device.rotate"
    case disableDevice = "device.disable"
    case enableDevice = "device.enable"
    case removeDevice = "device.remove"
    case openJoin = "join.open"
    case closeJoin = "join.close"
    case issueCertificate = "certificate.issue"
    case revokeCertificate = "certificate.revoke"
    // What people make devices do.
    case sendCommand = "command.send"
    case override = "override"
    // The car park.
    case changeLot = "lot.change"
    case removeLot = "lot.remove"
    case cancelReservation = "reservation.cancel"
    // The car park's money.
    case addTariff = "tariff.add"
    case takePayment = "payment.take"
    case allocatePayment = "payment.allocate"
    case refundPayment = "payment.refund"
    case waive = "session.waive"
    // The hub.
    case addSite = "site.add"
    case changeSite = "site.change"
    case exportAudit = "audit.export"
    /// A request over HTTP that was refused, whatever it was for: its facts name the route.
    case request = "request"
    case startHub = "hub.start"
}

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
    /// To what: `user:anna`, `device:node_01`, `site:main`; nil if to nothing in particular. At most 200 bytes are kept.
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
