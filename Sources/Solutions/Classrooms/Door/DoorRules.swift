/// What the display at a room's door shows and does: what people set for each room.
package struct DoorRules: Hashable, Sendable {
    /// Whether it shows what bookings are for. Whose they are it never shows.
    package var showsPurpose = false
    /// Whether the room may be booked at the door, by somebody who does not sign in.
    package var takesBookings = false

    /// The rules of a room of which nobody has said anything.
    package init() {}
}
