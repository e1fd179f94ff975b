internal import HubModel
internal import SolutionKit

extension JSONWriter {
    /// Writes what is set of a lot, its price, and how many of its spots are how, as members of an object.
    mutating func writeMembers(of lot: Lot, price: ScaledDecimal, _ tally: SpotTally) {
        writeConfiguration(of: lot)
        key("price_per_hour")
        decimal(price)
        writeMembers(of: tally)
    }

    /// Writes what is set of a lot, as members of an object: the same that an import takes.
    mutating func writeConfiguration(of lot: Lot) {
        member("lot_id", lot.id.text)
        member("site", lot.site.text)
        member("name", lot.name)
        member("address", lot.address)
        key("latitude")
        optionalNumber(lot.latitude)
        key("longitude")
        optionalNumber(lot.longitude)
        member("time_zone", lot.timeZone)
        member("currency", lot.currency)
        member("public", lot.isPublic)
        member("stale_after_seconds", lot.staleSeconds)
        key("plan")
        beginObject()
        key("width")
        number(lot.planWidth)
        key("height")
        number(lot.planHeight)
        endObject()
    }

    /// Writes what is set of a spot: the same that an import takes.
    mutating func writeConfiguration(of spot: Spot) {
        beginObject()
        member("spot_id", spot.id.text)
        member("label", spot.place.label)
        member("level", spot.place.level)
        member("zone", spot.place.zone)
        member("kind", spot.facts.kind.rawValue)
        key("x")
        optionalNumber(spot.place.x)
        key("y")
        optionalNumber(spot.place.y)
        key("rotation")
        number(spot.place.rotation)
        member("decides", spot.state.settings.decides.rawValue)
        key("threshold_cm")
        number(spot.state.settings.thresholdCentimetres)
        key("hysteresis_cm")
        number(spot.state.settings.hysteresisCentimetres)
        key("debounce_seconds")
        number(Double(spot.state.settings.debounceMilliseconds) / 1_000)
        endObject()
    }
}
