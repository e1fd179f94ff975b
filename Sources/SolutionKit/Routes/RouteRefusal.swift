public import HubModel

/// How a route may refuse, besides what follows from its access, path and method.
///
///     refusals: [.notFound, .conflict(with: [.optional("conflict", time, "What is in the way")])]
public struct RouteRefusal: Hashable, Sendable {
    /// The code.
    public let code: RefusalCode
    /// The members that such a refusal carries beside those that each has (`Refusal.members`). Those that only some of them carry are
    /// optional.
    public let members: [JSONSchema.Property]

    /// A refusal of a code, with what it carries.
    public init(_ code: RefusalCode, with members: [JSONSchema.Property] = []) {
        self.code = code
        self.members = members
    }

    /// There is no such thing.
    public static let notFound = RouteRefusal(.notFound)
    /// It contradicts what is.
    public static let conflict = RouteRefusal(.conflict)
    /// It contradicts what is, and says more of that.
    public static func conflict(with members: [JSONSchema.Property]) -> RouteRefusal {
        RouteRefusal(.conflict, with: members)
    }
    /// A number of things is at its limit.
    public static let limitReached = RouteRefusal(.limitReached)
    /// Nothing shows who asks.
    public static let notSignedIn = RouteRefusal(.notSignedIn)
    /// The credentials are wrong.
    public static let badCredentials = RouteRefusal(.badCredentials)
    /// The hub is too busy.
    public static let overloaded = RouteRefusal(.overloaded)
    /// Nothing can be stored.
    public static let storageUnavailable = RouteRefusal(.storageUnavailable)
}
