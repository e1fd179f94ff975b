/// A set of permissions: some, or all that there are and will be.
public struct PermissionSet: Hashable, Sendable, ExpressibleByArrayLiteral {
    /// nil: all.
    private var some: Set<Permission>?

    private init(some: Set<Permission>?) {
        self.some = some
    }

    /// Exactly these.
    public init(arrayLiteral elements: Permission...) {
        self.init(elements)
    }

    /// Exactly these.
    public init(_ permissions: some Sequence<Permission>) {
        some = Set(permissions)
    }

    /// Every permission, whoever declares it: for the hub itself, and for anyone who reaches a hub that is open.
    public static let all = PermissionSet(some: nil)

    /// Whether nothing is permitted.
    public var isEmpty: Bool { some?.isEmpty ?? false }

    /// Whether the permission is among them.
    public func contains(_ permission: Permission) -> Bool { some?.contains(permission) ?? true }

    /// Those of either.
    public func union(_ other: PermissionSet) -> PermissionSet {
        guard let some, let others = other.some else { return .all }
        return PermissionSet(some: some.union(others))
    }

    /// Those of both.
    public func intersection(_ other: PermissionSet) -> PermissionSet {
        guard let some else { return other }
        guard let others = other.some else { return self }
        return PermissionSet(some: some.intersection(others))
    }

    /// Whether all of another set are among them.
    public func isSuperset(of other: PermissionSet) -> Bool { intersection(other) == other }
}
