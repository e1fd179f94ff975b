public import HubModel

/// A link as it is kept. Its key is not.
public struct LinkRecord: Hashable, Sendable {
    /// What its bearer may see, and the identifier.
    public let grant: LinkGrant
    /// What it is for, in its maker's words.
    public let purpose: String
    /// Whose own the thing is that it is of, by the identifier of their account; nil: it is of none that is anybody's own.
    public let owner: String?
    /// Who made it.
    public let maker: String
    /// When it was made.
    public let createdAt: Timestamp
    /// When it ends by itself.
    public let expiresAt: Timestamp
    /// When it was revoked; nil: it was not.
    public let revokedAt: Timestamp?
    /// When it was used last; nil: never.
    public let lastUsedAt: Timestamp?
    /// How often it was used.
    public let uses: Int64

    /// A link that was not used yet.
    public init(
        _ grant: LinkGrant, purpose: String, owner: String? = nil, maker: String, createdAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.init(
            grant, purpose: purpose, owner: owner, maker: maker, createdAt: createdAt, expiresAt: expiresAt,
            revokedAt: nil, lastUsedAt: nil, uses: 0)
    }

    init(
        _ grant: LinkGrant, purpose: String, owner: String?, maker: String, createdAt: Timestamp, expiresAt: Timestamp,
        revokedAt: Timestamp?, lastUsedAt: Timestamp?, uses: Int64
    ) {
        self.grant = grant
        self.purpose = purpose
        self.owner = owner
        self.maker = maker
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
        self.uses = uses
    }

    /// The same link, used so many times more.
    public func used(_ times: Int64, lastAt: Timestamp) -> LinkRecord {
        LinkRecord(
            grant, purpose: purpose, owner: owner, maker: maker, createdAt: createdAt, expiresAt: expiresAt,
            revokedAt: revokedAt, lastUsedAt: lastAt, uses: uses + times)
    }

    /// Whether it opens anything at an instant.
    public func isOpen(at instant: Timestamp) -> Bool { revokedAt == nil && instant < expiresAt }
}
