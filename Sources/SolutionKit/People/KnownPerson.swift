/// Who somebody is, for what a solution shows of them (`PeopleDirectory.known`): nothing of their roles.
public struct KnownPerson: Hashable, Sendable {
    /// The identifier, as of `Person`.
    public let id: String
    /// The user name, in small letters.
    public let name: String
    /// Whether they may sign in.
    public let isEnabled: Bool

    /// Somebody.
    public init(id: String, name: String, isEnabled: Bool) {
        self.id = id
        self.name = name
        self.isEnabled = isEnabled
    }
}
