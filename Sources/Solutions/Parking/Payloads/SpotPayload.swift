internal import HubModel

/// What a sensor says of its spot:
/// `{"spot_id":"SPOT001","lot_id":"LOT001","occupied":true,"distance":35,"timestamp":"2024-01-01T12:00:00Z"}`.
///
/// Other members are ignored. This is the hot path: one pass over the bytes, no tree.
struct SpotPayload {
    private(set) var spot: DeviceID
    /// Missing from sensors that know only their spot.
    private(set) var lot: LotID?
    private(set) var isOccupied: Bool?
    /// Centimetres, as they were sent.
    private(set) var distance: JSONNumber?
    /// The time that the sensor claims.
    private(set) var claimed: Timestamp?

    /// The largest payload that is read, in bytes.
    static let maximumBytes = 8_192
    /// What a distance may be, cm.
    static let distances = 0.0...10_000.0

    /// Reads a payload.
    /// - Throws: `malformed_json`, `wrong_type`, `missing_field`, `duplicate_key`, `invalid_id`, `value_out_of_range`, `too_large`.
    init(_ bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= SpotPayload.maximumBytes else {
            throw Refusal(.tooLarge, "A spot's message has at most \(SpotPayload.maximumBytes) bytes.")
        }
        var reader = JSONReader(bytes)
        var keys = SeenKeys(limit: 32)
        var spot: DeviceID?
        var lot: LotID?
        var isOccupied: Bool?
        var distance: JSONNumber?
        var claimed: Timestamp?
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            switch key {
            case "spot_id": spot = try reader.optionalSpot("spot_id")
            case "lot_id": lot = try reader.optionalLot("lot_id")
            case "occupied": isOccupied = try reader.optionalBoolean("occupied")
            case "distance": distance = try reader.optionalQuantity("distance")
            case "timestamp": claimed = try reader.claimedTime()
            default: try reader.skip()
            }
        }
        try reader.endOfPayload()
        guard let spot else { throw Refusal(.missingField, "spot_id is missing.") }
        guard isOccupied != nil || distance != nil else {
            throw Refusal(.missingField, "occupied and distance are missing; one of them is needed.")
        }
        if let distance, !SpotPayload.distances.contains(distance.doubleValue) {
            throw Refusal(.valueOutOfRange, "distance is 0 to 10,000 cm.")
        }
        self.spot = spot
        self.lot = lot
        self.isOccupied = isOccupied
        self.distance = distance
        self.claimed = claimed
    }

    /// The values as a reading keeps them, exactly as they were sent.
    var fields: [ReadingField] {
        var fields: [ReadingField] = []
        switch distance {
        case .decimal(let value):
            fields.append(
                ReadingField("distance", value.scale == 0 ? .integer(value.mantissa) : .decimal(value)))
        case .double(let value): fields.append(ReadingField("distance", .double(value)))
        case nil: break
        }
        if let isOccupied { fields.append(ReadingField("occupied", .boolean(isOccupied))) }
        return fields
    }
}
