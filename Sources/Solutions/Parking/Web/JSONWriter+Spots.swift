internal import HubModel
internal import SolutionKit

/// Spots and counts as docs/parking-api.md shows them.
extension JSONWriter {
    /// Writes the live event of a spot, which strangers may see.
    mutating func writeUpdate(of spot: Spot, at now: Timestamp) {
        object { json in
            json.member("event", "spot_update")
            SpotView(spot, at: now, for: .anybody).writeMembers(to: &json)
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
