/// A header value of the form `value; name=text; name="text"` (RFC 2045, 5.1), as clients really write it.
struct ParameterList {
    struct Parameter {
        /// In lower case.
        var name: String
        /// Without the quotes and their escapes.
        var value: [UInt8]
    }

    /// What stands before the first semicolon, in lower case.
    let value: String
    let parameters: [Parameter]

    /// Nil if a parameter has no `=`, a name is not one, or a quote is not closed.
    init?(_ bytes: ArraySlice<UInt8>) {
        let first = bytes.prefix { $0 != ASCII.semicolon }
        value = ASCII.lowercased(ASCII.trimmed(first))
        guard value.utf8.allSatisfy({ ASCII.isToken($0) || $0 == UInt8(ascii: "/") }) else { return nil }
        var rest = bytes[first.endIndex...]
        var parameters: [Parameter] = []
        while rest.popFirst() != nil {
            rest = rest.drop(while: ASCII.isBlank)
            // A semicolon too many, as at the end.
            if rest.isEmpty || rest.first == ASCII.semicolon { continue }
            let name = rest.prefix(while: ASCII.isToken)
            rest = rest[name.endIndex...].drop(while: ASCII.isBlank)
            guard !name.isEmpty, rest.popFirst() == ASCII.equals else { return nil }
            rest = rest.drop(while: ASCII.isBlank)
            let text: [UInt8]
            if rest.first == ASCII.quote {
                guard let quoted = ParameterList.quoted(&rest) else { return nil }
                text = quoted
                rest = rest.drop(while: ASCII.isBlank)
                guard rest.isEmpty || rest.first == ASCII.semicolon else { return nil }
            } else {
                // Unquoted, clients also write what is no token: `boundary=a=b`, file names with spaces.
                let bare = rest.prefix { $0 != ASCII.semicolon }
                text = Array(ASCII.trimmed(bare))
                rest = rest[bare.endIndex...]
            }
            parameters.append(Parameter(name: ASCII.lowercased(name), value: text))
        }
        self.parameters = parameters
    }

    /// Takes a quoted string off the front; nil if it is not closed. A backslash escapes a quote and a backslash only: browsers write the
    /// backslashes of a Windows path as they are.
    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        var text: [UInt8] = []
        rest = rest.dropFirst()
        while let byte = rest.popFirst() {
            if byte == ASCII.quote { return text }
            // A quote at the very end can only be the closing one, whatever precedes it.
            if byte == ASCII.backslash, let next = rest.first, next == ASCII.backslash || next == ASCII.quote,
                next == ASCII.backslash || rest.count > 1
            {
                text.append(next)
                rest = rest.dropFirst()
            } else {
                text.append(byte)
            }
        }
        return nil
    }

    enum Found {
        case none
        case text(String)
        /// It is there twice, or cannot be decoded.
        case bad
    }

    /// The text of a parameter. `name*` (RFC 8187) goes before `name`, which browsers write with three characters percent-encoded.
    func text(_ name: String) -> Found {
        let plain = parameters.filter { $0.name == name }
        let extended = parameters.filter { $0.name == name + "*" }
        guard plain.count < 2, extended.count < 2 else { return .bad }
        if let text = extended.first.flatMap({ ParameterList.extendedText($0.value[...]) }) { return .text(text) }
        if let first = plain.first { return .text(ParameterList.plainText(first.value)) }
        return extended.isEmpty ? .none : .bad
    }

    /// `%22`, `%0D` and `%0A` are what the HTML standard has browsers write for the three characters that would end the string; every other
    /// percent sign is itself. Bytes that are not UTF-8 become U+FFFD.
    private static func plainText(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == ASCII.percent, let decoded = percentDecoded(rest.prefix(2)),
                [ASCII.quote, ASCII.carriageReturn, ASCII.lineFeed].contains(decoded)
            {
                text.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `charset'language'percent-encoded` (RFC 8187, 3.2.1); nil if that is not what it is, or in another alphabet.
    private static func extendedText(_ bytes: ArraySlice<UInt8>) -> String? {
        let pieces = bytes.split(separator: ASCII.apostrophe, maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3 else { return nil }
        var text: [UInt8] = []
        var rest = pieces[2]
        while let byte = rest.popFirst() {
            guard byte == ASCII.percent else {
                text.append(byte)
                continue
            }
            guard let decoded = percentDecoded(rest.prefix(2)) else { return nil }
            text.append(decoded)
            rest = rest.dropFirst(2)
        }
        switch ASCII.lowercased(pieces[0]) {
        case "utf-8": return String(validating: text, as: UTF8.self)
        case "iso-8859-1": return String(String.UnicodeScalarView(text.map { Unicode.Scalar($0) }))
        default: return nil
        }
    }

    private static func percentDecoded(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2, let high = ASCII.hexadecimal(digits[digits.startIndex]),
            let low = ASCII.hexadecimal(digits[digits.startIndex + 1])
        else { return nil }
        return high << 4 | low
    }
}
