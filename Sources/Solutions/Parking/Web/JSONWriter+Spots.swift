internal import HubModel
internal import SolutionKit

/// Spots and counts as docs/parking-api.md shows them.
extension JSONWriter {
    /// Writes a spot as routes give it.
    /// - Parameter isInside: whether the reader may see more than strangers: who overrode it, and how its sensor is read.
    mutating func write(_ spot: Spot, at now: Timestamp, isInside: Bool) {
        object { json in
            json.writeMembers(of: spot, at: now, namesPeople: isInside)
            json.member("level", spot.place.level)
            json.member("zone", spot.place.zone)
            json.member("kind", spot.facts.kind.rawValue)
            json.member("x", number: spot.place.x)
            json.member("y", number: spot.place.y)
            json.member("rotation", number: spot.place.rotation)
            if isInside { json.writeSensor(of: spot) }
        }
    }

    /// Writes the live event of a spot, which strangers may see.
    mutating func writeUpdate(of spot: Spot, at now: Timestamp) {
        object { json in
            json.member("event", "spot_update")
            json.writeMembers(of: spot, at: now, namesPeople: false)
        }
    }

    private mutating func writeMembers(of spot: Spot, at now: Timestamp, namesPeople: Bool) {
        let status = spot.status(at: now)
        member("spot_id", spot.id.text)
        member("lot_id", spot.lot.text)
        member("occupied") { json in
            // Neither yes nor no of what nobody knows: a page that asks only this must not read "free".
            switch status {
            case .occupied: json.boolean(true)
            case .free, .reserved: json.boolean(false)
            case .unknown, .outOfService: json.null()
            }
        }
        member("distance", number: spot.state.distanceCentimetres)
        member("status", status.rawValue)
        member("label", spot.place.label)
        member("since", spot.since(at: now))
        member("observed_at", spot.state.observedAt)
        member("stale_after_seconds", spot.state.staleSeconds)
        member("color", spot.state.color(of: status).rawValue)
        member("override") { json in
            guard let override = spot.state.override, override.until.map({ now < $0 }) ?? true else {
                return json.null()
            }
            json.object { json in
                json.member("occupied", override.isOccupied)
                json.member("at", override.at)
                json.member("until", override.until)
                if namesPeople {
                    json.member("by", override.by)
                }
            }
        }
    }

    private mutating func writeSensor(of spot: Spot) {
        object("sensor") { json in
            json.member("decides", spot.state.settings.decides.rawValue)
            json.member("threshold_cm", number: spot.state.settings.thresholdCentimetres)
            json.member("hysteresis_cm", number: spot.state.settings.hysteresisCentimetres)
            json.member("debounce_seconds", number: Double(spot.state.settings.debounceMilliseconds) / 1_000)
            json.member("sensed_occupied", spot.state.sensed)
            json.member("heard_at", spot.state.heardAt)
            json.member("client_id", spot.clientID.map(ClientName.identifier))
        }
    }

    /// Writes the live event of a lot's counts.
    mutating func writeCounts(_ counts: LotCounts, of lot: Lot, at now: Timestamp) {
        object { json in
            json.member("event", "counts")
            json.member("lot_id", lot.id.text)
            json.member("at", now)
            json.writeMembers(of: counts)
        }
    }

    /// Writes the counts of a lot, by level, zone and kind.
    mutating func writeMembers(of counts: LotCounts) {
        writeMembers(of: counts.all)
        member("levels") { $0.writeTallies(counts.levels) }
        member("zones") { $0.writeTallies(counts.zones) }
        member("kinds") { json in
            json.writeTallies(Dictionary(uniqueKeysWithValues: counts.kinds.map { ($0.key.rawValue, $0.value) }))
        }
    }

    /// Writes a tally as members of an object.
    mutating func writeMembers(of tally: SpotTally) {
        member("total_spots", tally.total)
        member("available_spots", tally.free)
        member("occupied_spots", tally.occupied)
        member("reserved_spots", tally.reserved)
        member("out_of_service_spots", tally.outOfService)
        member("unknown_spots", tally.unknown)
        member("occupancy_rate", number: tally.occupancyRate)
    }

    private mutating func writeTallies(_ tallies: [String: SpotTally]) {
        object { json in
            for (name, tally) in tallies.sorted(by: { $0.key < $1.key }) {
                json.object(name) { $0.writeMembers(of: tally) }
            }
        }
    }
}
