internal import HubModel
internal import SQL
internal import SolutionKit

/// What all tables together say of rooms at present.
enum KnownRoomTable {
    /// The rooms at these sites, in the order of their names in addresses.
    /// - Parameter lettingTimePass: whether a silence that is over by now has made a state unknown, also where the line has not looked since.
    static func all(
        at sites: SiteScope, after: ClassroomID? = nil, limit: Int? = nil, devices: any DeviceBook, at now: Timestamp,
        lettingTimePass: Bool = true, in reader: some SQLReading
    ) throws -> [KnownRoom] {
        let rooms = try ClassroomTable.all(at: sites, after: after, limit: limit, in: reader)
        let end = now.advanced(bySeconds: RoomWindow.lengthSeconds)
        var windows: [ClassroomID: [RoomWindow.Item]] = [:]
        for item in try OccurrenceTable.items(of: nil, from: now, to: end, in: reader) {
            windows[item.occurrence.classroom, default: []].append(item)
        }
        return try known(
            rooms, windows, end: end, devices: devices, at: lettingTimePass ? now : nil, in: reader)
    }

    /// One room; nil when there is none.
    static func one(
        _ id: ClassroomID, devices: any DeviceBook, at now: Timestamp, in reader: some SQLReading
    ) throws -> KnownRoom? {
        guard let room = try ClassroomTable.one(id, in: reader) else { return nil }
        let end = now.advanced(bySeconds: RoomWindow.lengthSeconds)
        let items = try OccurrenceTable.items(of: id, from: now, to: end, in: reader)
        return try known([room], [id: items], end: end, devices: devices, at: now, in: reader).first
    }

    private static func known(
        _ rooms: [Classroom], _ windows: [ClassroomID: [RoomWindow.Item]], end: Timestamp,
        devices: any DeviceBook, at now: Timestamp?, in reader: some SQLReading
    ) throws -> [KnownRoom] {
        let ids = rooms.map(\.id)
        let states = try ClassroomStateTable.states(of: ids, in: reader)
        let switchings = try SwitchingTable.newest(of: ids, in: reader)
        let occupants = try ClassroomDeviceTable.devices(of: ids, in: reader)
        return try rooms.map { room in
            var state = states[room.id] ?? ClassroomState(since: room.createdAt)
            if let now { _ = state.passed(to: now) }
            // A device that was moved to another site has left its room behind.
            let device = try occupants[room.id].flatMap { device in
                try devices.site(of: device, in: reader) == room.site ? device : nil
            }
            return KnownRoom(
                room, state: state, window: RoomWindow(windows[room.id] ?? [], end: end),
                switching: switchings[room.id], device: device)
        }
    }
}
