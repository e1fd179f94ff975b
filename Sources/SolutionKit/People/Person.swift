public import HubModel

/// Somebody who may sign in, without anything secret.
public struct Person: Hashable, Sendable {
    /// The identifier, which stays when all else changes, and never comes back.
    public let id: String
    /// The user name, in small letters.
    public let name: String
    /// Their roles, ordered by site and name.
    public let roles: [RoleAssignment]
    /// Whether they may sign in.
    public let isEnabled: Bool
    /// Whether a second factor is asked for.
    public let hasSecondFactor: Bool
    /// When they were added.
    public let createdAt: Timestamp
    /// When they signed in last; nil: never.
    public let lastSignInAt: Timestamp?

    /// A person.
    public init(
        id: String, name: String, roles: [RoleAssignment], isEnabled: Bool = true, hasSecondFactor: Bool = false,
        createdAt: Timestamp, lastSignInAt: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.roles = roles
        self.isEnabled = isEnabled
        self.hasSecondFactor = hasSecondFactor
        self.createdAt = createdAt
        self.lastSignInAt = lastSignInAt
    }
}

/// A password that is good enough for somebody, hashed: what the line needs of it. It can be printed nowhere by accident, and it is for
/// the name for which it was checked, and no other.
public struct HashedPassword: Sendable {
    /// The user name for which it was checked.
    public let name: String
    /// The password itself where the hub made it, to be shown once; nil: somebody chose it and knows it.
    public let made: IssuedSecret?
    /// What is stored, as whoever fulfils `PeopleBook` writes it.
    package let hash: String

    /// A password.
    package init(for name: String, hash: String, made: IssuedSecret?) {
        self.name = name
        self.hash = hash
        self.made = made
    }
}

extension HashedPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Whose it is.
    public var description: String { "(the password of \(name))" }
    /// As `description`.
    public var debugDescription: String { description }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
