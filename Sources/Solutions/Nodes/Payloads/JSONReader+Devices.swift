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
        case .object, .array: throw Refusal(.wrongType, "A value is a number, true or false, or a short text.")
        }
    }

    /// Reads a text that can be stored: bounded, and without U+0000, which PostgreSQL cannot keep.
    mutating func text(maximumBytes: Int) throws(Refusal) -> String {
        let text = try string()
        guard text.utf8.count <= maximumBytes else {
            throw Refusal(.valueOutOfRange, "A text is longer than \(maximumBytes) bytes.")
        }
        guard !text.utf8.contains(0) else { throw Refusal(.valueOutOfRange, "A text holds U+0000.") }
        return text
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

    /// The number that it is, also in quotes, without its fraction; nil for what is none or does not fit.
    var quantity: Int64? {
        guard case .text(let text) = self else { return wholeNumber }
        return ReadingValue(quotedNumber: text)?.wholeNumber
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
