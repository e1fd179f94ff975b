internal import HubModel
internal import SQL
internal import SolutionKit

/// What devices say, and what they are told.
extension ClassroomsHandler {
    /// Takes a report on a room.
    /// - Parameter device: whose report it is: what the gate or the topic says.
    /// - Returns: what the device is told.
    /// - Throws: `forbidden` for somebody who may not speak for the device; `conflict` for a report that came before.
    func report(
        _ report: ClassroomReport, by device: DeviceID, _ message: DeviceMessage, in line: inout LineContext
    ) throws -> StatusReply {
        guard let entry = try room(of: device, message, in: &line) else {
            let observed = ObservationTime(claimed: report.claimed, receivedAt: message.receivedAt)
            keep(report, observed, false, device, message, in: &line)
            return .withoutRoom
        }
        let before = entry.state
        line.ifUndone { entry.state = before }
        switch try entry.state.judge(report, receivedAt: message.receivedAt) {
        case .again: break
        case .history(let observed):
            keep(report, observed, true, device, message, in: &line)
            // It says nothing of the room as it is now, but that its device is there.
            try took(entry.state.heard(at: message.receivedAt), of: entry, message, isAnswered: true, in: &line)
        case .news(let observed):
            keep(report, observed, false, device, message, in: &line)
            let change = entry.state.take(report, observed: observed, receivedAt: message.receivedAt)
            if let isOn = entry.state.isPowerOn { try confirm(isOn, of: entry, in: &line) }
            try took(change, of: entry, message, isAnswered: true, in: &line)
        }
        try entry.noteSeen(device, message, firmware: report.firmware, to: devices, in: &line)
        let decision = entry.known.decision(at: line.now)
        try sent(of: entry, in: &line)
        return StatusReply(decision)
    }

    /// Takes what a device says of its relay.
    /// - Throws: as `report`; `not_found` for a device that is in no room.
    func relay(
        _ report: PowerReport, by device: DeviceID, _ message: DeviceMessage, in line: inout LineContext
    ) throws {
        guard let entry = try room(of: device, message, in: &line) else {
            throw Refusal(.notFound, "No classroom is assigned to \(device): assign one first.")
        }
        let before = entry.state
        line.ifUndone { entry.state = before }
        let observed = ObservationTime(claimed: report.claimed, receivedAt: message.receivedAt)
        // A relay's report that was kept while the hub was away is of the past.
        let isLate = observed.instant < message.receivedAt.advanced(bySeconds: -ClassroomState.silence.seconds)
        try PowerLogTable.insert(
            report, of: entry.room.id, by: device, at: observed.instant, receivedAt: message.receivedAt,
            isLate: isLate, in: try line.transaction())
        var change = entry.state.heard(at: message.receivedAt)
        if !isLate {
            if entry.state.take(power: report.isPowerOn, at: message.receivedAt) { change.insert(.power) }
            try confirm(report.isPowerOn, of: entry, in: &line)
        }
        try took(change, of: entry, message, in: &line)
        try entry.noteSeen(device, message, firmware: nil, to: devices, in: &line)
    }

    /// Tells a device over MQTT what is wanted of it.
    func tell(_ reply: StatusReply, to device: DeviceID, in line: inout LineContext) {
        var writer = JSONWriter()
        writer.write(reply, isForNewDevice: true)
        line.publish(
            OutgoingMessage(
                topic: "classrooms/\(device)/control", payload: writer.bytes, expirySeconds: 120))
        rooms[device]?.told = reply
    }

    /// The room that a device speaks for; nil: it is in none.
    /// - Throws: `forbidden`.
    func room(
        of device: DeviceID, _ message: DeviceMessage, in line: inout LineContext
    ) throws -> ClassroomEntry? {
        let entry = rooms[device]
        switch message.origin.sender {
        case .anybody, .device(device): break
        case .device(let speaker):
            if let entry, entry.upkeep.speaker == speaker { break }
            guard try devices.maySpeak(speaker, for: device, in: try line.transaction()) else {
                throw Refusal(.forbidden, "\(speaker) may not speak for \(device).")
            }
            entry?.upkeep.speaker = speaker
        case .person:
            guard try entry != nil || devices.site(of: device, in: try line.transaction()) != nil else {
                throw Refusal(.notFound, "There is no device \(device): add it first.")
            }
        case .keyless: throw Refusal(.forbidden, "\(device) has a key of its own to show.")
        }
        if let entry { return entry }
        guard case .anybody = message.origin.sender else { return nil }
        // An open hub takes in what comes: the device has a room of its own name.
        let transaction = try line.transaction()
        _ = try devices.admit(
            device, kind: .classroom, from: message.origin.address, at: message.receivedAt, in: transaction)
        guard let site = try devices.site(of: device, in: transaction) else { return nil }
        return try addRoom(of: device, at: site, in: &line)
    }

    private func keep(
        _ report: ClassroomReport, _ observed: ObservationTime, _ isLate: Bool, _ device: DeviceID,
        _ message: DeviceMessage, in line: inout LineContext
    ) {
        line.append(
            Reading(
                device: device, measurement: "classroom", observed: observed, receivedAt: message.receivedAt,
                isLate: isLate, fields: report.fields))
    }

    /// What a report changed is written at once, and when it was heard at the end of the batch.
    private func took(
        _ change: ClassroomState.Change, of entry: ClassroomEntry, _ message: DeviceMessage, isAnswered: Bool = false,
        in line: inout LineContext
    ) throws {
        if !message.isWill, let client = message.origin.clientID, client != entry.clientID {
            roster.setClient(client, of: entry, in: &line)
            tellLeaseIfChanged(of: entry, in: &line)
        }
        if change.isEmpty {
            roster.markDirty(entry)
            roster.schedule(entry)
        } else {
            try settle(entry, change, isAnswered: isAnswered, in: &line)
        }
    }
}

extension ClassroomEntry {
    /// Tells the registry that the room's device is there, at most once a minute.
    fileprivate func noteSeen(
        _ device: DeviceID, _ message: DeviceMessage, firmware: String?, to devices: any DeviceBook,
        in line: inout LineContext
    ) throws {
        guard case .device(device) = message.origin.sender else { return }
        let before = upkeep.registering
        guard upkeep.registering.isDue(at: line.now) else { return }
        line.ifUndone { [self] in upkeep.registering = before }
        try devices.seen(
            device, at: message.receivedAt, address: message.origin.address, firmware: firmware,
            in: try line.transaction())
    }
}
