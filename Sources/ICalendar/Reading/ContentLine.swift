/// A content line (RFC 5545, section 3.1): `NAME;PARAMETER=value,"value":VALUE`.
struct ContentLine {
    /// In upper case.
    let name: String
    /// Names in upper case; values without quotes and escapes.
    let parameters: [CalendarProperty.Parameter]
    let value: ArraySlice<UInt8>
    /// Its first line in the stream.
    let number: Int
    /// Whether the value is only the beginning of what came.
    let isCut: Bool

    /// Nil for a line that has not this form.
    init?(_ line: UnfoldedLine) {
        let bytes = line.bytes[...]
        guard let end = bytes.firstIndex(where: { !ContentLine.isNameByte($0) }), end > 0 else { return nil }
        name = String(decoding: bytes[..<end], as: UTF8.self).uppercased()
        number = line.number
        isCut = line.isCut
        var rest = bytes[end...]
        var parameters: [CalendarProperty.Parameter] = []
        while rest.first == UInt8(ascii: ";") {
            rest.removeFirst()
            guard let parameter = ContentLine.parameter(&rest) else { return nil }
            parameters.append(parameter)
        }
        guard rest.popFirst() == UInt8(ascii: ":") else { return nil }
        self.parameters = parameters
        value = rest
    }

    /// The first value of a parameter.
    func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.values.first }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func parameter(_ rest: inout ArraySlice<UInt8>) -> CalendarProperty.Parameter? {
        guard let equals = rest.firstIndex(where: { !isNameByte($0) }), equals > rest.startIndex,
            rest[equals] == UInt8(ascii: "=")
        else { return nil }
        let name = String(decoding: rest[..<equals], as: UTF8.self).uppercased()
        var values: [String] = []
        rest = rest[equals...]
        repeat {
            rest.removeFirst()
            guard let value = parameterValue(&rest) else { return nil }
            values.append(value)
        } while rest.first == UInt8(ascii: ",")
        return CalendarProperty.Parameter(name: name, values: values)
    }

    /// A quoted value may have any character but the quote, others neither of `;:,`.
    private static func parameterValue(_ rest: inout ArraySlice<UInt8>) -> String? {
        let value: ArraySlice<UInt8>
        if rest.first == UInt8(ascii: "\"") {
            let begin = rest.startIndex + 1
            guard let end = rest[begin...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            value = rest[begin..<end]
            rest = rest[(end + 1)...]
        } else {
            let ends: [UInt8] = [UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: ",")]
            guard let end = rest.firstIndex(where: { ends.contains($0) }) else { return nil }
            value = rest[..<end]
            rest = rest[end...]
        }
        return unescaped(value)
    }

    /// RFC 6868: `^n` is a line break, `^'` a quote, `^^` a circumflex; what else follows a circumflex stays as it is.
    private static func unescaped(_ value: ArraySlice<UInt8>) -> String {
        guard value.contains(UInt8(ascii: "^")) else {
            return CalendarString.clean(String(decoding: value, as: UTF8.self))
        }
        var text: [UInt8] = []
        var rest = value
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "^"), let next = rest.first else {
                text.append(byte)
                continue
            }
            switch next {
            case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "'"): text.append(UInt8(ascii: "\""))
            case UInt8(ascii: "^"): text.append(next)
            default:
                text.append(byte)
                continue
            }
            rest.removeFirst()
        }
        return CalendarString.clean(String(decoding: text, as: UTF8.self))
    }
}

/// Values of type TEXT (RFC 5545, section 3.3.11).
enum CalendarString {
    /// A value without its escapes. Control characters are left out but for line breaks and tabs.
    static func text(_ value: ArraySlice<UInt8>) -> String {
        guard value.contains(UInt8(ascii: "\\")) else { return clean(String(decoding: value, as: UTF8.self)) }
        var text: [UInt8] = []
        text.reserveCapacity(value.count)
        var isEscaped = false
        for byte in value {
            if isEscaped {
                isEscaped = false
                text.append(byte | 0x20 == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                text.append(byte)
            }
        }
        return clean(String(decoding: text, as: UTF8.self))
    }

    /// A list of values, with commas between them.
    static func list(_ value: ArraySlice<UInt8>) -> [String] {
        var items: [String] = []
        var begin = value.startIndex
        var isEscaped = false
        for (index, byte) in zip(value.indices, value) {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: ",") {
                items.append(text(value[begin..<index]))
                begin = index + 1
            }
        }
        items.append(text(value[begin...]))
        return items.filter { !$0.isEmpty }
    }

    /// Without control characters but line breaks and tabs.
    static func clean(_ text: String) -> String {
        func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x0A && byte != 0x09 || byte == 0x7F }
        guard text.utf8.contains(where: isControl) else { return text }
        return String(decoding: text.utf8.filter { !isControl($0) }, as: UTF8.self)
    }
}
