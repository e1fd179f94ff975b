internal import HubModel

/// What payloads of devices have in common.
extension JSONReader {
    /// Reads a sensor's value; nil for `null`, a sensor that has nothing to say.
    mutating func readingValue() throws(Refusal) -> ReadingValue? {
        switch try peek() {
        case .number: return ReadingValue(try number())
        case .boolean: return .boolean(try boolean())
        case .string: return .text(try text(maximumBytes: ReadingValue.maximumTextBytes))
        case .null:
            _ = try null()
            return nil
        case .object, .array: throw Refusal(.wrongType, "a value is a number, true or false, or a short text")
        }
    }

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

    /// Reads a text; nil for `null`.
    mutating func optionalText(_ name: StaticString, maximumBytes: Int) throws(Refusal) -> String? {
        switch try peek() {
        case .string: return try text(maximumBytes: maximumBytes)
        case .null:
            _ = try null()
            return nil
        case .object, .array, .number, .boolean: throw Refusal(.wrongType, "\(name) is a text")
        }
    }

    /// Reads a text that can be stored: bounded, and without U+0000, which PostgreSQL cannot keep.
    mutating func text(maximumBytes: Int) throws(Refusal) -> String {
        let text = try string()
        guard text.utf8.count <= maximumBytes else {
            throw Refusal(.valueOutOfRange, "a text is longer than \(maximumBytes) bytes")
        }
        guard !text.utf8.contains(0) else { throw Refusal(.valueOutOfRange, "a text holds U+0000") }
        return text
    }

    /// Reads the time that a device claims: a number or a text in any form of the contract. What is missing (null, an empty text)
    /// or cannot be an instant is nil: the time of receipt counts then.
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

extension ReadingValue {
    /// The longest text that is taken as a value, in bytes.
    static let maximumTextBytes = 1_024

    init(_ number: JSONNumber) {
        self =
            switch number {
            case .decimal(let value) where value.scale == 0: .integer(value.mantissa)
            case .decimal(let value): .decimal(value)
            case .double(let value): .double(value)
            }
    }

    /// The number without its fraction; nil for what is no number or does not fit.
    var wholeNumber: Int64? {
        switch self {
        case .integer(let value): value
        case .decimal(let value): value.integerPart
        case .double(let value): Int64(exactly: value.rounded(.towardZero))
        case .boolean, .text: nil
        }
    }
}
