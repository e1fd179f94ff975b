internal import HubModel
internal import SolutionKit

/// Spots and counts as docs/parking-api.md shows them.
extension JSONWriter {
    /// Writes a spot as routes give it.
    /// - Parameter isInside: whether the reader may see more than strangers: who overrode it, and how its sensor is read.
    mutating func write(_ spot: Spot, at now: Timestamp, isInside: Bool) {
        beginObject()
        writeMembers(of: spot, at: now, namesPeople: isInside)
        key("level")
        string(spot.place.level)
        key("zone")
        string(spot.place.zone)
        key("kind")
        string(spot.facts.kind.rawValue)
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
        key("event")
        string("spot_update")
        writeMembers(of: spot, at: now, namesPeople: false)
        endObject()
    }

    private mutating func writeMembers(of spot: Spot, at now: Timestamp, namesPeople: Bool) {
        let status = spot.status(at: now)
        key("spot_id")
        string(spot.id.text)
        key("lot_id")
        string(spot.lot.text)
        key("occupied")
        // Neither yes nor no of what nobody knows: a page that asks only this must not read "free".
        switch status {
        case .occupied: boolean(true)
        case .free, .reserved: boolean(false)
        case .unknown, .outOfService: null()
        }
        key("distance")
        optionalNumber(spot.state.distanceCentimetres)
        key("status")
        string(status.rawValue)
        key("label")
        string(spot.place.label)
        key("since")
        timestamp(spot.since(at: now))
        key("observed_at")
        timestamp(spot.state.observedAt)
        key("stale_after_seconds")
        integer(spot.state.staleSeconds)
        key("color")
        string(spot.state.color(of: status).rawValue)
        key("override")
        guard let override = spot.state.override, override.until.map({ now < $0 }) ?? true else { return null() }
        beginObject()
        key("occupied")
        boolean(override.isOccupied)
        key("at")
        timestamp(override.at)
        key("until")
        timestamp(override.until)
        if namesPeople {
            key("by")
            string(override.by)
        }
        endObject()
    }

    private mutating func writeSensor(of spot: Spot) {
        key("sensor")
        beginObject()
        key("decides")
        string(spot.state.settings.decides.rawValue)
        key("threshold_cm")
        number(spot.state.settings.thresholdCentimetres)
        key("hysteresis_cm")
        number(spot.state.settings.hysteresisCentimetres)
        key("debounce_seconds")
        number(Double(spot.state.settings.debounceMilliseconds) / 1_000)
        key("sensed_occupied")
        if let sensed = spot.state.sensed { boolean(sensed) } else { null() }
        key("heard_at")
        timestamp(spot.state.heardAt)
        key("client_id")
        string(spot.clientID.map(ClientName.identifier))
        endObject()
    }

    /// Writes the live event of a lot's counts.
    mutating func writeCounts(_ counts: LotCounts, of lot: Lot, at now: Timestamp) {
        beginObject()
        key("event")
        string("counts")
        key("lot_id")
        string(lot.id.text)
        key("at")
        timestamp(now)
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
        key("total_spots")
        integer(Int64(tally.total))
        key("available_spots")
        integer(Int64(tally.free))
        key("occupied_spots")
        integer(Int64(tally.occupied))
        key("reserved_spots")
        integer(Int64(tally.reserved))
        key("out_of_service_spots")
        integer(Int64(tally.outOfService))
        key("unknown_spots")
        integer(Int64(tally.unknown))
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

    /// Writes a number, without a point if it is whole.
    mutating func number(_ value: Double) {
        if let whole = Int64(exactly: value) { integer(whole) } else { double(value) }
    }

    /// Writes a number or null.
    mutating func optionalNumber(_ value: Double?) {
        if let value { number(value) } else { null() }
    }
}
