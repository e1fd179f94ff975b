internal import HubModel

/// What a node measured: `{"node_id":"node_01","timestamp":1704844800,"sensors":{"temperature":22.5},"wifi_rssi":-65,"uptime":3600}`.
///
/// Other members are ignored. This is the hot path: one pass over the bytes, no tree.
struct TelemetryPayload {
    /// The node's id as the payload spells it.
    private(set) var nodeID: String?
    /// The time that the node claims.
    private(set) var claimed: Timestamp?
    /// Sensors in their order, then `wifi_rssi` and `uptime`.
    private(set) var fields: [ReadingField] = []
    /// Signal strength in dBm.
    private(set) var rssi: Int64?
    private(set) var uptimeSeconds: Int64?

    /// The most sensors in one message.
    static let maximumSensors = 64
    /// The longest name of a sensor, in bytes.
    static let maximumNameBytes = 64

    /// Reads a payload. Whether a value fits its field, the node knows (`Node.take`).
    /// - Throws: `malformed_json`, `wrong_type`, `missing_field`, `duplicate_key`, `invalid_id` (a sensor's name),
    ///   `value_out_of_range`, `too_large` (too many sensors).
    init(_ bytes: [UInt8]) throws(Refusal) {
        var reader = JSONReader(bytes)
        var keys = SeenKeys(limit: 64)
        var hasSensors = false
        var wifi: ReadingValue?
        var uptime: ReadingValue?
        fields.reserveCapacity(6)
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            switch key {
            case "node_id": nodeID = try reader.optionalText("node_id", maximumBytes: 64)
            case "timestamp": claimed = try reader.claimedTime()
            case "sensors":
                if try reader.null() { return }
                hasSensors = true
                try readSensors(&reader)
            case "wifi_rssi": wifi = try reader.readingValue()
            case "uptime": uptime = try reader.readingValue()
            default: try reader.skip()
            }
        }
        try reader.endOfPayload()
        guard hasSensors || wifi != nil || uptime != nil else { throw Refusal(.missingField, "sensors is missing.") }
        if let wifi {
            try append("wifi_rssi", wifi)
            rssi = wifi.quantity
        }
        if let uptime {
            try append("uptime", uptime)
            uptimeSeconds = uptime.quantity
        }
    }

    private mutating func readSensors(_ reader: inout JSONReader) throws(Refusal) {
        var absent: [String] = []
        try reader.object { (name, reader) throws(Refusal) in
            let bytes = name.utf8
            guard !bytes.isEmpty, bytes.count <= TelemetryPayload.maximumNameBytes,
                bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
            else { throw Refusal(.invalidIdentifier, "A sensor's name is 1 to 64 bytes without control characters.") }
            guard fields.count + absent.count < TelemetryPayload.maximumSensors else {
                throw Refusal(.tooLarge, "A message has at most \(TelemetryPayload.maximumSensors) sensors.")
            }
            for other in absent where other == name { throw Refusal(.duplicateKey, "A sensor appears twice.") }
            if let value = try reader.readingValue() {
                try append(name, value)
            } else {
                for field in fields where field.name == name { throw Refusal(.duplicateKey, "A sensor appears twice.") }
                absent.append(name)
            }
        }
    }

    private mutating func append(_ name: String, _ value: ReadingValue) throws(Refusal) {
        for field in fields where field.name == name { throw Refusal(.duplicateKey, "A sensor appears twice.") }
        fields.append(ReadingField(name, value))
    }
}
