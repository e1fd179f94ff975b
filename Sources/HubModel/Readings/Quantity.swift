/// Numbers as devices also write them, and the words by which they say that they have none.
extension JSONNumber {
    /// A number in quotes, white space around it left out; nil when the text is something else.
    public init?(quoted text: String) {
        guard text.utf8.count <= 64 else { return nil }
        self.init(String(trimmed(text)))
    }

    /// The words by which sensors and their libraries say that there is no value.
    private static let wordsForNothing: Set<String> = [
        "", "-", "--", "nan", "+nan", "-nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity",
        "unavailable", "unknown", "none", "null", "nil", "n/a", "na", "undefined",
    ]

    /// Whether a text stands in the place of a number and says that there is none: empty, `NaN`, `unavailable` and the like, in
    /// any case.
    public static func isNone(_ text: String) -> Bool {
        text.utf8.count <= 16 && wordsForNothing.contains(trimmed(text).lowercased())
    }
}

extension JSONReader {
    /// Reads a number, also in quotes; nil for `null` and for the words that stand for no value.
    /// - Throws: `wrong_type`, `malformed_json`.
    public mutating func optionalQuantity(_ name: StaticString) throws(Refusal) -> JSONNumber? {
        guard try peek() == .string else { return try optionalNumber(name) }
        let text = try string()
        if let number = JSONNumber(quoted: text) { return number }
        guard JSONNumber.isNone(text) else { throw Refusal(.wrongType, "\(name) is a number.") }
        return nil
    }
}

private func trimmed(_ text: String) -> Substring {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
    let rest = text.drop(while: isBlank)
    guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return "" }
    return rest[...last]
}
