internal import HubModel
internal import SQL
internal import SolutionKit

/// The tanks inside the line. All of them are in memory, so that a report that says nothing new costs no statement: when it was heard of is
/// written at the end of a batch, of each tank at most once a second.
final class TanksHandler: TakesCommands {
    private let devices: any DeviceBook
    private let speakers: SpeakerRights
    /// Seconds of silence after which a level is unknown.
    private let silence: Int64
    private var roster = Roster<TankEntry>()

    /// The most tanks of a hub.
    static let mostTanks = 1_000
    private static let savesPerBatch = 100

    init(_ services: LineServices) {
        devices = services.devices
        // People may add a tank whose sensor has no key, and is no device of the hub's.
        speakers = SpeakerRights(services.devices, keyless: .maySpeak, members: .named)
        silence = services.settings[TypedSetting<Duration>.tankSilence].components.seconds
    }

    func load(in line: inout LineContext) throws {
        forget()
        for kept in try TankTable.all(in: try line.transaction()) {
            var tank = kept
            tank.place(deviceAt: try devices.site(of: tank.id, in: try line.transaction()))
            let entry = TankEntry(tank, silence: silence)
            roster.insert(entry)
            // A device that was moved takes its tank along, also for those who read the table.
            if tank != kept { try save(entry, in: &line) }
        }
        for entry in roster.all { note(entry, in: &line) }
    }

