package import HubModel

/// All that is known of a classroom at present: what people say of it, how it is, who has it next.
package struct KnownRoom: Sendable {
    /// What people say of it.
    package var room: Classroom
    /// How it is.
    package var state: ClassroomState
    /// Its bookings of the next days.
    package var window: RoomWindow
    /// What a person asked of its relay last; nil: nothing.
    package var switching: PowerSwitching?
    /// The device in it; nil: none.
    package var device: DeviceID?

    /// A room.
    package init(
        _ room: Classroom, state: ClassroomState, window: RoomWindow, switching: PowerSwitching? = nil,
        device: DeviceID? = nil
    ) {
        self.room = room
        self.state = state
        self.window = window
        self.switching = switching
        self.device = device
    }

    /// What its power shall be.
    package func decision(at now: Timestamp) -> PowerDecision {
        PowerDecision(
            PowerFacts(
                occupancy: state.occupancy, since: state.since, isPowerOn: state.isPowerOn, override: state.override,
                bookings: window.times), by: room.policy, at: now)
    }

    /// What is known of its sensor, for a booking.
    package var sight: PresenceRule.Sight {
        PresenceRule.Sight(
            occupancy: state.occupancy, lastOccupied: state.lastOccupied, seenSince: state.seenSince)
    }

    /// What is shown of it.
    package func view(at now: Timestamp) -> ClassroomView {
        let decision = decision(at: now)
        return ClassroomView(
            id: room.id, site: room.site, occupancy: state.occupancy, since: state.since,
            isOnline: state.seenSince != nil, hasDevice: device != nil, isPowerOn: state.isPowerOn,
            isPowerWanted: decision.isPowerWanted, cause: decision.cause,
            override: state.override.flatMap { $0.counts(at: now) ? $0 : nil }, switching: switching,
            now: slot(window.current(at: now)), next: slot(window.next(after: now)),
            freeUntil: window.freeUntil(from: now), observedAt: state.observedAt)
    }

    private func slot(_ item: RoomWindow.Item?) -> ClassroomView.Slot? {
        item.map { item in
            let occurrence = item.occurrence
            let awaits = occurrence.presence == .awaited || occurrence.presence == .warned
            return ClassroomView.Slot(
                begin: occurrence.time.lowerBound, end: occurrence.time.upperBound, presence: occurrence.presence,
                isRequested: item.isRequested,
                comeBefore: awaits ? room.presence.comeBefore(occurrence.time, madeAt: occurrence.madeAt) : nil)
        }
    }
}
