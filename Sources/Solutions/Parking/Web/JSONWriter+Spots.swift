internal import HubModel
internal import SolutionKit

/// Spots and counts as docs/parking-api.md shows them.
extension JSONWriter {
    /// Writes a spot as routes give it.
    /// - Parameter isInside: whether the reader may see more than strangers: who overrode it, and how its sensor is read.
    mutating func write(_ spot: Spot, at now: Timestamp, isInside: Bool) {
        beginObject()
        writeMembers(of: spot, at: now, namesPeople: isInside)
        member("level", spot.place.level)
        member("zone", spot.place.zone)
        member("kind", spot.facts.kind.rawValue)
        key("x")
        optionalNumber(spot.place.x)
        key("y")
        optionalNumber(spot.place.y)
        key("rotation")
        number(spot.place.rotation)
        if isInside { writeSensor(of: spot) }
        endObject()
    }

    /// Writes the live event of a spot, which strangers may see.
    mutating func writeUpdate(of spot: Spot, at now: Timestamp) {
        beginObject()
        member("event", "spot_update")
        writeMembers(of: spot, at: now, namesPeople: false)
        endObject()
    }

    private mutating func writeMembers(of spot: Spot, at now: Timestamp, namesPeople: Bool) {
        let status = spot.status(at: now)
        member("spot_id", spot.id.text)
        member("lot_id", spot.lot.text)
        key("occupied")
        // Neither yes nor no of what nobody knows: a page that asks only this must not read "free".
        switch status {
        case .occupied: boolean(true)
        case .free, .reserved: boolean(false)
        case .unknown, .outOfService: null()
        }
        key("distance")
        optionalNumber(spot.state.distanceCentimetres)
        member("status", status.rawValue)
        member("label", spot.place.label)
        member("since", spot.since(at: now))
        member("observed_at", spot.state.observedAt)
        member("stale_after_seconds", spot.state.staleSeconds)
        member("color", spot.state.color(of: status).rawValue)
        key("override")
        guard let override = spot.state.override, override.until.map({ now < $0 }) ?? true else { return null() }
        beginObject()
        member("occupied", override.isOccupied)
        member("at", override.at)
        member("until", override.until)
        if namesPeople {
            member("by", override.by)
        }
        endObject()
    }

    private mutating func writeSensor(of spot: Spot) {
        key("sensor")
        beginObject()
        member("decides", spot.state.settings.decides.rawValue)
        key("threshold_cm")
        number(spot.state.settings.thresholdCentimetres)
        key("hysteresis_cm")
        number(spot.state.settings.hysteresisCentimetres)
        key("debounce_seconds")
        number(Double(spot.state.settings.debounceMilliseconds) / 1_000)
        key("sensed_occupied")
        if let sensed = spot.state.sensed { boolean(sensed) } else { null() }
        member("heard_at", spot.state.heardAt)
        member("client_id", spot.clientID.map(ClientName.identifier))
        endObject()
    }

    /// Writes the live event of a lot's counts.
    mutating func writeCounts(_ counts: LotCounts, of lot: Lot, at now: Timestamp) {
        beginObject()
        member("event", "counts")
        member("lot_id", lot.id.text)
        member("at", now)
        writeMembers(of: counts)
        endObject()
    }

    /// Writes the counts of a lot, by level, zone and kind.
    mutating func writeMembers(of counts: LotCounts) {
        writeMembers(of: counts.all)
        key("levels")
        writeTallies(counts.levels)
        key("zones")
        writeTallies(counts.zones)
        key("kinds")
        writeTallies(Dictionary(uniqueKeysWithValues: counts.kinds.map { ($0.key.rawValue, $0.value) }))
    }

    /// Writes a tally as members of an object.
    mutating func writeMembers(of tally: SpotTally) {
        member("total_spots", tally.total)
        member("available_spots", tally.free)
        member("occupied_spots", tally.occupied)
        member("reserved_spots", tally.reserved)
        member("out_of_service_spots", tally.outOfService)
        member("unknown_spots", tally.unknown)
        key("occupancy_rate")
        optionalNumber(tally.occupancyRate)
    }

    private mutating func writeTallies(_ tallies: [String: SpotTally]) {
        beginObject()
        for (name, tally) in tallies.sorted(by: { $0.key < $1.key }) {
            key(name)
            beginObject()
            writeMembers(of: tally)
            endObject()
        }
        endObject()
    }
}
