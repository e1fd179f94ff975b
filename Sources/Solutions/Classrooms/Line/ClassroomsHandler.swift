internal import HubModel
internal import SQL
internal import SolutionKit

/// The classrooms inside the line. All of them are in memory, with their bookings of the next days, so that a report that says nothing new
/// costs no statement: what it says is in the journal, and how the room is then is written at the end of a batch.
final class ClassroomsHandler: MessageHandler {
    let devices: any DeviceBook
    let links: any LinkBook
    let people: any PeopleDirectory
    let doorBell: DoorBell
    let settings: ClassroomSettings
    /// The rooms by their names.
    var roster = Roster<ClassroomEntry>()
    /// Which device is in which room.
    var rooms: [DeviceID: ClassroomEntry] = [:]
    /// The rooms whose bookings a running `together` has changed, each with one of them; nil: none runs.
    var changedTogether: [ClassroomID: Booking]?

    /// The most rooms of a hub.
    static let mostRooms = 5_000
    private static let savesPerBatch = 200
    /// How long a room that could not be changed waits until that is tried again, in seconds.
    private static let holdBackSeconds: Int64 = 10

    init(_ services: LineServices, _ doorBell: DoorBell) {
        self.doorBell = doorBell
        devices = services.devices
        links = services.links
        people = services.people
        settings = ClassroomSettings(services.settings)
    }

    func load(in line: inout LineContext) throws {
        forget()
        let transaction = try line.transaction()
        try settleMissedRequests(in: &line)
        let clients = try ClassroomStateTable.clients(in: transaction)
        for known in try KnownRoomTable.all(
            at: .all, devices: devices, at: line.now, lettingTimePass: false, in: transaction)
        {
            let entry = ClassroomEntry(known)
            entry.clientID = clients[known.room.id]
            roster.insert(entry)
            if let device = known.device { rooms[device] = entry }
        }
        for entry in roster.all { note(entry, in: &line) }
    }

    func forget() {
        roster = Roster()
        rooms = [:]
    }

    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        guard message.topic.count == 3, let device = DeviceID(message.topic[1]) else {
            throw Refusal(.unknownTopic, "Devices of classrooms report on classrooms/NAME/status.")
        }
        // An empty payload takes a retained message back (MQTT 5.0, section 3.3.1.3); the device says nothing by it.
        if message.payload.isEmpty { return }
        switch message.topic[2] {
        case "status":
            let reply = try report(ClassroomReport(message.payload), by: device, message, in: &line)
            tell(reply, to: device, in: &line)
        case "power": try relay(PowerReport(message.payload), by: device, message, in: &line)
        default: throw Refusal(.unknownTopic, "Devices of classrooms report on classrooms/NAME/status.")
        }
    }

    func advance(in line: inout LineContext) throws -> Bool {
        guard let entry = roster.nextDue(at: line.now) else { return false }
        let later = line.now.advanced(bySeconds: ClassroomsHandler.holdBackSeconds)
        line.ifUndone {
            // What could not be written is tried again later, and holds nothing else up.
            self.roster.holdBack(entry, until: later)
            self.roster.schedule(entry)
        }
        try settle(entry, in: &line)
        return true
    }

    func finishBatch(in line: inout LineContext) throws {
        for entry in roster.takeDirty(atMost: ClassroomsHandler.savesPerBatch, in: line) {
            try save(entry, in: &line)
        }
    }

    func device(namedBy topic: [String]) -> DeviceID? { topic.count > 1 ? DeviceID(topic[1]) : nil }

    /// A room by its name.
    subscript(id: ClassroomID) -> ClassroomEntry? { DeviceID(id.text).flatMap { roster[$0] } }

    /// A room at one of these sites.
    /// - Throws: `not_found`.
    func entry(_ id: ClassroomID, within scope: SiteScope) throws(Refusal) -> ClassroomEntry {
        guard let entry = self[id], scope.contains(entry.site) else { throw ClassroomsHandler.noRoom(id) }
        return entry
    }

    static func noRoom(_ id: ClassroomID) -> Refusal { Refusal(.notFound, "There is no classroom \(id).") }

    /// Writes how a room is.
    func save(_ entry: ClassroomEntry, in line: inout LineContext) throws {
        line.ifUndone { self.roster.markDirty(entry) }
        try ClassroomStateTable.write(
            entry.state, client: entry.clientID, of: entry.room.id, in: try line.transaction())
        entry.savedAt = line.now
    }
}
