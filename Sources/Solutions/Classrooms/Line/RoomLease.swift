internal import HubModel
internal import SQL
internal import SolutionKit

/// What a device is promised for the next two days: when its room is booked, and by which rules its power goes, also when the hub is gone.
struct RoomLease: Sendable {
    let now: Timestamp
    let until: Timestamp
    let bookings: [Range<Timestamp>]
    let policy: PowerPolicy

    /// What a lease promises, whenever it is given.
    struct Terms: Hashable, Sendable {
        let bookings: [Range<Timestamp>]
        let policy: PowerPolicy
        /// Until when the bookings are known.
        let end: Timestamp

        init(_ known: KnownRoom) {
            bookings = known.window.times
            policy = known.room.policy
            end = known.window.end
        }
    }
}

extension ClassroomsHandler {
    /// The lease of a device's room.
    /// - Throws: `forbidden`; `not_found` for a device that is in no room.
    func lease(of device: DeviceID, _ message: DeviceMessage, in line: inout LineContext) throws -> RoomLease {
        guard let entry = try room(of: device, message, in: &line) else {
            throw Refusal(.notFound, "No classroom is assigned to \(device): assign one first.")
        }
        let now = line.now
        let until = min(now.advanced(bySeconds: RoomWindow.leaseSeconds), entry.window.end)
        return RoomLease(
            now: now, until: until,
            bookings: entry.window.times.filter { $0.upperBound > now && $0.lowerBound < until },
            policy: entry.room.policy)
    }

    /// Publishes the lease of a device that listens, when it promises something else than before; kept by the broker, so that a device that
    /// starts anew has it at once.
    func tellLeaseIfChanged(of entry: ClassroomEntry, in line: inout LineContext) {
        guard let device = entry.known.device, entry.clientID != nil else { return }
        let (before, terms, now) = (entry.toldLease, RoomLease.Terms(entry.known), line.now)
        guard terms != before else { return }
        line.ifUndone { entry.toldLease = before }
        entry.toldLease = terms
        var writer = JSONWriter()
        writer.write(
            RoomLease(
                now: now, until: terms.end, bookings: terms.bookings.filter { $0.upperBound > now },
                policy: terms.policy))
        line.publish(
            OutgoingMessage(topic: "classrooms/\(device)/schedule", payload: writer.bytes, isRetained: true))
    }

    /// Takes back what a device was promised that has no room any more. An empty payload removes what the broker keeps (MQTT 5.0, section
    /// 3.3.1.3).
    func takeBackLease(of device: DeviceID, from entry: ClassroomEntry, in line: inout LineContext) {
        guard entry.clientID != nil || entry.toldLease != nil else { return }
        let before = entry.toldLease
        line.ifUndone { entry.toldLease = before }
        entry.toldLease = nil
        line.publish(OutgoingMessage(topic: "classrooms/\(device)/schedule", payload: [], isRetained: true))
    }
}

extension JSONWriter {
    /// Writes a lease, its times in seconds since 1970: devices have no more.
    mutating func write(_ lease: RoomLease) {
        object {
            $0.member("now", lease.now.wholeSeconds)
            $0.member("from", lease.now.wholeSeconds)
            $0.member("until", lease.until.wholeSeconds)
            $0.member("bookings", lease.bookings) { writer, booking in
                writer.object {
                    $0.member("start", booking.lowerBound.wholeSeconds)
                    $0.member("end", booking.upperBound.wholeSeconds)
                }
            }
            $0.object("policy") { $0.members(of: lease.policy) }
        }
    }

    /// Writes by which rules a room's power goes, without those of presence.
    mutating func members(of policy: PowerPolicy) {
        member("automatic", policy.isAutomatic)
        member("idle_after_seconds", policy.idleAfter)
        member("report_after_seconds", policy.reportAfter)
        member("off_after_seconds", policy.offAfter)
        member("hold_seconds", policy.holdAfter)
        member("pre_power_minutes", policy.prePower)
        member("fail_safe", policy.failSafe.rawValue)
        member("watts", policy.watts)
    }
}
