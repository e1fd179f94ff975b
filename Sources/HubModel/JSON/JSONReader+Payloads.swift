/// What payloads of devices and bodies of requests have in common.
extension JSONReader {
    /// Reads a number; nil for `null`.
    /// - Throws: `wrong_type`, `malformed_json`.
    public mutating func optionalNumber(_ name: StaticString) throws(Refusal) -> JSONNumber? {
        switch try peek() {
        case .number: return try number()
        case .null:
            _ = try null()
            return nil
        case .object, .array, .string, .boolean: throw Refusal(.wrongType, "\(name) is a number.")
        }
    }

    /// Reads a text that can be stored, bounded and without U+0000; nil for `null`.
    /// - Throws: `wrong_type`, `value_out_of_range`, `malformed_json`.
    public mutating func optionalText(_ name: StaticString, maximumBytes: Int) throws(Refusal) -> String? {
        switch try peek() {
        case .string: break
        case .null:
            _ = try null()
            return nil
        case .object, .array, .number, .boolean: throw Refusal(.wrongType, "\(name) is a text.")
        }
        let text = try string()
        guard text.utf8.count <= maximumBytes else {
            throw Refusal(.valueOutOfRange, "\(name) is longer than \(maximumBytes) bytes.")
        }
        // PostgreSQL cannot keep U+0000.
        guard !text.utf8.contains(0) else { throw Refusal(.valueOutOfRange, "\(name) holds U+0000.") }
        return text
    }

    /// Reads the time that a device claims: a number or a text in any form of the contract. What is missing or no time (null, an
    /// empty text, `N/A`, an object) is nil: the time of receipt counts then, and the reading is not lost.
    /// - Throws: `malformed_json`.
    public mutating func claimedTime() throws(Refusal) -> Timestamp? {
        switch try peek() {
        case .number: return Timestamp(epoch: try number())
        case .string: return Timestamp(text: try string())
        case .null, .object, .array, .boolean:
            try skip()
            return nil
        }
    }

    /// Makes sure that nothing but white space follows in a device's payload, or U+0000: firmware that counts the end of its
    /// text as part of it is common.
    /// - Throws: `malformed_json`.
    public mutating func endOfPayload() throws(Refusal) {
        skipPadding()
        try end()
    }
}

/// The keys of an object so far: one that appears twice is refused, and so is an object without end.
public struct SeenKeys: Sendable {
    private var names: [String] = []
    private let limit: Int

    /// No keys yet.
    /// - Parameter limit: the most members an object may have.
    public init(limit: Int) {
        self.limit = limit
        names.reserveCapacity(8)
    }

    /// Notes a key.
    /// - Throws: `duplicate_key`, `too_large`.
    public mutating func note(_ key: String) throws(Refusal) {
        for name in names where name == key {
            throw Refusal(.duplicateKey, "Duplicate member \(SeenKeys.shown(key)).")
        }
        guard names.count < limit else { throw Refusal(.tooLarge, "An object has more than \(limit) members.") }
        names.append(key)
    }

    /// A key for what is said of a mistake: one that is long or holds control characters is not repeated.
    static func shown(_ key: String) -> String {
        let isPlain = key.utf8.count <= 64 && key.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        return isPlain && !key.isEmpty ? key : "with a name of \(key.utf8.count) bytes"
    }
}
