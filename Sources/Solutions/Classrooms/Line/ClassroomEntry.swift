internal import HubModel
internal import SolutionKit

/// A classroom in memory.
final class ClassroomEntry: RosterEntry {
    /// All that is known of it.
    var known: KnownRoom
    /// What its device was told last over MQTT; nil: nothing.
    var told: StatusReply?
    /// What its device was promised last over MQTT; nil: nothing.
    var toldLease: RoomLease.Terms?
    /// What was shown of it last.
    var shown: ClassroomView?
    /// Up to when time has been seen to.
    var settledAt: Timestamp
    var clientID: String?
    var upkeep = RosterUpkeep()

    init(_ known: KnownRoom) {
        self.known = known
        settledAt = known.state.since
    }

    var room: Classroom {
        get { known.room }
        set { known.room = newValue }
    }

    var state: ClassroomState {
        get { known.state }
        _modify { yield &known.state }
    }

    var window: RoomWindow {
        get { known.window }
        _modify { yield &known.window }
    }

    var switching: PowerSwitching? {
        get { known.switching }
        _modify { yield &known.switching }
    }

    /// The roster knows a room under its own name: the device in it may be changed, or not be there.
    var device: DeviceID {
        guard let id = DeviceID(room.id.text) else {
            preconditionFailure("a classroom's name keeps the rule of DeviceID")
        }
        return id
    }

    var site: SiteID { room.site }

    func deadline(at now: Timestamp) -> Timestamp? {
        // What came due since the last look is due until it is seen to; after a clock was set back everything is looked at anew.
        let last = min(settledAt, now)
        var soonest = min(window.refreshAt, state.deadline(at: now) ?? window.refreshAt)
        func consider(_ instant: Timestamp?) {
            if let instant { soonest = min(soonest, instant) }
        }
        consider(known.decision(at: last).changesAt)
        consider(switching?.deadline(offAfter: room.policy.offAfter))
        for item in window.items {
            let occurrence = item.occurrence
            consider(
                room.presence.deadline(occurrence.presence, occurrence.time, madeAt: occurrence.madeAt, after: last))
            if item.isRequested { consider(occurrence.begin > last ? occurrence.begin : occurrence.time.upperBound) }
            if occurrence.begin > now { break }
        }
        return soonest
    }
}