    func forget() { roster = Roster() }

    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        guard message.topic.count == 3, message.topic[2] == "level", let id = DeviceID(message.topic[1]) else {
            throw Refusal(.unknownTopic, "Tanks report on tanks/NAME/level.")
        }
        // An empty payload takes a retained message back (MQTT 5.0, section 3.3.1.3); the sensor says nothing by it.
        if message.payload.isEmpty { return }
        let report = try LevelReport(message.payload)
        let entry = try find(id, message, in: &line)
        let before = entry.tank
        line.ifUndone { entry.tank = before }
        let isChanged = entry.tank.heard(report.permille, at: message.receivedAt)
        // The sensor has no clock: what it says is of the moment in which it is received.
        line.append(
            Reading(
                device: id, measurement: "level",
                observed: ObservationTime(claimed: nil, receivedAt: message.receivedAt), receivedAt: message.receivedAt,
                isLate: false, fields: [report.reading]))
        if let client = message.origin.clientID, client != entry.clientID {
            roster.setClient(client, of: entry, in: &line)
            line.commands.heard(id)
        }
        if isChanged {
            try begin(entry, in: &line)
        } else if entry.tank.permille != before.permille {
            // What was acknowledged is what is read next, also after a crash.
            try save(entry, in: &line)
        } else {
            roster.markDirty(entry)
        }
        roster.schedule(entry)
        show(entry.tank, in: &line)
        guard case .device = message.origin.sender else { return }
        try entry.noteSeen(at: message.receivedAt, address: message.origin.address, to: devices, in: &line)
    }

    func advance(in line: inout LineContext) throws -> Bool {
        guard let entry = roster.nextDue(at: line.now) else { return false }
        let (before, now) = (entry.tank, line.now)
        line.ifUndone {
            entry.tank = before
            // What could not be written is tried again in a second, and holds nothing else up.
            self.roster.holdBack(entry, until: now.advanced(bySeconds: 1))
            self.roster.schedule(entry)
        }
        if entry.passed(to: now) {
            try begin(entry, in: &line)
            show(entry.tank, in: &line)
        }
        return true
    }

    func finishBatch(in line: inout LineContext) throws {
        for entry in roster.takeDirty(atMost: TanksHandler.savesPerBatch, in: line) { try save(entry, in: &line) }
    }

    func device(namedBy topic: [String]) -> DeviceID? { topic.count > 1 ? DeviceID(topic[1]) : nil }

    func commandTarget(_ device: DeviceID) -> CommandTarget? {
        roster[device].map {
            CommandTarget(kind: .tank, site: $0.site, spelling: device.text, speaker: $0.clientID)
        }
    }

    func commandDevices(spokenForBy client: String) -> [DeviceID] { roster.entries(of: client).map(\.device) }

    /// Refuses a sender that may not speak for a tank.
    /// - Throws: `not_found` when there is no such tank; `forbidden`.
    func check(_ sender: MessageOrigin.Sender, for id: DeviceID, in line: inout LineContext) throws {
        guard let entry = roster[id] else { throw TanksHandler.noTank(id) }
        try speakers.check(sender, for: entry, in: &line)
    }

    /// A tank that there is, at one of these sites.
    /// - Throws: `not_found`.
    func tank(_ id: DeviceID, within scope: SiteScope) throws(Refusal) -> Tank {
        guard let entry = roster[id], scope.contains(entry.tank.site) else { throw TanksHandler.noTank(id) }
        return entry.tank
    }

    /// Adds a tank, or changes what people say of one.
    /// - Throws: `not_found` for a site that does not exist, or a tank at a site beyond `scope`; `limit_reached`.
    func change(
        _ id: DeviceID, to facts: TankFacts, within scope: SiteScope, in line: inout LineContext
    ) throws -> Tank {
        let transaction = try line.transaction()
        let known = roster[id]
        if let known, !scope.contains(known.tank.site) { throw TanksHandler.noTank(id) }
        let device = try devices.site(of: id, in: transaction)
        var tank = known?.tank ?? Tank(id, site: device ?? facts.site ?? .main, hasDevice: device != nil, at: line.now)
        tank.place(deviceAt: device, chosen: facts.site)
        guard scope.contains(tank.site), try devices.hasSite(tank.site, in: transaction) else {
            throw Refusal(.notFound, "There is no site \(tank.site).")
        }
        let entry = try known ?? add(tank, in: &line)
        let before = entry.tank
        line.ifUndone { entry.tank = before }
        entry.tank = tank
        entry.tank.title = facts.title ?? entry.tank.title
        entry.tank.litres = facts.litres ?? entry.tank.litres
        try save(entry, in: &line)
        note(entry, in: &line)
        show(entry.tank, in: &line)
        return entry.tank
    }

    /// Adds a tank with its device.
    /// - Parameter register: adds the device, and says under which name it did, with its key.
    /// - Throws: `conflict` for a tank that there is; what `register` and `change` throw.
    func add(
        _ wanted: NewTank, within scope: SiteScope, in line: inout LineContext,
        _ register: (NewDevice, inout LineContext) throws -> KeyedDevice
    ) throws -> (tank: Tank, key: IssuedSecret) {
        guard roster[wanted.id] == nil else {
            throw Refusal(.conflict, "There is a tank \(wanted.id) already: choose another name.")
        }
        let made = try register(NewDevice(wanted.id, kind: .tank, site: wanted.facts.site ?? .main), &line)
        return (try change(made.device.id, to: wanted.facts, within: scope, in: &line), made.key)
    }

    /// Removes a tank. It comes back with its next report if its device may still report, as a new one with its old history.
    func remove(_ id: DeviceID, within scope: SiteScope, in line: inout LineContext) throws {
        guard let entry = roster[id], scope.contains(entry.tank.site) else { throw TanksHandler.noTank(id) }
        try TankTable.remove(id, at: line.now, in: try line.transaction())
        roster.remove(entry)
        line.ifUndone { self.roster.insert(entry) }
        line.note(
            DeviceStateChange(
                device: id, kind: .tank, site: entry.tank.site, state: nil, since: line.now, severity: .unknown))
        line.show(
            LiveEvent(
                topic: "tanks/\(id)/removed", data: .json(Array(#"{"device_id":"\#(id)"}"#.utf8)), needs: .viewTanks,
                at: entry.tank.site))
    }

    static func noTank(_ id: DeviceID) -> Refusal { Refusal(.notFound, "There is no tank \(id).") }

    /// The tank that a message is about, if its sender may speak for it.
    private func find(_ id: DeviceID, _ message: DeviceMessage, in line: inout LineContext) throws -> TankEntry {
        let sender = message.origin.sender
        if let known = roster[id] {
            try speakers.check(sender, for: known, in: &line)
            return known
        }
        if case .keyless = sender { throw Refusal(.forbidden, "Add the tank \(id) first, or give its sensor a key.") }
        try speakers.checkFirst(sender, for: id, orElse: TanksHandler.noTank(id), in: &line)
        let transaction = try line.transaction()
        _ = try devices.admit(
            id, kind: .tank, from: message.origin.address, at: message.receivedAt, in: transaction)
        guard let site = try devices.site(of: id, in: transaction) else { throw TanksHandler.noTank(id) }
        return try add(Tank(id, site: site, hasDevice: true, at: message.receivedAt), in: &line)
    }

    private func add(_ tank: Tank, in line: inout LineContext) throws -> TankEntry {
        guard roster.all.count < TanksHandler.mostTanks else {
            throw Refusal(.limitReached, "A hub has at most \(TanksHandler.mostTanks) tanks.")
        }
        // Its history comes back with the name, and is not for another site's eyes.
        if let former = try TankTable.formerSite(of: tank.id, in: try line.transaction()), former != tank.site {
            throw Refusal(.conflict, "\(tank.id) was a tank of another site: choose another name.")
        }
        let entry = TankEntry(tank, silence: silence)
        try save(entry, in: &line)
        roster.insert(entry)
        line.ifUndone { self.roster.remove(entry) }
        return entry
    }

    /// A state began: it is written at once.
    private func begin(_ entry: TankEntry, in line: inout LineContext) throws {
        try save(entry, in: &line)
        try TankTable.note(changeOf: entry.tank, in: try line.transaction())
        note(entry, in: &line)
    }

    private func save(_ entry: TankEntry, in line: inout LineContext) throws {
        line.ifUndone { self.roster.markDirty(entry) }
        try TankTable.write(entry.tank, in: try line.transaction())
        entry.savedAt = line.now
    }

    /// For those who watch the devices of all solutions.
    private func note(_ entry: TankEntry, in line: inout LineContext) {
        let tank = entry.tank
        let severity: StateSeverity =
            switch tank.state {
            case .filled: .good
            case .low, .overflowing: .attention
            case .unknown: .unknown
            }
        line.note(
            DeviceStateChange(
                device: tank.id, kind: .tank, site: tank.site, state: tank.state.rawValue, since: tank.since,
                severity: severity))
    }

    /// For the pages that listen.
    private func show(_ tank: Tank, in line: inout LineContext) {
        var writer = JSONWriter()
        writer.write(tank)
        line.show(
            LiveEvent(topic: "tanks/\(tank.id)/state", data: .json(writer.bytes), needs: .viewTanks, at: tank.site))
    }
}
