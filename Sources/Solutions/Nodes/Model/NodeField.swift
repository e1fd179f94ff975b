internal import HubModel

/// What a field's values are. The first value decides it, and it stays: a column of numbers stays one that can be drawn and
/// averaged.
enum FieldType: String, Sendable, CaseIterable {
    case number, boolean, text

    init(_ value: ReadingValue) {
        switch value {
        case .integer, .decimal, .double: self = .number
        case .boolean: self = .boolean
        case .text: self = .text
        }
    }

    /// The type with its article, for a sentence.
    var phrase: StaticString {
        switch self {
        case .number: "a number"
        case .boolean: "true or false"
        case .text: "a text"
        }
    }
}

/// A field of a node's telemetry: its name, and what is known of its values.
struct NodeField: Hashable, Sendable {
    let name: String
    /// nil until the first value has come, and after somebody has reset it.
    var type: FieldType?
    /// The last value that was refused.
    var refusal: FieldRefusal?

    /// The type that a field has whatever came first: members of the payload's own.
    static func fixedType(of name: String) -> FieldType? {
        name == "wifi_rssi" || name == "uptime" ? .number : nil
    }

    /// Takes a value as this field has it.
    func take(_ value: ReadingValue) -> Taking {
        let came = FieldType(value)
        guard let type = type ?? NodeField.fixedType(of: name) else {
            return value.isNoValue ? .noValue : .value(value)
        }
        if came == type { return .value(value) }
        guard case .text(let text) = value else { return .refused(came) }
        if value.isNoValue { return .noValue }
        switch type {
        case .number:
            if let number = ReadingValue(quotedNumber: text) { return .value(number) }
        case .boolean:
            if text == "true" || text == "false" { return .value(.boolean(text == "true")) }
        case .text: break
        }
        return .refused(came)
    }

    /// What becomes of a value.
    enum Taking {
        case value(ReadingValue)
        /// The sensor says that it has nothing to say.
        case noValue
        case refused(FieldType)
    }
}

/// A value that was refused because its field is of another type.
struct FieldRefusal: Hashable, Sendable {
    /// What came.
    var came: FieldType
    /// When the last such value was received.
    var at: Timestamp
    /// How many there were since the field was made or reset.
    var count: Int64
}

extension NodeField {
    /// Why the last refused value was refused, and what to do: one sentence.
    var reason: String? {
        guard let refusal, let type else { return nil }
        return """
            \(name) is \(type.phrase), and \(refusal.came.phrase) came; send \(type.phrase), \
            or reset the field if its type has changed for good.
            """
    }
}

extension ReadingValue {
    /// Whether it is a word that stands for no value.
    var isNoValue: Bool {
        guard case .text(let text) = self else { return false }
        return JSONNumber.isNone(text)
    }

    /// A number in quotes; nil when the text is something else.
    init?(quotedNumber text: String) {
        guard let number = JSONNumber(quoted: text) else { return nil }
        self.init(number)
    }
}
