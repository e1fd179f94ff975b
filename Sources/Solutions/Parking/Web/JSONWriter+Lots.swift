internal import HubModel

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
        key("lot_id")
        string(lot.id.text)
        key("site")
        string(lot.site.text)
        key("name")
        string(lot.name)
        key("address")
        string(lot.address)
        key("latitude")
        optionalNumber(lot.latitude)
        key("longitude")
        optionalNumber(lot.longitude)
        key("time_zone")
        string(lot.timeZone)
        key("currency")
        string(lot.currency)
        key("public")
        boolean(lot.isPublic)
        key("stale_after_seconds")
        integer(lot.staleSeconds)
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
        key("spot_id")
        string(spot.id.text)
        key("label")
        string(spot.place.label)
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
        key("decides")
        string(spot.state.settings.decides.rawValue)
        key("threshold_cm")
        number(spot.state.settings.thresholdCentimetres)
        key("hysteresis_cm")
        number(spot.state.settings.hysteresisCentimetres)
        key("debounce_seconds")
        number(Double(spot.state.settings.debounceMilliseconds) / 1_000)
        endObject()
    }
}
