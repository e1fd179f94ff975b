internal import HubModel

/// A car park.
struct Lot: Hashable, Sendable {
    var id: LotID
    /// Who looks after it.
    var site: SiteID
    var name: String
    /// Where it is, for people; may be empty.
    var address: String
    /// Degrees north; nil if nobody has said where it is.
    var latitude: Double?
    /// Degrees east.
    var longitude: Double?
    /// A name of the IANA time zone database; tariffs and days go by its clock.
    var timeZone: String
    /// ISO 4217.
    var currency: String
    /// Whether strangers may see its spots.
    var isPublic: Bool
    /// After so many seconds of silence a spot is unknown.
    var staleSeconds: Int64
    /// Width of the plan, metres.
    var planWidth: Double
    /// Height of the plan, metres.
    var planHeight: Double
    var createdAt: Timestamp

    /// Whether somebody may see its spots; others are told that there is no such lot.
    func isVisible(to caller: Caller) -> Bool {
        isPublic || caller.grants.allows(.viewParking, at: site)
    }
}
