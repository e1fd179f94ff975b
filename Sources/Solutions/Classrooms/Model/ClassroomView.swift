package import HubModel

/// What is shown of a classroom to all who may see it: without names.
package struct ClassroomView: Hashable, Sendable {
    /// One booking, as far as all may see it.
    package struct Slot: Hashable, Sendable {
        package let begin: Timestamp
        package let end: Timestamp
        package let presence: PresenceState
        package let isRequested: Bool
        /// Until when somebody has to come; nil: it is not given away, or somebody came.
        package let comeBefore: Timestamp?
    }

    package let id: ClassroomID
    package let site: SiteID
    package let occupancy: Occupancy
    package let since: Timestamp
    package let isOnline: Bool
    package let hasDevice: Bool
    package let isPowerOn: Bool?
    package let isPowerWanted: Bool
    package let cause: PowerDecision.Cause
    package let override: PowerOverride?
    package let switching: PowerSwitching?
    /// The booking that has the room now.
    package let now: Slot?
    /// The one behind it.
    package let next: Slot?
    /// Until when the room is free; the present if it is not; nil: nothing is booked in the next days.
    package let freeUntil: Timestamp?
    /// When it was observed that somebody was there, or not; nil: never.
    package let observedAt: Timestamp?

    /// What is shown of a room. Two views that differ only by `observedAt` are the same news.
    package func saysTheSame(as other: ClassroomView?) -> Bool {
        guard let other else { return false }
        return id == other.id && site == other.site && occupancy == other.occupancy && since == other.since
            && isOnline == other.isOnline && hasDevice == other.hasDevice && isPowerOn == other.isPowerOn
            && isPowerWanted == other.isPowerWanted && cause == other.cause && override == other.override
            && switching == other.switching && now == other.now && next == other.next
            && (freeUntil == other.freeUntil || now != nil)
    }
}

/// What the hub tells a device about its room, as an answer to a report.
package struct StatusReply: Hashable, Sendable {
    /// Whether the room is booked, or will be soon.
    package let isBooked: Bool
    /// Whether its power shall be on.
    package let isPowerWanted: Bool
    /// Whether a person said so: devices that know it let no movement undo that.
    package let isManual: Bool
    /// A word for who reads a device's log.
    package let message: String

    /// What a decision means for a device.
    package init(_ decision: PowerDecision) {
        isBooked = decision.isBooked
        isPowerWanted = decision.isPowerWanted
        isManual = decision.cause == .manual
        message = "OK"
    }

    /// The answer to a device that is in no room: it keeps its power on, which harms least.
    package static let withoutRoom = StatusReply(
        isBooked: false, isPowerWanted: true, isManual: false, message: "No classroom is assigned to this device.")

    private init(isBooked: Bool, isPowerWanted: Bool, isManual: Bool, message: String) {
        self.isBooked = isBooked
        self.isPowerWanted = isPowerWanted
        self.isManual = isManual
        self.message = message
    }
}
