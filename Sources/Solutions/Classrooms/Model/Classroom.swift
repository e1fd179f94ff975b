package import HubModel

/// A room that is used, booked and powered: what people say of it.
package struct Classroom: Hashable, Sendable {
    /// Its name in addresses; it never changes.
    package let id: ClassroomID
    /// Where it is.
    package var site: SiteID
    /// What people call it, 1 to 100 bytes.
    package var name: String
    /// The building that it is in, 0 to 100 bytes.
    package var building = ""
    /// How many people fit in; 0: nobody has said it.
    package var capacity: Int64 = 0
    /// What is in it, each 1 to 40 bytes, in order and each once.
    package var equipment: [String] = []
    /// The time zone of its wall clock, by the IANA database.
    package var zone: String
    /// When it may be booked.
    package var hours = OpeningHours.always
    /// Minutes that stay free between two bookings.
    package var bufferMinutes: Int64 = 0
    /// Whether bookings wait for somebody who approves them.
    package var needsApproval = false
    /// By which rules its power goes.
    package var policy = PowerPolicy()
    /// When a booking that nobody uses is given away.
    package var presence = PresenceRule()
    /// When it was added.
    package let createdAt: Timestamp

    /// A room of which nobody has said more.
    package init(_ id: ClassroomID, site: SiteID, name: String, zone: String, createdAt: Timestamp) {
        self.id = id
        self.site = site
        self.name = name
        self.zone = zone
        self.createdAt = createdAt
    }

    /// Bounds of what people may say.
    package enum Bounds {
        package static let nameBytes = 100
        package static let buildingBytes = 100
        package static let capacity: ClosedRange<Int64> = 0...100_000
        package static let equipment = 32
        package static let equipmentBytes = 40
        package static let bufferMinutes: ClosedRange<Int64> = 0...240
    }
}
