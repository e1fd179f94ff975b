internal import HubModel
internal import SQL
internal import SolutionKit

/// What came of an edit.
struct EditResult: Hashable, Sendable {
    var lots = 0
    var spots = 0
    var addedLots = 0
    var addedSpots = 0
    /// The lots that got a tariff.
    var pricedLots: [LotID] = []
}

/// How an edit treats what is there already.
enum EditMode: Hashable, Sendable {
    /// All must be new.
    case add
    /// All must be there.
    case change
    /// Either.
    case merge
}

/// Lots and spots that people add, change and remove.
extension ParkingHandler {
    /// Adds and changes lots with their spots, all or nothing.
    /// - Parameters:
    ///   - mode: whether the lots must be new; spots in them may be either.
    ///   - sites: where the caller may do that.
    ///   - setter: who says what an hour costs; nil: nobody may.
    /// - Throws: `missing_field`, `value_out_of_range`, `not_found`, `conflict`, `forbidden`, `limit_reached`.
    func edit(
        _ edits: [LotEdit], mode: EditMode, at sites: SiteScope, pricedBy setter: PriceSetter? = nil,
        in line: inout LineContext
    ) throws -> EditResult {
        var ids: [LotID] = []
        var seen: Set<LotID> = []
        for edit in edits {
            guard let id = edit.id else { throw Refusal(.missingField, "lot_id is missing.") }
            guard seen.insert(id).inserted else { throw Refusal(.conflict, "\(id) appears twice.") }
            ids.append(id)
        }
        let now = line.now
        return try edit(ids, in: &line) { transaction in
            var result = EditResult()
            var spotIDs: Set<DeviceID> = []
            for (id, edit) in zip(ids, edits) {
                let known = try LotTable.one(id, in: transaction)
                let lot = try place(edit, as: id, known, mode: mode, at: sites, now: now, in: transaction)
                result.lots += 1
                if known == nil { result.addedLots += 1 }
                if try setPrice(edit.pricePerHour, of: lot, by: setter, at: now, in: transaction) {
                    result.pricedLots.append(id)
                }
                let before = try SpotTable.all(of: id, in: transaction)
                let byID = Dictionary(uniqueKeysWithValues: before.map { ($0.id, $0) })
                var count = before.count
                for spotEdit in edit.spots {
                    guard let spotID = spotEdit.id else { throw Refusal(.missingField, "spot_id is missing.") }
                    guard spotIDs.insert(spotID).inserted else {
                        throw Refusal(.conflict, "\(spotID) appears twice.")
                    }
                    let knownSpot = byID[spotID]
                    let spot = try spotEdit.applied(to: knownSpot, id: spotID, in: lot, at: now)
                    result.spots += 1
                    if knownSpot != nil {
                        try SpotTable.configure(spot, in: transaction)
                    } else {
                        count += 1
                        result.addedSpots += 1
                        try add(spot, in: transaction)
                    }
                }
                guard count <= ParkingHandler.maximumSpotsPerLot else {
                    throw Refusal(
                        .limitReached, "A lot has at most \(ParkingHandler.maximumSpotsPerLot) spots.")
                }
                // A plan that was made smaller must still hold the spots that nobody spoke of.
                for spot in before where !spotIDs.contains(spot.id) { try spot.check(in: lot) }
            }
            return result
        }
    }

    private func place(
        _ edit: LotEdit, as id: LotID, _ known: Lot?, mode: EditMode, at sites: SiteScope, now: Timestamp,
        in transaction: Transaction
    ) throws -> Lot {
        if let known, !sites.contains(known.site) {
            // Of a lot of another site one learns only that its name is in use.
            if mode == .change { throw Refusal(.notFound, "There is no lot \(id).") }
            throw Refusal(.conflict, "\(id) is in use.")
        }
        switch (known, mode) {
        case (_?, .add): throw Refusal(.conflict, "There is a lot \(id) already.")
        case (nil, .change): throw Refusal(.notFound, "There is no lot \(id).")
        default: break
        }
        let lot = try edit.applied(to: known, id: id, site: try ParkingHandler.usualSite(sites), at: now)
        if lot.site != known?.site {
            guard sites.contains(lot.site), try devices.hasSite(lot.site, in: transaction) else {
                throw Refusal(.notFound, "There is no site \(lot.site).")
            }
        }
        guard let known else {
            guard try LotTable.count(in: transaction) < ParkingHandler.maximumLots else {
                throw Refusal(.limitReached, "The hub has at most \(ParkingHandler.maximumLots) lots.")
            }
            try LotTable.insert(lot, in: transaction)
            return lot
        }
        if lot.currency != known.currency, try LotTable.isInUse(id, in: transaction) {
            throw Refusal(.conflict, "\(id) has taken money in \(known.currency).")
        }
        if lot.currency != known.currency,
            let other = try TariffTable.all(of: id, in: transaction).first(where: {
                $0.tariff.currency != lot.currency
            })
        {
            throw Refusal(.conflict, "\(id) has a tariff in \(other.tariff.currency).")
        }
        try LotTable.update(lot, in: transaction)
        return lot
    }

    /// The site of a lot of which nobody says where it belongs.
    private static func usualSite(_ sites: SiteScope) throws(Refusal) -> SiteID {
        if sites.contains(.main) { return .main }
        guard case .sites(let sites) = sites, sites.count == 1, let site = sites.first else {
            throw Refusal(.missingField, "site is missing: you may add lots at several.")
        }
        return site
    }

    private func add(_ spot: Spot, in transaction: Transaction) throws {
        if let other = try SpotTable.one(spot.id, in: transaction) {
            throw Refusal(
                .conflict,
                other.facts.site == spot.facts.site
                    ? "\(spot.id) is a spot of \(other.lot)" : "\(spot.id) is in use")
        }
        if let site = try devices.site(of: spot.id, in: transaction), site != spot.facts.site {
            throw Refusal(.conflict, "\(spot.id) is in use.")
        }
        try SpotTable.insert(spot, in: transaction)
    }

    /// Removes a lot with its spots and its links.
    /// - Throws: `not_found`; `conflict` when money or reservations hang on it.
    func remove(_ id: LotID, at sites: SiteScope, in line: inout LineContext) throws {
        let now = line.now
        try edit([id], in: &line) { transaction in
            _ = try LotTable.one(id, at: sites, in: transaction)
            guard try !LotTable.isInUse(id, in: transaction) else {
                throw Refusal(.conflict, "\(id) has sessions, payments or reservations; it stays for the books.")
            }
            try LotTable.remove(id, in: transaction)
            try links.end(of: id.text, kinds: [.lotBoard], at: now, in: transaction)
        }
    }

    /// Removes a spot; its past stays.
    /// - Throws: `not_found`; `conflict` while a car stands there or somebody has reserved it.
    func remove(_ spot: DeviceID, of lot: LotID, at sites: SiteScope, in line: inout LineContext) throws {
        try edit([lot], in: &line) { transaction in
            guard let known = try SpotTable.one(spot, in: transaction), known.lot == lot,
                sites.contains(known.facts.site)
            else { throw Refusal(.notFound, "\(lot) has no spot \(spot).") }
            // Also one that has just come, and counts when that has lasted.
            guard try !SpotTable.hasOpenSession(spot, in: transaction), known.state.car.pending?.isOccupied != true
            else {
                throw Refusal(.conflict, "There is a car at \(spot).")
            }
            guard try !ReservationTable.hasOpen(of: spot, in: transaction) else {
                throw Refusal(.conflict, "\(spot) is reserved.")
            }
            try SpotTable.remove(spot, in: transaction)
        }
    }
}
