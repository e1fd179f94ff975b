internal import HubModel

/// What the payloads of sensors need, which are read in one pass.
extension JSONReader {
    /// Reads true or false; nil for `null`.
    mutating func optionalBoolean(_ name: StaticString) throws(Refusal) -> Bool? {
        switch try peek() {
        case .boolean: return try boolean()
        case .null:
            _ = try null()
            return nil
        case .object, .array, .string, .number: throw Refusal(.wrongType, "\(name) is true or false.")
        }
    }

    /// Reads a spot's name; nil for `null`.
    mutating func optionalSpot(_ name: StaticString) throws(Refusal) -> DeviceID? {
        guard let text = try optionalText(name, maximumBytes: 256) else { return nil }
        guard let id = DeviceID(text) else { throw Refusal(.invalidIdentifier, "\(name) is not the name of a spot.") }
        return id
    }

    /// Reads a lot's name; nil for `null`.
    mutating func optionalLot(_ name: StaticString) throws(Refusal) -> LotID? {
        guard let text = try optionalText(name, maximumBytes: 256) else { return nil }
        guard let id = LotID(text) else { throw Refusal(.invalidIdentifier, "\(name) is not the name of a lot.") }
        return id
    }
}
