internal import HubModel

/// What payloads and bodies of the car park have in common.
extension JSONReader {
    /// Reads a number; nil for `null`.
    mutating func optionalNumber(_ name: StaticString) throws(Refusal) -> JSONNumber? {
        switch try peek() {
        case .number: return try number()
        case .null:
            _ = try null()
            return nil
        case .object, .array, .string, .boolean: throw Refusal(.wrongType, "\(name) is a number")
        }
    }

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

    /// Reads a text that can be stored; nil for `null`.
    mutating func optionalText(_ name: StaticString, maximumBytes: Int) throws(Refusal) -> String? {
        switch try peek() {
        case .string: break
        case .null:
            _ = try null()
            return nil
        case .object, .array, .number, .boolean: throw Refusal(.wrongType, "\(name) is a text")
        }
        let text = try string()
        guard text.utf8.count <= maximumBytes else {
            throw Refusal(.valueOutOfRange, "\(name) is longer than \(maximumBytes) bytes")
        }
        // PostgreSQL cannot keep U+0000.
        guard !text.utf8.contains(0) else { throw Refusal(.valueOutOfRange, "\(name) holds U+0000") }
        return text
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

    /// Reads the time that a sensor claims: a number or a text in any form of the contract. What is missing (null, an empty text) or
    /// cannot be an instant is nil: the time of receipt counts then.
    mutating func claimedTime() throws(Refusal) -> Timestamp? {
        switch try peek() {
        case .number: return Timestamp(epoch: try number())
        case .null:
            _ = try null()
            return nil
        case .string:
            let text = try string()
            if text.isEmpty { return nil }
            if let instant = Timestamp(text: text) { return instant }
            // A number that no instant fits is absurd, and treated as the contract says; a word is a mistake.
            guard JSONNumber(text) != nil else { throw Refusal(.wrongType, "timestamp is no time") }
            return nil
        case .object, .array, .boolean: throw Refusal(.wrongType, "timestamp is a number or a text")
        }
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

/// The keys of an object so far: one that appears twice is refused, and so is an object without end.
struct SeenKeys {
    private var names: [String] = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
        names.reserveCapacity(8)
    }

    mutating func note(_ key: String) throws(Refusal) {
        for name in names where name == key { throw Refusal(.duplicateKey, "a key appears twice") }
        guard names.count < limit else { throw Refusal(.tooLarge, "an object has more than \(limit) members") }
        names.append(key)
    }
}
