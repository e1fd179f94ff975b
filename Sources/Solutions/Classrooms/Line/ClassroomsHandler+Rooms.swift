internal import HubModel
internal import SQL
internal import SolutionKit

/// What people say of rooms and of the devices in them.
extension ClassroomsHandler {
    /// Adds a room.
    /// - Parameters:
    ///   - id: its name in addresses; nil: one that is made of what people call it.
    ///   - facts: all that people say of it.
    /// - Throws: `not_found` for a site that is not there; `conflict` for a name in use; `limit_reached`.
    func add(
        _ id: ClassroomID?, _ facts: ClassroomFacts, at site: SiteID, within scope: SiteScope,
        in line: inout LineContext
    ) throws -> ClassroomEntry {
        let transaction = try line.transaction()
        guard scope.contains(site), try devices.hasSite(site, in: transaction) else {
            throw Refusal(.notFound, "There is no site \(site).")
        }
        guard roster.all.count < ClassroomsHandler.mostRooms else {
            throw Refusal(
                .limitReached, "A hub has at most \(ClassroomsHandler.mostRooms) classrooms: remove one first.")
        }
        guard let name = facts.name else { throw JSONMembers.missing("name") }
        if let id, try ClassroomTable.wasUsed(id, in: transaction) {
            throw Refusal(.conflict, "\(id) is, or was, another classroom: choose another classroom_id.")
        }
        let id = try id ?? freeName(for: name, in: transaction)
        var room = Classroom(id, site: site, name: name, zone: settings.zone, createdAt: line.now)
        facts.apply(to: &room)
        try checkName(of: room, in: transaction)
        try ClassroomTable.write(room, in: transaction)
        let entry = ClassroomEntry(
            KnownRoom(
                room, state: ClassroomState(since: line.now),
                window: RoomWindow([], end: line.now.advanced(bySeconds: RoomWindow.lengthSeconds))))
        roster.insert(entry)
        line.ifUndone { self.roster.remove(entry) }
        try save(entry, in: &line)
        show(entry, in: &line)
        return entry
    }

    /// The room of a device that an open hub meets for the first time.
    func addRoom(of device: DeviceID, at site: SiteID, in line: inout LineContext) throws -> ClassroomEntry {
        var facts = ClassroomFacts()
        facts.name = device.text
        let entry = try add(nil, facts, at: site, within: .all, in: &line)
        try assign(device, to: entry, in: &line)
        return entry
    }

    /// Changes what people say of a room.
    /// - Throws: `conflict` when another room of its building is called so.
    func change(
        _ entry: ClassroomEntry, _ facts: ClassroomFacts, in line: inout LineContext
    ) throws {
        let before = entry.room
        line.ifUndone { entry.room = before }
        facts.apply(to: &entry.room)
        let transaction = try line.transaction()
        try checkName(of: entry.room, in: transaction)
        try ClassroomTable.write(entry.room, in: transaction)
        try settle(entry, .power, in: &line)
        ring(entry, in: &line)
    }

    /// Removes a room. Its bookings that are not over are cancelled, its device is without a room, its links end; its history stays.
    func remove(_ entry: ClassroomEntry, in line: inout LineContext) throws {
        let (transaction, id) = (try line.transaction(), entry.room.id)
        try cancelAll(of: id, remark: "The classroom was removed.", in: &line)
        if let device = entry.known.device { unassign(device, in: &line) }
        try ClassroomTable.remove(id, at: line.now, in: transaction)
        try links.end(of: id.text, kinds: ClassroomLinks.ofRooms, at: line.now, in: transaction)
        roster.remove(entry)
        line.ifUndone { self.roster.insert(entry) }
        ring(entry, in: &line)
        line.show(
            LiveEvent(
                topic: "classrooms/\(id)/removed", data: .json(Array(#"{"classroom_id":"\#(id)"}"#.utf8)),
                needs: .viewClassrooms, at: entry.site))
    }

    /// Puts a device in a room.
    /// - Throws: `conflict` when either has another already; `not_found` for a device that is at another site.
    func assign(_ device: DeviceID, to entry: ClassroomEntry, in line: inout LineContext) throws {
        let transaction = try line.transaction()
        guard try devices.site(of: device, in: transaction) == entry.site else {
            throw Refusal(.notFound, "There is no device \(device) at the classroom's site.")
        }
        if let other = entry.known.device {
            throw Refusal(.conflict, "\(other) is the device of \(entry.room.id): take it out first.")
        }
        if let other = rooms[device] {
            throw Refusal(.conflict, "\(device) is the device of \(other.room.id): take it out there first.")
        }
        // What a device that was removed, or has left for another site, has left behind.
        try ClassroomDeviceTable.remove(device, in: transaction)
        try ClassroomDeviceTable.empty(entry.room.id, in: transaction)
        try ClassroomDeviceTable.insert(device, in: entry.room.id, at: line.now, in: transaction)
        entry.known.device = device
        rooms[device] = entry
        line.ifUndone {
            entry.known.device = nil
            self.rooms[device] = nil
        }
        show(entry, in: &line)
    }

    /// Takes a device out of its room. What is known of the room grows old by itself.
    func unassign(_ device: DeviceID, in line: inout LineContext) {
        guard let entry = rooms[device] else { return }
        let client = entry.clientID
        takeBackLease(of: device, from: entry, in: &line)
        entry.known.device = nil
        rooms[device] = nil
        if client != nil { roster.setClient(nil, of: entry, in: &line) }
        line.ifUndone {
            entry.known.device = device
            self.rooms[device] = entry
        }
        for subject in [StateSubject.device, .classroom] {
            line.note(
                DeviceStateChange(
                    device: device, kind: .classroom, site: entry.site, subject: subject, state: nil, since: line.now,
                    severity: .good))
        }
        show(entry, in: &line)
    }

    private func freeName(for name: String, in transaction: Transaction) throws -> ClassroomID {
        // Each name that is in use is a row; there are never so many that nobody finds a free one.
        for id in ClassroomID.suggestions(for: name) where try !ClassroomTable.wasUsed(id, in: transaction) {
            return id
        }
        throw Refusal(.limitReached, "Give the classroom a classroom_id: too many are called so.")
    }

    private func checkName(of room: Classroom, in transaction: Transaction) throws {
        let other = try ClassroomTable.named(room.name, in: room.building, at: room.site, in: transaction)
        guard let other, other != room.id else { return }
        throw Refusal(
            .conflict, "Another classroom of that building is called \(room.name): choose another name or building.")
    }
}
