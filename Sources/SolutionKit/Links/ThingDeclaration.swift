public import HubModel
public import SQL

/// What a solution has at a site beside devices, and of which links can be: rooms, gates, people. A thing has a name, 1 to 64
/// characters by the rule of `DeviceID`, which is no secret.
///
///     static let room = ThingDeclaration("room") { name, reader in try RoomTable.linkable(name, in: reader) }
///
/// The solution vouches for a thing whenever a link of it is made, and again at each use: a link opens nothing once its thing is gone, is at
/// another site, is somebody else's, or is another one of the same name. Whatever removes a thing ends its links in the same transaction
/// (`LinkBook.end`), so that they take nobody's place. A route has only to answer for the thing that `RouteRequest.linkedThing` names.
public struct ThingDeclaration: Sendable {
    /// A thing as its solution knows it.
    public struct Found: Hashable, Sendable {
        /// The site that it is at.
        public let site: SiteID
        /// Since when it is there, so that a link of one that was removed does not open the next one of its name.
        public let since: Timestamp
        /// Whose own it is, by `Person.id`, as a calendar is a person's. Then nobody else makes a link of it. Its links open only while that account
        /// may sign in, end for good when it is removed, and are seen and revoked by its owner and by those who may manage people. Nil: it is the
        /// site's, and the rights of the kind of link decide.
        public let owner: String?

        /// A thing.
        public init(site: SiteID, since: Timestamp, owner: String? = nil) {
            self.site = site
            self.since = since
            self.owner = owner
        }
    }

    /// What people call such a thing, and what stands before its name in the audit: `room`.
    public let noun: String
    private let find: @Sendable (_ name: String, _ reader: any SQLReading) throws -> Found?

    /// Things of one kind.
    /// - Parameters:
    ///   - noun: neither `device` nor `site`.
    ///   - find: the thing of a name; nil: there is none.
    public init(
        _ noun: String, find: @escaping @Sendable (_ name: String, _ reader: any SQLReading) throws -> Found?
    ) {
        self.noun = noun
        self.find = find
    }

    /// The thing of a name; nil: there is none.
    /// - Throws: `SQLFailure`.
    public func find(_ name: String, in reader: some SQLReading) throws -> Found? { try find(name, reader) }
}
