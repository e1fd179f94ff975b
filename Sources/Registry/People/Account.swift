public import Credentials
public import HubModel

/// A person's name for signing in: 1 to 64 of small letters, digits, `.`, `_`, `@` and `-`.
public struct AccountName: Hashable, Sendable, CustomStringConvertible {
    /// The name, in small letters.
    public let text: String

    /// A name; capital letters become small ones. nil if it does not keep the rule above.
    public init?(_ text: String) {
        var bytes = Array(text.utf8)
        guard (1...64).contains(bytes.count) else { return nil }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes[index] = byte + 32
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "-"):
                break
            default: return nil
            }
        }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    /// The name.
    public var description: String { text }
}

/// A person who may sign in.
public struct Account: Hashable, Sendable {
    /// Whether they may.
    public enum State: String, CaseIterable, Sendable {
        case active
        case disabled
    }

    /// The identifier, which stays when all else changes.
    public let id: String
    /// The name.
    public let name: AccountName
    /// Whether they may sign in.
    public let state: State
    /// Their roles, ordered by site and name.
    public let roles: [RoleAssignment]
    /// Counts what ends all sign-ins: an access token of an earlier one is worth nothing.
    public let generation: Int64
    /// Whether a second factor is asked for.
    public let hasSecondFactor: Bool
    /// When it was made.
    public let createdAt: Timestamp
    /// When the password was set.
    public let passwordChangedAt: Timestamp
    /// When they signed in last; nil: never.
    public let lastSignInAt: Timestamp?

    /// An account.
    public init(
        id: String, name: AccountName, state: State, roles: [RoleAssignment], generation: Int64, hasSecondFactor: Bool,
        createdAt: Timestamp, passwordChangedAt: Timestamp, lastSignInAt: Timestamp?
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.roles = roles
        self.generation = generation
        self.hasSecondFactor = hasSecondFactor
        self.createdAt = createdAt
        self.passwordChangedAt = passwordChangedAt
        self.lastSignInAt = lastSignInAt
    }

    /// Whether they are an admin of the whole hub who may sign in.
    public var isActiveAdmin: Bool {
        state == .active && roles.contains(RoleAssignment(.admin))
    }

    /// What they may do now: nothing while disabled.
    public func grants(_ book: RoleBook) -> Grants {
        state == .active ? roleGrants(book) : Grants()
    }

    /// What their roles allow, also while they are disabled: so much somebody has who lets them in again. A role that no solution knows
    /// any more allows nothing.
    public func roleGrants(_ book: RoleBook) -> Grants {
        var everywhere: PermissionSet = []
        var sites: [SiteID: PermissionSet] = [:]
        for assignment in roles {
            let permissions = book.permissions(of: assignment.role) ?? []
            if let site = assignment.site {
                sites[site] = (sites[site] ?? []).union(permissions)
            } else {
                everywhere = everywhere.union(permissions)
            }
        }
        return Grants(everywhere: everywhere, sites: sites)
    }
}

/// What an account keeps secret; only to compare with.
public struct AccountSecrets: Sendable {
    /// The password's hash; nil if the row holds none that can be read: nobody signs in with it then.
    public let password: PasswordHash?
    /// The second factor; nil if there is none.
    public let secondFactor: OneTimePassword?
    /// A second factor that waits to be confirmed.
    public let pendingSecondFactor: OneTimePassword?
    /// The step of the code that was accepted last.
    public let lastStep: Int64?
}
