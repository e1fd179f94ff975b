package import HubModel

/// A booking that somebody makes at the door, from now on: when it begins, and how long it may be. A value.
package struct WalkUp: Hashable, Sendable {
    /// What one may choose from, in minutes.
    package static let lengths: [Int64] = [15, 30, 45, 60]
    /// What a booking at the door is for, as far as anybody knows.
    package static let purpose = "Booked at the door"

    /// When it begins: this minute; at the end of the present five minutes when these are another's still.
    package let begin: Timestamp
    /// How long it may be, of `lengths`; none: the room is not booked at the door now.
    package let minutes: [Int64]

    private static let slot: Int64 = 300

    /// When a booking begins that is made at the door.
    /// - Parameter isTaken: whether the present five minutes are another booking's still, which ended within them.
    package static func begin(at now: Timestamp, isTaken: Bool) -> Timestamp {
        let length: Int64 = isTaken ? slot : 60
        let floor = Timestamp(seconds: now.wholeSeconds.flooredQuotient(by: length) * length)
        return isTaken ? floor.advanced(bySeconds: length) : floor
    }

    /// When it ends: at full five minutes, which no other booking could have in part.
    package static func end(_ minutes: Int64, from begin: Timestamp) -> Timestamp {
        let end = begin.wholeSeconds + minutes * 60
        return Timestamp(seconds: (end + slot - 1).flooredQuotient(by: slot) * slot)
    }

    /// What is possible.
    /// - Parameters:
    ///   - begin: as `begin(at:isTaken:)` says.
    ///   - freeUntil: from when on another booking has the room, at `begin` or later; nil: none has.
    package init(_ room: Classroom, _ rules: DoorRules, from begin: Timestamp, freeUntil: Timestamp?) {
        self.begin = begin
        guard rules.takesBookings, !room.needsApproval else {
            minutes = []
            return
        }
        let clock = DoorClock(room.zone)
        minutes = WalkUp.lengths.filter { length in
            let end = WalkUp.end(length, from: begin)
            // What stays free behind it has to be free as well.
            let free = freeUntil.map { end.advanced(bySeconds: room.bufferMinutes * 60) <= $0 } ?? true
            return free && clock.isOpen(room.hours, from: begin, to: end)
        }
    }
}
