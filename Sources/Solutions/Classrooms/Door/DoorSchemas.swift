internal import HubModel
internal import SolutionKit

extension JSONSchema {
    static let roomDoor = JSONSchema.named(
        "RoomDoor",
        .object([
            .required("version", .text, "Names what is shown: after= waits until it is another"),
            .required("now", .timestamp, "The hub's clock"), .required("zone", .text, "Whose clock the display shows"),
            .required("name", .text), .required("building", .text),
            .required("capacity", .count, "How many people fit in; 0: nobody has said it"),
            .required("occupancy", .words(Occupancy.allCases.map(\.rawValue))),
            .required("occupancy_since", .timestamp), .required("has_device", .boolean),
            .required("bookings", .array(doorSlot), "The one that runs, and the next ones of today, in order"),
            .required("further_bookings", .count, "How many more come today"),
            .required("free_until", .nullable(.timestamp), "null: booked now, or nothing is booked within two days"),
            .required("check_in", .nullable(.timestamp), "The beginning of the booking that can be confirmed now"),
            .required("check_in_minutes", .count, "How long before its beginning a booking can be confirmed"),
            .required("takes_bookings", .boolean, "Whether the room is booked at the door at times"),
            .required("walk_up_minutes", .array(.integer(minimum: 1)), "How long it can be booked at the door now"),
            .required("released", .nullable(doorReleased), "A booking that was given away, while it would run"),
        ]))

    private static let doorSlot = JSONSchema.named(
        "RoomDoorBooking",
        .object([
            .required("start", .timestamp), .required("end", .timestamp),
            .required("presence", .words(PresenceState.allCases.map(\.rawValue))),
            .required("requested", .boolean, "Whether it waits to be approved"),
            .required("purpose", .nullable(.text), "What for, where the door shows it"),
            .required("come_before", .nullable(.timestamp), "Then the rest is given away if nobody came"),
        ]))

    private static let doorReleased = JSONSchema.named(
        "RoomDoorReleased",
        .object([
            .required("start", .timestamp), .required("end", .timestamp), .required("released_at", .timestamp),
        ]))

    static let doorRules = JSONSchema.named(
        "RoomDoorRules",
        .object([
            .required("shows_purpose", .boolean, "Whether the display shows what bookings are for"),
            .required("takes_bookings", .boolean, "Whether the room may be booked at the door"),
        ]))

    static let changedDoorRules = JSONSchema.named(
        "ChangedRoomDoorRules",
        .object([.optional("shows_purpose", .boolean), .optional("takes_bookings", .boolean)]))
}

extension JSONWriter {
    /// Writes what a display shows.
    /// - Parameter version: names it.
    mutating func write(_ board: DoorBoard, version: String, at now: Timestamp) {
        object {
            $0.member("version", version)
            $0.member("now", now)
            $0.members(of: board)
        }
    }

    /// Writes what a display shows, without when that is.
    mutating func write(_ board: DoorBoard) {
        object { $0.members(of: board) }
    }

    /// Writes the rules of a room's door.
    mutating func write(_ rules: DoorRules) {
        object {
            $0.member("shows_purpose", rules.showsPurpose)
            $0.member("takes_bookings", rules.takesBookings)
        }
    }

    private mutating func members(of board: DoorBoard) {
        member("zone", board.room.zone)
        member("name", board.room.name)
        member("building", board.room.building)
        member("capacity", board.room.capacity)
        member("occupancy", board.occupancy.rawValue)
        member("occupancy_since", board.since)
        member("has_device", board.hasDevice)
        member("bookings", board.slots) { $0.write($1) }
        member("further_bookings", board.furtherSlots)
        member("free_until", board.freeUntil)
        member("check_in", board.checkIn)
        member("check_in_minutes", BookingBounds.checkInSeconds / 60)
        member("takes_bookings", board.takesBookings)
        member("walk_up_minutes", board.walkUp) { $0.integer($1) }
        member("released") { writer in
            guard let released = board.released else { return writer.null() }
            writer.object {
                $0.member("start", released.begin)
                $0.member("end", released.end)
                $0.member("released_at", released.releasedAt)
            }
        }
    }

    private mutating func write(_ slot: DoorBoard.Slot) {
        object {
            $0.member("start", slot.begin)
            $0.member("end", slot.end)
            $0.member("presence", slot.presence.rawValue)
            $0.member("requested", slot.isRequested)
            $0.member("purpose", slot.purpose)
            $0.member("come_before", slot.comeBefore)
        }
    }
}
