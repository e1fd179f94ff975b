internal import HubModel
internal import SQL
internal import SolutionKit

/// What a person says of a spot against its sensor.
enum Decision: Hashable, Sendable {
    /// It counts as occupied or not; until an instant, or until somebody clears it.
    case occupied(Bool, until: Timestamp?)
    /// The sensor counts again.
    case clear
    /// Nobody may park there, or may again.
    case outOfService(Bool)
}

/// What people change.
extension ParkingHandler {
    /// Takes a person's decision about a spot of a lot.
    /// - Throws: `not_found` for a spot that the lot does not have at these sites.
    func decide(
        _ decision: Decision, on spot: DeviceID, of lot: LotID, at sites: SiteScope, by name: String,
        in line: inout LineContext
    ) throws -> Spot {
        guard let entry = park[spot], entry.spot.lot == lot, sites.contains(entry.spot.facts.site) else {
            throw Refusal(.notFound, "\(lot) has no spot \(spot).")
        }
        if case .occupied(_, let until?) = decision, until <= line.now {
            throw Refusal(.valueOutOfRange, "until lies in the past.")
        }
        let now = line.now
        try change(entry, in: &line) { state in
            switch decision {
            case .occupied(let isOccupied, let until):
                state.override = Override(isOccupied: isOccupied, until: until, by: name, at: now)
                return .override
            case .clear:
                state.override = nil
                return .override
            case .outOfService(let isOutOfService):
                state.isOutOfService = isOutOfService
                return .owner
            }
        }
        return entry.spot
    }

    /// Changes lots in the tables, and reads them again: the memory never knows anything else than the tables.
    /// - Parameter lots: those that `work` changes; one that is not there yet, or not any more afterwards, may be among them.
    func edit<Value>(
        _ lots: [LotID], in line: inout LineContext, _ work: (Transaction) throws -> Value
    ) throws -> Value {
        try saveDirty(in: &line)
        let transaction = try line.transaction()
        let before = lots.map { (id: $0, entry: park[$0]) }
        line.ifUndone {
            for (id, entry) in before {
                if let entry { self.park.putBack(entry) } else { self.park.remove(id) }
            }
        }
        let value = try work(transaction)
        for id in lots {
            let known = before.first { $0.id == id }?.entry?.spots
            guard let lot = try LotTable.one(id, in: transaction) else {
                park.remove(id)
                for entry in (known ?? [:]).values { noteRemoval(of: entry.spot.facts, in: &line) }
                continue
            }
            let held = try bookings.held(in: id, in: transaction)
            let spots = try SpotTable.all(of: id, in: transaction).map { spot in
                var spot = spot
                spot.state.isReserved = held[spot.id] != nil
                return spot
            }
            for entry in park.insert(lot, spots) {
                // A kind that changed has another colour, and a stale time that was made shorter may be over.
                let isNews = known?[entry.spot.id]?.spot != entry.spot
                try change(entry, isNews: isNews, in: &line) { _ in nil }
                if isNews { noteStates(of: entry, in: &line) }
            }
            for entry in (known ?? [:]).values where park[entry.spot.id] == nil {
                noteRemoval(of: entry.spot.facts, in: &line)
            }
            park.countIsDue(of: id)
        }
        return value
    }
}
