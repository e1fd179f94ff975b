internal import Credentials
public import HubModel
internal import Registry
public import SQL
public import SolutionKit
internal import Synchronization

/// Finds out what somebody may see who comes with the key of a link, and counts them.
///
/// A key that is wrong, one that was revoked and one that has expired are told the same. Nothing here writes a key anywhere.
public final class LinkDoor: Sendable {
    private struct State {
        /// Wrong keys by address: more than a few are no slip of the hand.
        var guesses = TokenBuckets<String>(Rate(perSecond: 1.0 / 60, burst: 20))
        /// Uses that could not be written yet, by link.
        var uncounted: [String: Int64] = [:]
    }

    /// The most links of which uses wait to be written: only while nothing can be stored.
    private static let maximumUncounted = 10_000

    private let database: Database
    private let line: any Line
    private let kinds: [LinkKind: LinkDeclaration.Subject]
    private let table = LinkTable()
    private let state = Mutex(State())

    /// A door over the tables of `RegistryTables`.
    /// - Parameter kinds: what links are of; one of a kind that is not there opens nothing.
    public init(database: Database, line: any Line, kinds: [LinkDeclaration]) {
        self.database = database
        self.line = line
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
        if isUse { await count(link.grant.id) }
        return Caller(.link(link.grant), address: address)
    }

    /// The link of a key that opens something of a kind. Of a thing it does as long as its solution vouches for that: there is one of the name,
    /// at the same site, and it is the one that was there when the link was made.
    private func link(
        _ key: SecretKey, of kind: LinkKind, at instant: Timestamp, in reader: some SQLReading
    ) throws -> LinkRecord? {
        guard let link = try table.link(key, in: reader), link.isOpen(at: instant), link.grant.kind == kind else {
            return nil
        }
        switch (kinds[kind], link.grant.thing) {
        case (.thing(let declaration), let name?):
            guard let thing = try declaration.find(name, in: reader) else { return nil }
            return thing.site == link.grant.site && thing.since <= link.createdAt ? link : nil
        case (.device, nil), (.site, nil): return link
        case (.thing, nil), (.device, _), (.site, _), (nil, _): return nil
        }
    }

    private func refusal(_ address: String?, at instant: Timestamp) -> Refusal {
        guard let wait = state.withLock({ $0.guesses.take(AddressGroup.of(address), at: instant) }) else {
            return RouteAccess.noSuchLink
        }
        return Refusal(
            .tooManyRequests, "Too many keys from this address opened nothing.", retryAfterSeconds: wait)
    }

    /// Counts a use before it is answered, with those that could not be counted earlier; a hub that cannot store at present shows what
    /// it has all the same.
    private func count(_ id: String) async {
        let times = state.withLock { 1 + ($0.uncounted.removeValue(forKey: id) ?? 0) }
        do {
            try await line.perform { [table] line in
                try table.used(id, times: times, at: line.now, in: line.transaction())
            }
        } catch {
            state.withLock { state in
                guard state.uncounted[id] != nil || state.uncounted.count < LinkDoor.maximumUncounted else { return }
                state.uncounted[id, default: 0] += times
            }
        }
    }
}
