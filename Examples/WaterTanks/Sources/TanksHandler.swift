internal import HubModel
internal import SQL
internal import SolutionKit

/// The tanks inside the line. All of them are in memory, so that a report that says nothing new costs no statement: when it was heard of is
/// written at the end of a batch, of each tank at most once a second.
final class TanksHandler: TakesCommands {
    /// A tank, and what the hub remembers of it until it is stopped.
    final class Entry: SavedEntry {
        var tank: Tank
        /// The client of the broker that spoke for it last.
        var clientID: String?
        /// When the registry of devices hears of it next.
        var registering = Occasionally.onceAMinute
        var isDirty = false
        var savedAt: Timestamp?

        init(_ tank: Tank) { self.tank = tank }
    }

    private let devices: any DeviceBook
    /// Seconds of silence after which a level is unknown.
    private let silence: Int64
    private var entries: [DeviceID: Entry] = [:]
    private var unsaved = DirtyList<Entry>()

    /// The most tanks of a hub.
    static let mostTanks = 1_000
    private static let savesPerBatch = 100

    init(_ services: LineServices) {
        devices = services.devices
        silence = Int64(services.settings[.tankSilence]) * 60
    }

    func load(in line: inout LineContext) throws {
        forget()
        for var tank in try TankTable.all(in: try line.transaction()) {
            // A device that was moved takes its tank along.
            tank.site = try devices.site(of: tank.id, in: try line.transaction()) ?? tank.site
            entries[tank.id] = Entry(tank)
        }
        for entry in entries.values { note(entry, in: &line) }
    }

    func forget() {
        entries = [:]
        unsaved = DirtyList()
    }

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
            entry.clientID = client
            line.commands.heard(id)
        }
        if isChanged {
            try begin(entry, in: &line)
        } else if entry.tank.permille != before.permille {
            // What was acknowledged is what is read next, also after a crash.
            try save(entry, in: &line)
        } else {
            unsaved.mark(entry)
        }
        show(entry.tank, in: &line)
        if case .device = message.origin.sender, entry.registering.isDue(at: line.now) {
            try devices.seen(
                id, at: message.receivedAt, address: message.origin.address, firmware: nil, in: try line.transaction())
        }
    }

    func tick(in line: inout LineContext) throws {
        for entry in entries.values {
            let before = entry.tank
            guard entry.tank.passed(to: line.now, silence: silence) else { continue }
            line.ifUndone { entry.tank = before }
            try begin(entry, in: &line)
            show(entry.tank, in: &line)
        }
    }

    func finishBatch(in line: inout LineContext) throws {
        let due =
            line.forgetsAfterCommit
            ? unsaved.takeAll() : unsaved.take(atMost: TanksHandler.savesPerBatch, at: line.now)
        for entry in due { try save(entry, in: &line) }
    }

    func device(namedBy topic: [String]) -> DeviceID? { topic.count > 1 ? DeviceID(topic[1]) : nil }

    func commandTarget(_ device: DeviceID) -> CommandTarget? {
        entries[device].map {
            CommandTarget(kind: .tank, site: $0.tank.site, spelling: device.text, speaker: $0.clientID)
        }
    }

    func commandDevices(spokenForBy client: String) -> [DeviceID] {
        entries.values.filter { $0.clientID == client }.map(\.tank.id)
    }

    /// Adds a tank, or changes what people say of one.
    /// - Throws: `not_found` for a site that there is not, or a tank at a site beyond `scope`; `limit_reached`.
    func change(
        _ id: DeviceID, to facts: TankFacts, within scope: SiteScope, in line: inout LineContext
    ) throws -> Tank {
        let transaction = try line.transaction()
        let known = entries[id]
        if let known, !scope.contains(known.tank.site) { throw TanksHandler.noTank(id) }
        let site = try devices.site(of: id, in: transaction) ?? facts.site ?? known?.tank.site ?? .main
        guard scope.contains(site), try devices.hasSite(site, in: transaction) else {
            throw Refusal(.notFound, "There is no site \(site).")
        }
        let entry = try known ?? add(Tank(id, site: site, at: line.now), in: &line)
        let before = entry.tank
        line.ifUndone { entry.tank = before }
        entry.tank.site = site
        entry.tank.title = facts.title ?? entry.tank.title
        entry.tank.litres = facts.litres ?? entry.tank.litres
        try save(entry, in: &line)
        note(entry, in: &line)
        show(entry.tank, in: &line)
        return entry.tank
    }

    /// Removes a tank. It comes back with its next report if its device may still report.
    func remove(_ id: DeviceID, within scope: SiteScope, in line: inout LineContext) throws {
        guard let entry = entries[id], scope.contains(entry.tank.site) else { throw TanksHandler.noTank(id) }
        try TankTable.remove(id, in: try line.transaction())
        entries[id] = nil
        line.ifUndone { self.entries[id] = entry }
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
    private func find(_ id: DeviceID, _ message: DeviceMessage, in line: inout LineContext) throws -> Entry {
        let known = entries[id]
        switch message.origin.sender {
        case .anybody, .person: break
        case .device(let device):
            guard try device == id || devices.maySpeak(device, for: id, in: try line.transaction()) else {
                throw Refusal(.forbidden, "\(device) may not speak for \(id).")
            }
        case .keyless:
            // People have added its tank; a device that has a key shows it.
            guard known != nil, try devices.site(of: id, in: try line.transaction()) == nil else {
                throw Refusal(.forbidden, "\(id) has to show its key, or to be added as a tank first.")
            }
        }
        if let known { return known }
        let transaction = try line.transaction()
        _ = try devices.admit(
            id, kind: .tank, from: message.origin.address, at: message.receivedAt, in: transaction)
        guard let site = try devices.site(of: id, in: transaction) else { throw TanksHandler.noTank(id) }
        return try add(Tank(id, site: site, at: message.receivedAt), in: &line)
    }

    private func add(_ tank: Tank, in line: inout LineContext) throws -> Entry {
        guard entries.count < TanksHandler.mostTanks else {
            throw Refusal(.limitReached, "A hub has at most \(TanksHandler.mostTanks) tanks.")
        }
        let entry = Entry(tank)
        try save(entry, in: &line)
        entries[tank.id] = entry
        line.ifUndone { self.entries[tank.id] = nil }
        return entry
    }

    /// A state began: it is written at once.
    private func begin(_ entry: Entry, in line: inout LineContext) throws {
        try save(entry, in: &line)
        try TankTable.note(changeOf: entry.tank, in: try line.transaction())
        note(entry, in: &line)
    }

    private func save(_ entry: Entry, in line: inout LineContext) throws {
        line.ifUndone { self.unsaved.mark(entry) }
        try TankTable.write(entry.tank, in: try line.transaction())
        entry.savedAt = line.now
    }

    /// For those who watch the devices of all solutions.
    private func note(_ entry: Entry, in line: inout LineContext) {
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
