internal import HubModel
internal import SQL
internal import SolutionKit

/// What sensors say: who may say it, of which spot, then what changes by it.
extension ParkingHandler {
    func status(_ message: DeviceMessage, in line: inout LineContext) throws {
        let payload = try SpotPayload(message.payload)
        let entry = try find(payload, message, in: &line)
        // Not undone with the message: what was seen of the clock was seen.
        let (observed, isLate) = entry.spot.clock.take(
            payload.claimed, receivedAt: message.receivedAt, isRepeat: message.isRepeat)
        park.spots.markDirty(entry)
        let report = SpotReport(
            isOccupied: payload.isOccupied, distanceCentimetres: payload.distance?.doubleValue,
            observedAt: observed.instant, receivedAt: message.receivedAt)
        line.append(
            Reading(
                device: entry.spot.id, measurement: "spot", observed: observed, receivedAt: message.receivedAt,
                isLate: isLate, fields: payload.fields))
        // The past is history: no state, no LED, nothing live.
        if isLate { return }
        let speaksAnew = message.isWill ? nil : message.origin.clientID.flatMap { $0 == entry.spot.clientID ? nil : $0 }
        try change(entry, of: message.receivedAt, isNews: true, tellsLED: speaksAnew != nil, in: &line) { state in
            state.take(report)
            return nil
        }
        if let speaksAnew {
            park.spots.setClient(speaksAnew, of: entry, in: &line)
        }
        guard case .device = message.origin.sender else { return }
        try entry.noteSeen(at: message.receivedAt, address: message.origin.address, to: devices, in: &line)
    }

    /// The spot that a message is about, if its sender may speak for it.
    private func find(
        _ payload: SpotPayload, _ message: DeviceMessage, in line: inout LineContext
    ) throws -> SpotEntry {
        guard let entry = park[payload.spot] else { return try admit(payload, message, in: &line) }
        try speakers.check(message.origin.sender, for: entry, in: &line)
        if let lot = payload.lot, lot != entry.spot.lot {
            throw Refusal(.identifierMismatch, "\(payload.spot) is not in \(lot).")
        }
        return entry
    }

    /// First contact of a device that was let in: it becomes a spot of the lot that it names.
    private func admit(
        _ payload: SpotPayload, _ message: DeviceMessage, in line: inout LineContext
    ) throws -> SpotEntry {
        let unknown = Refusal(.notFound, "There is no spot \(payload.spot).")
        // People say in which lots there are spots, and of which devices.
        switch message.origin.sender {
        case .anybody, .keyless: throw unknown
        case .person, .device: break
        }
        try speakers.checkFirst(message.origin.sender, for: payload.spot, orElse: unknown, in: &line)
        let transaction = try line.transaction()
        guard let site = try devices.site(of: payload.spot, in: transaction) else { throw unknown }
        guard let id = payload.lot, let lot = park[id], lot.lot.site == site else {
            throw Refusal(.notFound, "\(payload.spot) is not a spot yet, and its report names no lot of its site.")
        }
        // Refuses the name of another kind of device.
        _ = try devices.admit(
            payload.spot, kind: .parking, from: message.origin.address, at: message.receivedAt, in: transaction)
        guard lot.spots.count < ParkingHandler.maximumSpotsPerLot else {
            throw Refusal(.limitReached, "A lot has at most \(ParkingHandler.maximumSpotsPerLot) spots.")
        }
        let spot = Spot(
            facts: SpotFacts(id: payload.spot, lot: id, site: site, kind: .standard),
            place: SpotPlace(label: payload.spot.text),
            state: SpotState(kind: .standard, staleSeconds: lot.lot.staleSeconds, since: message.receivedAt))
        try SpotTable.insert(spot, in: transaction)
        let entry = park.insert(spot, in: lot)
        if case .device(let speaker) = message.origin.sender { entry.upkeep.speaker = speaker }
        line.ifUndone { self.park.remove(entry) }
        noteStates(of: entry, in: &line)
        return entry
    }
}
