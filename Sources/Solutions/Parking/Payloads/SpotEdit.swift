internal import HubModel

/// What somebody wants a spot to be: what is said of it. What is not said stays, or is as usual for a new one.
struct SpotEdit: Hashable, Sendable {
    var id: DeviceID?
    var label: String?
    var level: String?
    /// nil inside: in none.
    var zone: String??
    var kind: SpotKind?
    var x: Double??
    var y: Double??
    var rotation: Double?
    var decides: SpotSignal?
    var thresholdCentimetres: Double?
    var hysteresisCentimetres: Double?
    var debounceSeconds: Double?

    init() {}

    /// Reads an object.
    /// - Parameter place: where it is among others, for messages: `Spot 2`.
    init(_ reader: inout JSONReader, place: String? = nil) throws(Refusal) {
        let members = try JSONMembers(&reader, limit: 32, place: place)
        id = try members.optionalDevice("spot_id")
        label = try members.optionalText("label", maximumBytes: 256)
        level = try members.optionalText("level", maximumBytes: 64)
        zone = try members.change("zone") { (name) throws(Refusal) in
            try members.optionalText(name, maximumBytes: 128)
        }
        kind = try members.optionalChoice("kind", of: SpotKind.self)
        x = try members.change("x", members.optionalDouble)
        y = try members.change("y", members.optionalDouble)
        rotation = try members.optionalDouble("rotation")
        decides = try members.optionalChoice("decides", of: SpotSignal.self)
        thresholdCentimetres = try members.optionalDouble("threshold_cm")
        hysteresisCentimetres = try members.optionalDouble("hysteresis_cm")
        debounceSeconds = try members.optionalDouble("debounce_seconds")
    }

    /// The spot as it would be.
    /// - Parameter known: the spot as it is; nil for a new one.
    /// - Throws: `value_out_of_range`.
    func applied(to known: Spot?, id: DeviceID, in lot: Lot, at now: Timestamp) throws(Refusal) -> Spot {
        let kind = kind ?? known?.facts.kind ?? .standard
        var spot =
            known
            ?? Spot(
                facts: SpotFacts(id: id, lot: lot.id, site: lot.site, kind: kind), place: SpotPlace(label: id.text),
                state: SpotState(kind: kind, staleSeconds: lot.staleSeconds, since: now))
        spot.facts.kind = kind
        spot.state.kind = kind
        if let label { spot.place.label = label }
        if let level { spot.place.level = level }
        if let zone { spot.place.zone = zone }
        if let x { spot.place.x = x }
        if let y { spot.place.y = y }
        if let rotation { spot.place.rotation = rotation }
        if let decides { spot.state.settings.decides = decides }
        if let thresholdCentimetres { spot.state.settings.thresholdCentimetres = thresholdCentimetres }
        if let hysteresisCentimetres { spot.state.settings.hysteresisCentimetres = hysteresisCentimetres }
        if let debounceSeconds {
            guard (0...600).contains(debounceSeconds) else {
                throw Refusal(.valueOutOfRange, "\(id): debounce_seconds is 0 to 600.")
            }
            spot.state.settings.debounceMilliseconds = Int64((debounceSeconds * 1_000).rounded())
        }
        try spot.check(in: lot)
        return spot
    }
}

extension Spot {
    /// Whether everything of it is possible.
    func check(in lot: Lot) throws(Refusal) {
        func demand(_ isRight: Bool, _ rule: String) throws(Refusal) {
            guard isRight else { throw Refusal(.valueOutOfRange, "\(id): \(rule).") }
        }
        try demand((1...64).contains(place.label.unicodeScalars.count), "label has 1 to 64 characters")
        try demand((1...16).contains(place.level.unicodeScalars.count), "level has 1 to 16 characters")
        try demand(place.zone.map { (1...32).contains($0.unicodeScalars.count) } ?? true, "zone has 1 to 32 characters")
        try demand((place.x == nil) == (place.y == nil), "x and y go together")
        try demand(place.x.map { (0...lot.planWidth).contains($0) } ?? true, "x lies on the plan")
        try demand(place.y.map { (0...lot.planHeight).contains($0) } ?? true, "y lies on the plan")
        try demand((-360.0...360).contains(place.rotation), "rotation is -360 to 360")
        try state.settings.check(of: id)
    }
}

extension SensorSettings {
    /// Whether a sensor can be read like this.
    func check(of id: DeviceID) throws(Refusal) {
        guard thresholdCentimetres > 0, thresholdCentimetres <= 10_000 else {
            throw Refusal(.valueOutOfRange, "\(id): threshold_cm is more than 0 and at most 10,000.")
        }
        guard hysteresisCentimetres >= 0, hysteresisCentimetres / 2 < thresholdCentimetres else {
            throw Refusal(.valueOutOfRange, "\(id): hysteresis_cm is 0 or more and less than twice the threshold.")
        }
    }
}
