internal import Credentials
public import HubModel
internal import Registry
public import SQL
public import SolutionKit
internal import Synchronization

/// Finds out what somebody may see who comes with the key of a link, and counts them. It only reads: nobody waits for the writer here.
///
/// A key that is wrong, one that was revoked and one that has expired are told the same. Nothing here writes a key anywhere.
public final class LinkDoor: Sendable {
    private let database: Database
    private let uses: LinkUses
    private let kinds: [LinkKind: LinkDeclaration.Subject]
    private let table = LinkTable()
    /// Wrong keys by address: more than a few are no slip of the hand.
    private let guesses = Mutex(TokenBuckets<String>(Rate(perSecond: 1.0 / 60, burst: 20)))

    /// A door over the tables of `RegistryTables`.
    /// - Parameters:
    ///   - kinds: what links are of; one of a kind that is not there opens nothing.
    ///   - uses: where they are counted.
    public init(database: Database, kinds: [LinkDeclaration], uses: LinkUses) {
        self.database = database
        self.uses = uses
        self.kinds = Dictionary(uniqueKeysWithValues: kinds.map { ($0.kind.name, $0.subject) })
    }

    /// Who comes with a key, for a route of a kind of link.
    /// - Parameter isUse: whether it is counted as a use of the link; not where somebody is only looked at again.
    /// - Throws: `not_found` for a key that opens nothing here; `too_many_requests` for an address with many of these.
    public func caller(
        key text: String, kind: LinkKind, address: String?, at instant: Timestamp, isUse: Bool = true
    ) async throws -> Caller {
        guard let key = SecretKey(text), key.purpose == .link,
            let link = try await database.read({ try self.link(key, of: kind, at: instant, in: $0) })
        else { throw isUse ? refusal(address, at: instant) : RouteAccess.noSuchLink }
        if isUse { uses.count(link.grant.id, at: instant) }
        return Caller(.link(link.grant), address: address)
    }

    /// The link of a key that opens something of a kind. Of a thing it does as long as its solution vouches for that: there is one of the name,
    /// at the same site, and it is the one that was there when the link was made. Where it is somebody's own, they are who they were then, and may
    /// sign in.
    private func link(
        _ key: SecretKey, of kind: LinkKind, at instant: Timestamp, in reader: some SQLReading
    ) throws -> LinkRecord? {
        guard let link = try table.link(key, in: reader), link.isOpen(at: instant), link.grant.kind == kind else {
            return nil
        }
        switch (kinds[kind], link.grant.thing) {
        case (.thing(let declaration), let name?):
            guard let thing = try declaration.find(name, in: reader), thing.site == link.grant.site,
                thing.since <= link.createdAt, thing.owner == link.owner
            else { return nil }
            return try thing.ownerMaySignIn(in: reader) ? link : nil
        case (.device, nil), (.site, nil): return link
        case (.thing, nil), (.device, _), (.site, _), (nil, _): return nil
        }
    }

    private func refusal(_ address: String?, at instant: Timestamp) -> Refusal {
        guard let wait = guesses.withLock({ $0.take(AddressGroup.of(address), at: instant) }) else {
            return RouteAccess.noSuchLink
        }
        return Refusal(
            .tooManyRequests, "Too many keys from this address opened nothing.", retryAfterSeconds: wait)
    }
}
