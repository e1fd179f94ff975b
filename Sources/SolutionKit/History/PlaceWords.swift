/// What a solution calls the places of which it keeps the past, and what people use there: a lot and its spots.
public struct PlaceWords: Sendable {
    /// The member that names a place, such as `lot_id`.
    public let member: String
    /// One place, such as `lot`.
    public let place: String
    /// One of the things that people use there, such as `spot`.
    public let resource: String
    /// Several of them, such as `spots`: also the member and the column of their number.
    public let resources: String

    /// Words.
    public init(member: String, place: String, resource: String, resources: String) {
        self.member = member
        self.place = place
        self.resource = resource
        self.resources = resources
    }

    /// `Spots`, where a sentence begins with them.
    var capitalized: String { resources.prefix(1).uppercased() + resources.dropFirst() }
}
