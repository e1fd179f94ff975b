internal import HubModel
internal import SolutionKit

/// One spot in memory, with what the hot path needs at hand.
final class SpotEntry: RosterEntry {
    var spot: Spot
    /// `parking/LOT001/spots/SPOT001`.
    let topic: String
    var upkeep = RosterUpkeep()

    init(_ spot: Spot) {
        self.spot = spot
        topic = "parking/\(spot.lot)/spots/\(spot.id)"
    }

    var device: DeviceID { spot.id }
    var site: SiteID { spot.facts.site }

    var clientID: String? {
        get { spot.clientID }
        set { spot.clientID = newValue }
    }

    func deadline(at now: Timestamp) -> Timestamp? { spot.state.nextDeadline }

    func count(in counter: inout LotCounter, at now: Timestamp) {
        counter.add(
            spot.state.isSilent(at: now) ? .unknown : spot.state.status, level: spot.place.level,
            zone: spot.place.zone, kind: spot.facts.kind)
    }
}

/// All lots and spots in memory, as the tables have them.
struct Park {
    /// One lot and its spots.
    final class LotEntry {
        let lot: Lot
        fileprivate(set) var spots: [DeviceID: SpotEntry] = [:]
        /// Whether its counts are to be shown at the end of the batch.
        fileprivate(set) var isCountDue = false

        fileprivate init(_ lot: Lot) {
            self.lot = lot
        }
    }

    private(set) var lots: [LotID: LotEntry] = [:]
    /// The spots of all lots.
    let spots = Roster<SpotEntry>()
    private var countsDue: [LotEntry] = []

    subscript(id: DeviceID) -> SpotEntry? { spots[id] }
    subscript(id: LotID) -> LotEntry? { lots[id] }

    /// Puts a lot in, in the place of what was known of it.
    /// - Returns: its spots.
    @discardableResult
    mutating func insert(_ lot: Lot, _ spots: [Spot]) -> [SpotEntry] {
        remove(lot.id)
        let lotEntry = LotEntry(lot)
        lots[lot.id] = lotEntry
        return spots.map { insert($0, in: lotEntry) }
    }

    func insert(_ spot: Spot, in lot: LotEntry) -> SpotEntry {
        let entry = SpotEntry(spot)
        lot.spots[spot.id] = entry
        spots.insert(entry)
        return entry
    }

    /// Puts a lot back as it was before it was changed.
    mutating func putBack(_ lot: LotEntry) {
        remove(lot.lot.id)
        lots[lot.lot.id] = lot
        for entry in lot.spots.values {
            spots.insert(entry)
            entry.isDirty = false
            spots.markDirty(entry)
        }
    }

    /// Takes a lot and its spots out.
    mutating func remove(_ id: LotID) {
        guard let lot = lots.removeValue(forKey: id) else { return }
        for entry in lot.spots.values { spots.remove(entry) }
    }

    /// Takes a spot out again whose first message was undone.
    func remove(_ entry: SpotEntry) {
        lots[entry.spot.lot]?.spots[entry.spot.id] = nil
        spots.remove(entry)
    }

    // MARK: Counts

    mutating func countIsDue(of id: LotID) {
        guard let lot = lots[id], !lot.isCountDue else { return }
        lot.isCountDue = true
        countsDue.append(lot)
    }

    /// The lots whose counts are to be shown.
    mutating func takeCountsDue() -> [LotEntry] {
        let due = countsDue
        countsDue = []
        for lot in due { lot.isCountDue = false }
        return due.filter { lots[$0.lot.id] === $0 }
    }
}
