public import HubModel
public import SQL

/// What a solution has at a site beside devices, and of which links can be: rooms, gates, people. A thing has a name, 1 to 64
/// characters by the rule of `DeviceID`, which is no secret.
///
///     static let room = ThingDeclaration("room") { name, reader in try RoomTable.linkable(name, in: reader) }
///
/// The solution vouches for a thing whenever a link of it is made, and again at each use: a link opens nothing once its thing is gone, is at
/// another site, or is another one of the same name. A route has only to answer for the thing that `RouteRequest.linkedThing` names.
public struct ThingDeclaration: Sendable {
    /// A thing as its solution knows it.
    public struct Found: Hashable, Sendable {
        /// The site that it is at.
        public let site: SiteID
        /// Since when it is there, so that a link of one that was removed does not open the next one of its name.
        public let since: Timestamp

        /// A thing.
        public init(site: SiteID, since: Timestamp) {
            self.site = site
            self.since = since
        }
    }

    /// What people call such a thing, and what stands before its name in the audit: `room`.
    public let noun: String
    private let find: @Sendable (_ name: String, _ reader: any SQLReading) throws -> Found?
    private let own: (@Sendable (_ caller: Caller) -> Set<String>)?

    /// Things of one kind.
    /// - Parameters:
    ///   - noun: neither `device` nor `site`.
    ///   - own: the names of those that are a caller's own, where nobody else may make, see or revoke their links, whatever their rights: a
    ///     person's calendar. Nil: anyone who has the right that the link needs, at the thing's site.
    ///   - find: the thing of a name; nil: there is none.
    public init(
        _ noun: String, own: (@Sendable (_ caller: Caller) -> Set<String>)? = nil,
        find: @escaping @Sendable (_ name: String, _ reader: any SQLReading) throws -> Found?
    ) {
        self.noun = noun
        self.own = own
        self.find = find
    }

    /// The thing of a name; nil: there is none.
    /// - Throws: `SQLFailure`.
    public func find(_ name: String, in reader: some SQLReading) throws -> Found? { try find(name, reader) }

    /// The names of those that a caller may share; nil: all of them, where the rights allow it.
    public func names(for caller: Caller) -> Set<String>? { own.map { $0(caller) } }
}
