internal import HubModel
internal import SQL
internal import SolutionKit

/// What follows from a change of a spot, all of it in the batch's one transaction: history, session, LED, pages.
extension ParkingHandler {
    /// How long a colour waits for a client that is away, in seconds; whoever subscribes is told the present one anyway.
    private static let colorExpirySeconds: UInt32 = 300

    /// Changes a spot's state and does what follows, after what came due before that.
    /// - Parameters:
    ///   - moment: when that was, if it was before now.
    ///   - isNews: whether pages are shown the spot even if its status stays.
    ///   - tellsLED: whether its LED is told even if the colour stays.
    ///   - work: changes the state; says why, unless a sensor or time did it.
    func change(
        _ entry: SpotEntry, of moment: Timestamp? = nil, isNews: Bool = false, tellsLED: Bool = false,
        in line: inout LineContext, _ work: (inout SpotState) -> ChangeSource?
    ) throws {
        let before = entry.spot.state
        let colorBefore = entry.spot.sentColor
        line.ifUndone {
            entry.spot.state = before
            entry.spot.sentColor = colorBefore
            self.park.spots.schedule(entry)
        }
        park.spots.markDirty(entry)
        let moment = min(moment ?? line.now, line.now)
        var isChanged = false
        while let (changes, at) = entry.spot.state.settleNext(upTo: moment) {
            isChanged = try keep(changes, of: entry, at: at, in: &line) || isChanged
        }
        let cause = work(&entry.spot.state)
        let changes = entry.spot.state.settle(at: line.now, after: cause, of: moment)
        isChanged = try keep(changes, of: entry, at: line.now, in: &line) || isChanged
        park.spots.schedule(entry)
        noteStates(of: entry, since: before, in: &line)
        // A spot of which nothing is known yet is not worth a command to everybody.
        if tellsLED || entry.spot.state.color != entry.spot.sentColor ?? .amber { sendColor(of: entry, in: &line) }
        if isNews || isChanged || cause != nil { show(entry, in: &line) }
    }

    /// Writes what a spot's change is for history and money.
    /// - Returns: whether people are told something else.
    private func keep(
        _ changes: SpotChanges, of entry: SpotEntry, at instant: Timestamp, in line: inout LineContext
    ) throws -> Bool {
        if let change = changes.status {
            try SpotTable.insert(change, of: entry.spot, in: try line.transaction())
            park.countIsDue(of: entry.spot.lot)
        }
        if let car = changes.car { try follow(car, of: entry, in: &line) }
        return changes.status != nil
    }

    /// A car came or went: its session begins or ends, and the reservation that waited for it is used.
    private func follow(_ car: CarChange, of entry: SpotEntry, in line: inout LineContext) throws {
        guard car.isThere else { return try till.departed(entry.spot.facts, at: car.at, in: &line) }
        let transaction = try line.transaction()
        let reservation = try bookings.arrived(entry.spot.id, at: car.at, in: transaction)
        if reservation != nil {
            entry.spot.state.isReserved = try bookings.holds(entry.spot.id, in: transaction) != nil
        }
        try till.arrived(entry.spot.facts, at: car.at, reservation: reservation, in: &line)
    }

    /// Does what has come due of the reservations, each as of its own moment.
    func advanceReservations(in line: inout LineContext) throws {
        // The tables are asked whether the spots are empty.
        try saveDirty(in: &line)
        for step in try bookings.steps(upTo: line.now, in: try line.transaction()) {
            try refreshReservation(of: step.spot, at: step.at, in: &line)
        }
    }

    /// Looks anew whether a reservation holds a spot, of which that changed at an instant.
    func refreshReservation(of spot: DeviceID, at instant: Timestamp, in line: inout LineContext) throws {
        guard let entry = park[spot] else { return }
        let isReserved = try bookings.holds(spot, in: try line.transaction()) != nil
        guard isReserved != entry.spot.state.isReserved else { return }
        try change(entry, of: instant, in: &line) { state in
            state.isReserved = isReserved
            return .reservation
        }
    }

    // MARK: LEDs

    private func sendColor(of entry: SpotEntry, in line: inout LineContext) {
        let color = entry.spot.state.color
        entry.spot.sentColor = color
        for form in LEDFilter.Form.allCases { publish(color, form, of: entry.spot.facts, in: &line) }
    }

    /// Somebody listens to the LEDs' topics: its spots' colours are said again, and that of the one spot that it names.
    func resendColors(to clientID: String, listeningTo filter: LEDFilter, in line: inout LineContext) {
        var entries = park.spots.entries(of: clientID)
        for spot in [filter.spot, DeviceID(ClientName.identifier(clientID))] {
            guard let spot, let entry = park[spot], !entries.contains(where: { $0 === entry }) else { continue }
            entries.append(entry)
        }
        for entry in entries {
            guard let form = filter.form(of: entry.spot.facts) else { continue }
            publish(entry.spot.state.color, form, of: entry.spot.facts, in: &line)
        }
    }

    private func publish(_ color: LEDColor, _ form: LEDFilter.Form, of spot: SpotFacts, in line: inout LineContext) {
        var writer = JSONWriter(minimumCapacity: 80)
        writer.object { writer in
            writer.member("spot_id", spot.id.text)
            writer.member("lot_id", spot.lot.text)
            writer.member("color", color.rawValue)
        }
        line.publish(
            OutgoingMessage(
                topic: LEDFilter.topic(form, of: spot), payload: writer.bytes, qualityOfService: 1,
                expirySeconds: ParkingHandler.colorExpirySeconds))
    }

    // MARK: Pages

    private func show(_ entry: SpotEntry, in line: inout LineContext) {
        guard let lot = park[entry.spot.lot]?.lot else { return }
        var writer = JSONWriter(minimumCapacity: 512)
        writer.writeUpdate(of: entry.spot, at: line.now)
        line.show(
            LiveEvent(
                topic: entry.topic, data: .json(writer.bytes), needs: lot.isPublic ? nil : .viewParking, at: lot.site))
    }

    func showCounts(of entry: Park.LotEntry, in line: inout LineContext) {
        // In place: to copy each spot for this costs more than to count it.
        var counter = LotCounter()
        for one in entry.spots.values { one.count(in: &counter, at: line.now) }
        let counts = counter.counts
        var writer = JSONWriter(minimumCapacity: 512)
        writer.writeCounts(counts, of: entry.lot, at: line.now)
        line.show(
            LiveEvent(
                topic: "parking/\(entry.lot.id)/counts", data: .json(writer.bytes),
                needs: entry.lot.isPublic ? nil : .viewParking, at: entry.lot.site,
                governing: "parking/\(entry.lot.id)/"))
    }
}
