internal import HubModel
internal import SolutionKit

extension JSONWriter {
    /// Writes what a device is told.
    /// - Parameter isForNewDevice: whether the device knows more members than those of old.
    mutating func write(_ reply: StatusReply, isForNewDevice: Bool) {
        object {
            $0.member("is_booked", reply.isBooked)
            $0.member("power_on", reply.isPowerWanted)
            $0.member("message", reply.message)
            if isForNewDevice { $0.member("manual", reply.isManual) }
        }
    }

    /// Writes how a room is, as live events show it.
    mutating func write(_ view: ClassroomView) {
        object { $0.members(of: view) }
    }

    /// Writes what people say of a room, and how it is.
    /// - Parameter bookers: whose the present and the next booking are, where the reader may see that.
    mutating func write(_ room: Classroom, _ view: ClassroomView) {
        object {
            $0.facts(of: room)
            $0.members(of: view)
        }
    }

    private mutating func facts(of room: Classroom) {
        member("name", room.name)
        member("building", room.building)
        member("capacity", room.capacity)
        member("equipment", room.equipment) { $0.string($1) }
        member("zone", room.zone)
        member("hours") { $0.write(room.hours) }
        member("buffer_minutes", room.bufferMinutes)
        member("needs_approval", room.needsApproval)
        object("policy") {
            $0.members(of: room.policy)
            $0.member("release_unused", room.presence.releases)
            $0.member("warn_after_minutes", room.presence.warnAfter)
            $0.member("release_after_minutes", room.presence.releaseAfter)
            $0.member("exempt_from_minutes", room.presence.exemptFrom)
        }
    }

    private mutating func members(of view: ClassroomView) {
        member("classroom_id", view.id.text)
        member("site", view.site.text)
        member("occupancy", view.occupancy.rawValue)
        member("occupancy_since", view.since)
        member("has_device", view.hasDevice)
        member("online", view.isOnline)
        member("power_on", view.isPowerOn)
        member("power_wanted", view.isPowerWanted)
        member("power_cause", view.cause.rawValue)
        member("override") { writer in
            guard let override = view.override else { return writer.null() }
            writer.object {
                $0.member("power_on", override.isOn)
                $0.member("until", override.until)
                $0.member("since", override.since)
            }
        }
        member("switching") { writer in
            guard let switching = view.switching else { return writer.null() }
            writer.write(switching)
        }
        member("observed_at", view.observedAt)
        member("booked_now", view.now != nil)
        member("current") { writer in
            guard let slot = view.now else { return writer.null() }
            writer.write(slot)
        }
        member("next") { writer in
            guard let slot = view.next else { return writer.null() }
            writer.write(slot)
        }
        member("free_until", view.freeUntil)
    }

    private mutating func write(_ slot: ClassroomView.Slot) {
        object {
            $0.member("start", slot.begin)
            $0.member("end", slot.end)
            $0.member("presence", slot.presence.rawValue)
            $0.member("requested", slot.isRequested)
            $0.member("come_before", slot.comeBefore)
        }
    }

    /// Writes what became of a person's word on the power.
    mutating func write(_ switching: PowerSwitching) {
        object {
            $0.member("switching_id", switching.id)
            $0.member("power_on", switching.isOn)
            $0.member("stage", switching.stage.rawValue)
            $0.member("asked_at", switching.askedAt)
            $0.member("sent_at", switching.sentAt)
            $0.member("ended_at", switching.endedAt)
            $0.member("problem", switching.problem?.rawValue)
        }
    }

    private mutating func write(_ hours: OpeningHours) {
        guard let days = hours.days else { return string("always") }
        object {
            for day in Weekday.allCases {
                guard let parts = days[day] else { continue }
                $0.member(day.shortName, parts) { $0.string(OpeningHours.text(of: $1)) }
            }
        }
    }
}
