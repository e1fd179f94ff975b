internal import HubModel

/// What payloads and bodies of the car park have in common.
extension JSONReader {
    /// Reads a whole number; nil for `null`.
    mutating func optionalWholeNumber(_ name: StaticString) throws(Refusal) -> Int64? {
        guard let number = try optionalNumber(name) else { return nil }
        guard let whole = number.integerValue else { throw Refusal(.wrongType, "\(name) is a whole number") }
        return whole
    }

    /// Reads true or false; nil for `null`.
    mutating func optionalBoolean(_ name: StaticString) throws(Refusal) -> Bool? {
        switch try peek() {
        case .boolean: return try boolean()
        case .null:
            _ = try null()
            return nil
        case .object, .array, .string, .number: throw Refusal(.wrongType, "\(name) is true or false")
        }
    }

    /// Reads a spot's name; nil for `null`.
    mutating func optionalSpot(_ name: StaticString) throws(Refusal) -> DeviceID? {
        guard let text = try optionalText(name, maximumBytes: 256) else { return nil }
        guard let id = DeviceID(text) else { throw Refusal(.invalidIdentifier, "\(name) is no spot's name") }
        return id
    }

    /// Reads a lot's name; nil for `null`.
    mutating func optionalLot(_ name: StaticString) throws(Refusal) -> LotID? {
        guard let text = try optionalText(name, maximumBytes: 256) else { return nil }
        guard let id = LotID(text) else { throw Refusal(.invalidIdentifier, "\(name) is no lot's name") }
        return id
    }

    /// Reads an instant that a person gives, in any form of the contract; nil for `null`.
    mutating func optionalInstant(_ name: StaticString) throws(Refusal) -> Timestamp? {
        let instant: Timestamp?
        switch try peek() {
        case .number: instant = Timestamp(epoch: try number())
        case .string: instant = Timestamp(text: try string())
        case .null:
            _ = try null()
            return nil
        case .object, .array, .boolean: throw Refusal(.wrongType, "\(name) is a time")
        }
        guard let instant else { throw Refusal(.wrongType, "\(name) is a time") }
        return instant
    }
}
