internal import HubModel
internal import SQL
internal import SolutionKit

/// The car park inside the line. It keeps all lots and spots in memory, so that a report that changes nothing costs one update at the end
/// of the batch, and one that changes something that and its row of history.
final class ParkingHandler: MessageHandler {
    let devices: any DeviceBook
    let links: any LinkBook
    let till: Till
    let bookings: Bookings
    /// Who may speak for which spot.
    let speakers: SpeakerRights
    /// What the tables say, once `load` has read it.
    var park = Park()

    /// The most spots that a lot may have.
    static let maximumSpotsPerLot = 10_000
    /// The most lots.
    static let maximumLots = 10_000
    /// How long a spot that could not be changed waits until that is tried again, in seconds.
    private static let holdBackSeconds: Int64 = 60

    init(_ services: LineServices) {
        devices = services.devices
        links = services.links
        till = Till(audit: services.audit)
        bookings = Bookings(services.settings)
        speakers = SpeakerRights(services.devices, keyless: .maySpeak, members: .named)
    }

    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        switch message.topic {
        case ["parkmate", "spot", "status"]: try status(message, in: &line)
        case ["parkmate", "payment"]: try till.payment(message, in: &line)
        default: throw Refusal(.unknownTopic, "Car parks have no such topic.")
        }
    }

    func presence(_ change: PresenceChange, in line: inout LineContext) throws {
        guard case .subscribed(let clientID, let filter) = change, let filter = LEDFilter(filter) else { return }
        resendColors(to: clientID, listeningTo: filter, in: &line)
    }

    /// One spot that time has changed: silent, an override that is over, a car that has stood long enough.
    func advance(in line: inout LineContext) throws -> Bool {
        guard let entry = park.spots.nextDue(at: line.now) else { return false }
        let later = line.now.advanced(bySeconds: ParkingHandler.holdBackSeconds)
        line.ifUndone { self.park.spots.holdBack(entry, until: later) }
        try change(entry, in: &line) { _ in nil }
        return true
    }

    func tick(in line: inout LineContext) throws {
        try advanceReservations(in: &line)
    }

    func finishBatch(in line: inout LineContext) throws {
        try saveDirty(in: &line)
        for lot in park.takeCountsDue() { showCounts(of: lot, in: &line) }
    }

    func forget() {
        park = Park()
    }

    /// Reads lots and spots.
    func load(in line: inout LineContext) throws {
        let transaction = try line.transaction()
        var spots: [LotID: [Spot]] = [:]
        let held = try bookings.held(in: nil, in: transaction)
        for var spot in try SpotTable.all(in: transaction) {
            spot.state.isReserved = held[spot.id] != nil
            spots[spot.lot, default: []].append(spot)
        }
        park = Park()
        for lot in try LotTable.all(at: .all, includingPublic: true, in: transaction) {
            for entry in park.insert(lot, spots[lot.id] ?? []) { noteStates(of: entry, in: &line) }
        }
    }

    /// Writes the spots that the table has not as they are.
    func saveDirty(in line: inout LineContext) throws {
        let entries = park.spots.takeAllDirty()
        guard !entries.isEmpty else { return }
        line.ifUndone { for entry in entries { self.park.spots.markDirty(entry) } }
        let transaction = try line.transaction()
        for entry in entries { try SpotTable.update(entry.spot, in: transaction) }
    }
}
