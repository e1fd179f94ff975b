internal import HubModel
internal import SolutionKit

/// All lots and spots in memory, as the tables have them, and what of them is still to be written.
struct Park {
    /// One spot with what the hot path needs at hand.
    final class Entry: SavedEntry {
        var spot: Spot
        /// `parking/LOT001/spots/SPOT001`.
        let topic: String
        /// Whether the table lacks something.
        var isDirty = false
        var savedAt: Timestamp?
        /// The soonest of its deadlines in the heap.
        fileprivate(set) var scheduled: Timestamp?
        /// Until when time alone does not change it, because that failed.
        var heldBack: Timestamp?
        /// A device that was found to be allowed to speak for it: its own, or its controller.
        var speaker: DeviceID?
        /// Telling the registry of devices.
        var registering = Occasionally.onceAMinute

        fileprivate init(_ spot: Spot) {
            self.spot = spot
            topic = "parking/\(spot.lot)/spots/\(spot.id)"
        }

        func count(in counter: inout LotCounter, at now: Timestamp) {
            counter.add(
                spot.state.isSilent(at: now) ? .unknown : spot.state.status, level: spot.place.level,
                zone: spot.place.zone, kind: spot.facts.kind)
        }
    }

    /// One lot and its spots.
    final class LotEntry {
        let lot: Lot
        fileprivate(set) var spots: [DeviceID: Entry] = [:]
        /// Whether its counts are to be shown at the end of the batch.
        fileprivate(set) var isCountDue = false

        fileprivate init(_ lot: Lot) {
            self.lot = lot
        }
    }

    private(set) var lots: [LotID: LotEntry] = [:]
    private var spots: [DeviceID: Entry] = [:]
    /// By the spots' names.
    private var speakers = SpeakerIndex<String>()
    private var dirty = DirtyList<Entry>()
    private var countsDue: [LotEntry] = []
    private var deadlines = InstantHeap<Entry>()

    subscript(id: DeviceID) -> Entry? { spots[id] }
    subscript(id: LotID) -> LotEntry? { lots[id] }

    /// Puts a lot in, in the place of what was known of it.
    /// - Returns: its spots.
    @discardableResult
    mutating func insert(_ lot: Lot, _ spots: [Spot]) -> [Entry] {
        remove(lot.id)
        let lotEntry = LotEntry(lot)
        lots[lot.id] = lotEntry
        return spots.map { insert($0, in: lotEntry) }
    }

    mutating func insert(_ spot: Spot, in lot: LotEntry) -> Entry {
        let entry = Entry(spot)
        link(entry, to: lot)
        return entry
    }

    /// Puts a lot back as it was before `take`.
    mutating func putBack(_ lot: LotEntry) {
        remove(lot.lot.id)
        lots[lot.lot.id] = lot
        for entry in Array(lot.spots.values) {
            link(entry, to: lot)
            entry.isDirty = false
            markDirty(entry)
        }
    }

    private mutating func link(_ entry: Entry, to lot: LotEntry) {
        lot.spots[entry.spot.id] = entry
        spots[entry.spot.id] = entry
        speakers.move(entry.spot.id.text, from: nil, to: entry.spot.clientID)
        entry.scheduled = nil
        schedule(entry)
    }

    /// Takes a lot and its spots out.
    mutating func remove(_ id: LotID) {
        guard let lot = lots.removeValue(forKey: id) else { return }
        for entry in lot.spots.values { unlink(entry) }
    }

    /// Takes a spot out again whose first message was undone.
    mutating func remove(_ entry: Entry) {
        lots[entry.spot.lot]?.spots[entry.spot.id] = nil
        unlink(entry)
    }

    private mutating func unlink(_ entry: Entry) {
        guard spots[entry.spot.id] === entry else { return }
        spots[entry.spot.id] = nil
        speakers.move(entry.spot.id.text, from: entry.spot.clientID, to: nil)
    }

    // MARK: Clients

    /// The spots for which a client spoke last, in the order of their names.
    func spots(of clientID: String) -> [Entry] {
        speakers.devices(of: clientID).compactMap { DeviceID($0).flatMap { spots[$0] } }
    }

    mutating func setClient(_ clientID: String?, of entry: Entry) {
        speakers.move(entry.spot.id.text, from: entry.spot.clientID, to: clientID)
        entry.spot.clientID = clientID
    }

    // MARK: What is to be done

    mutating func markDirty(_ entry: Entry) { dirty.mark(entry) }

    /// The spots that are still to be written; those that were taken out since are left away.
    mutating func takeDirty() -> [Entry] { dirty.takeAll().filter { spots[$0.spot.id] === $0 } }

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

    /// Sees to it that a spot is looked at when time alone may change it.
    mutating func schedule(_ entry: Entry) {
        guard var next = entry.spot.state.nextDeadline else { return }
        if let until = entry.heldBack { next = max(next, until) }
        if let scheduled = entry.scheduled, scheduled <= next { return }
        entry.scheduled = next
        deadlines.insert(entry, at: next)
    }

    /// A spot that time may have changed by now.
    mutating func nextDue(at now: Timestamp) -> Entry? {
        while let entry = deadlines.popDue(at: now) {
            guard spots[entry.spot.id] === entry else { continue }
            // Of several entries in the heap the soonest counts; a later one that is met alone does no harm.
            entry.scheduled = nil
            guard let next = entry.spot.state.nextDeadline else { continue }
            if let until = entry.heldBack, until <= now { entry.heldBack = nil }
            if next <= now, entry.heldBack == nil { return entry }
            schedule(entry)
        }
        return nil
    }
}
