internal import HubModel
internal import SQL
internal import SolutionKit

/// One time of a booking, as somebody may see it.
struct ShownOccurrence: Sendable {
    let item: RoomWindow.Item
    /// Whether it is the reader's own.
    let isOwn: Bool
    /// Whose it is; nil: the reader may not see that, or it is nobody's.
    let holder: String?
    /// What for; nil: the reader may not see that.
    let purpose: String?
}

/// What somebody may see of bookings: when a room is taken everybody may know, whose it is and what for only its holder and those who may see
/// bookers.
struct OccurrenceReader: Sendable {
    private let account: String?
    private let seesBookers: Bool

    init(_ caller: Caller, at site: SiteID) {
        account = caller.account
        seesBookers = caller.grants.allows(.viewBookers, at: site)
    }

    /// A time of a booking as the reader may see it.
    func shown(
        _ item: RoomWindow.Item, _ people: any PeopleBook, in reader: some SQLReading
    ) throws -> ShownOccurrence {
        let isOwn = item.holder != nil && item.holder == account
        let isVisible = isOwn || seesBookers
        return ShownOccurrence(
            item: item, isOwn: isOwn,
            holder: isVisible ? try item.holder.flatMap { try people.known($0, in: reader)?.name } : nil,
            purpose: isVisible ? item.purpose : nil)
    }
}

extension JSONSchema {
    static let shownOccurrence = JSONSchema.named(
        "ClassroomOccurrence",
        .object([
            .required("booking_id", .text), .required("occurrence", .text, "Its time by the rule, on the room's clock"),
            .required("classroom_id", .identifier), .required("start", .timestamp), .required("end", .timestamp),
            .required("own", .boolean), .required("requested", .boolean),
            .required("presence", .words(PresenceState.allCases.map(\.rawValue))),
            .required("holder", .nullable(.text), "Whose it is, for those who may see that"),
            .required("purpose", .nullable(.text), "What for, for those who may see that"),
        ]))
}

extension JSONWriter {
    /// Writes a time of a booking.
    mutating func write(_ shown: ShownOccurrence) {
        let occurrence = shown.item.occurrence
        object {
            $0.member("booking_id", occurrence.booking)
            $0.member("occurrence", occurrence.recurrenceID.description)
            $0.member("classroom_id", occurrence.classroom.text)
            $0.member("start", occurrence.time.lowerBound)
            $0.member("end", occurrence.time.upperBound)
            $0.member("own", shown.isOwn)
            $0.member("requested", shown.item.isRequested)
            $0.member("presence", occurrence.presence.rawValue)
            $0.member("holder", shown.holder)
            $0.member("purpose", shown.purpose)
        }
    }
}
