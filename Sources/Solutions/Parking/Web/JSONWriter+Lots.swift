internal import HubModel
internal import SolutionKit

extension JSONWriter {
    /// Writes what is set of a lot, its price, and how many of its spots are how, as members of an object.
    mutating func writeMembers(of lot: Lot, price: ScaledDecimal, _ tally: SpotTally) {
        writeConfiguration(of: lot)
        member("price_per_hour", decimal: price)
        writeMembers(of: tally)
    }

    /// Writes what is set of a lot, as members of an object: the same that an import takes.
    mutating func writeConfiguration(of lot: Lot) {
        member("lot_id", lot.id.text)
        member("site", lot.site.text)
        member("name", lot.name)
        member("address", lot.address)
        member("latitude", number: lot.latitude)
        member("longitude", number: lot.longitude)
        member("time_zone", lot.timeZone)
        member("currency", lot.currency)
        member("public", lot.isPublic)
        member("stale_after_seconds", lot.staleSeconds)
        object("plan") { json in
            json.member("width", number: lot.planWidth)
            json.member("height", number: lot.planHeight)
        }
    }

    /// Writes what is set of a spot: the same that an import takes.
    mutating func writeConfiguration(of spot: Spot) {
        object { json in
            json.member("spot_id", spot.id.text)
            json.member("label", spot.place.label)
            json.member("level", spot.place.level)
            json.member("zone", spot.place.zone)
            json.member("kind", spot.facts.kind.rawValue)
            json.member("x", number: spot.place.x)
            json.member("y", number: spot.place.y)
            json.member("rotation", number: spot.place.rotation)
            json.member("decides", spot.state.settings.decides.rawValue)
            json.member("threshold_cm", number: spot.state.settings.thresholdCentimetres)
            json.member("hysteresis_cm", number: spot.state.settings.hysteresisCentimetres)
            json.member("debounce_seconds", number: Double(spot.state.settings.debounceMilliseconds) / 1_000)
        }
    }
}
