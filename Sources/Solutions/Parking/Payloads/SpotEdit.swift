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
    init(_ reader: inout JSONReader) throws(Refusal) {
        var keys = SeenKeys(limit: 32)
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            switch key {
            case "spot_id": id = try reader.optionalSpot("spot_id")
            case "label": label = try reader.optionalText("label", maximumBytes: 256)
            case "level": level = try reader.optionalText("level", maximumBytes: 64)
            case "zone": zone = .some(try reader.optionalText("zone", maximumBytes: 128))
            case "kind": kind = try reader.optionalWord("kind", of: SpotKind.self)
            case "x": x = .some(try reader.optionalNumber("x")?.doubleValue)
            case "y": y = .some(try reader.optionalNumber("y")?.doubleValue)
            case "rotation": rotation = try reader.optionalNumber("rotation")?.doubleValue
            case "decides": decides = try reader.optionalWord("decides", of: SpotSignal.self)
            case "threshold_cm": thresholdCentimetres = try reader.optionalNumber("threshold_cm")?.doubleValue
            case "hysteresis_cm": hysteresisCentimetres = try reader.optionalNumber("hysteresis_cm")?.doubleValue
            case "debounce_seconds": debounceSeconds = try reader.optionalNumber("debounce_seconds")?.doubleValue
            default: try reader.skip()
            }
        }
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
                throw Refusal(.valueOutOfRange, "\(id): debounce_seconds is 0 to 600")
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
            guard isRight else { throw Refusal(.valueOutOfRange, "\(id): \(rule)") }
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
            throw Refusal(.valueOutOfRange, "\(id): threshold_cm is more than 0 and at most 10,000")
        }
        guard hysteresisCentimetres >= 0, hysteresisCentimetres / 2 < thresholdCentimetres else {
            throw Refusal(.valueOutOfRange, "\(id): hysteresis_cm is 0 or more and less than twice the threshold")
        }
    }
}

extension JSONReader {
    /// Reads one of a set of words; nil for `null`.
    fileprivate mutating func optionalWord<Word: RawRepresentable & CaseIterable>(
        _ name: StaticString, of type: Word.Type
    ) throws(Refusal) -> Word? where Word.RawValue == String {
        guard let text = try optionalText(name, maximumBytes: 64) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refusal(.valueOutOfRange, "\(name) is one of \(words)")
        }
        return word
    }
}
