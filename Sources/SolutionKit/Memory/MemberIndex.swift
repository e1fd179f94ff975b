/// Which members each key has, such as the clients of each device. A key without members costs nothing.
public struct MemberIndex<Key: Hashable, Member: Hashable> {
    private var members: [Key: Set<Member>] = [:]

    /// No key has any.
    public init() {}

    /// The members of a key.
    public subscript(key: Key) -> Set<Member> { members[key] ?? [] }

    /// Whether a key has this member.
    public func contains(_ member: Member, of key: Key) -> Bool { members[key]?.contains(member) == true }

    /// A key has this member.
    public mutating func insert(_ member: Member, of key: Key) { members[key, default: []].insert(member) }

    /// A key does not have this member any more.
    public mutating func remove(_ member: Member, of key: Key) {
        members[key]?.remove(member)
        if members[key]?.isEmpty == true { members[key] = nil }
    }
}

extension MemberIndex: Sendable where Key: Sendable, Member: Sendable {}
