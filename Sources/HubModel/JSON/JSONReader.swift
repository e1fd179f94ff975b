/// Reads JSON (RFC 8259) off bytes, one value after the other, without building a tree.
///
/// Strict: no trailing text, no NaN, no duplicate checks (the caller knows its keys), strings must be valid UTF-8.
/// Depth is limited, so that hostile nesting costs nothing. Made for payloads of devices, where a tree a message
/// would cost too much.
public struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// How deep arrays and objects may nest.
    public static let maximumDepth = 32

    /// A reader at the start of a text; a byte order mark before it is passed over (RFC 8259, section 8.1).
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.first == TextInput.byteOrderMark[0] { position = TextInput.withoutByteOrderMark(bytes).startIndex }
    }

    /// What sort of value comes next.
    public enum Kind: Sendable {
        case object, array, string, number, boolean, null
    }

    /// What sort of value comes next, without taking it.
    public mutating func peek() throws(Refusal) -> Kind {
        skipBlanks()
        guard position < bytes.count else { throw malformed("The text ends where a value should be") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw malformed("No value begins like this")
        }
    }

    /// Reads an object, handing each key to `member`, which must read that key's value.
    public mutating func object(_ member: (String, inout JSONReader) throws(Refusal) -> Void) throws(Refusal) {
        guard try peek() == .object else { throw Refusal(.wrongType, "An object was expected.") }
        try enter()
        skipBlanks()
        if takeMark(UInt8(ascii: "}")) {
            depth -= 1
            return
        }
        while true {
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw malformed("A key was expected")
            }
            let key = try string()
            skipBlanks()
            guard takeMark(UInt8(ascii: ":")) else { throw malformed("A colon was expected") }
            try member(key, &self)
            skipBlanks()
            if takeMark(UInt8(ascii: ",")) { continue }
            guard takeMark(UInt8(ascii: "}")) else { throw malformed("A comma or the object's end was expected") }
            depth -= 1
            return
        }
    }

    /// Reads an array, calling `element` once for each element, which must read it.
    public mutating func array(_ element: (inout JSONReader) throws(Refusal) -> Void) throws(Refusal) {
        guard try peek() == .array else { throw Refusal(.wrongType, "An array was expected.") }
        try enter()
        skipBlanks()
        if takeMark(UInt8(ascii: "]")) {
            depth -= 1
            return
        }
        while true {
            try element(&self)
            skipBlanks()
            if takeMark(UInt8(ascii: ",")) { continue }
            guard takeMark(UInt8(ascii: "]")) else { throw malformed("A comma or the array's end was expected") }
            depth -= 1
            return
        }
    }

    /// Reads a number.
    public mutating func number() throws(Refusal) -> JSONNumber {
        guard try peek() == .number else { throw Refusal(.wrongType, "A number was expected.") }
        guard let scanned = JSONNumber.scan(bytes, from: position) else { throw malformed("A number is malformed") }
        position = scanned.end
        return scanned.value
    }

    /// Reads `true` or `false`.
    public mutating func boolean() throws(Refusal) -> Bool {
        guard try peek() == .boolean else { throw Refusal(.wrongType, "True or false was expected.") }
        if takeWord("true") { return true }
        guard takeWord("false") else { throw malformed("True or false was expected") }
        return false
    }

    /// Reads `null` if it stands there.
    public mutating func null() throws(Refusal) -> Bool {
        guard try peek() == .null else { return false }
        guard takeWord("null") else { throw malformed("null was expected") }
        return true
    }

    /// Reads a string.
    public mutating func string() throws(Refusal) -> String {
        guard try peek() == .string else { throw Refusal(.wrongType, "A string was expected.") }
        position += 1
        let start = position
        var isASCII = true
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let content = bytes[start..<position]
                position += 1
                if isASCII { return String(decoding: content, as: UTF8.self) }
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw malformed("A string is not valid UTF-8")
                }
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw malformed("A string holds a control character") }
            if byte >= 0x80 { isASCII = false }
            position += 1
        }
        throw malformed("A string does not end")
    }

    /// Reads any value and drops it.
    public mutating func skip() throws(Refusal) {
        switch try peek() {
        case .object: try object { (_, reader) throws(Refusal) in try reader.skip() }
        case .array: try array { (reader) throws(Refusal) in try reader.skip() }
        case .string: _ = try string()
        case .number: _ = try number()
        case .boolean: _ = try boolean()
        case .null: _ = try null()
        }
    }

    /// Reads any value and gives its text as it stands, checked to be valid JSON.
    public mutating func rawValue() throws(Refusal) -> [UInt8] {
        skipBlanks()
        let start = position
        try skip()
        return Array(bytes[start..<position])
    }

    /// Makes sure that nothing but white space follows.
    public mutating func end() throws(Refusal) {
        skipBlanks()
        guard position == bytes.count else { throw malformed("Something follows after the value") }
    }

    private func malformed(_ detail: String) -> Refusal {
        Refusal(.malformedJSON, "\(detail) (byte \(position)).")
    }

    private mutating func enter() throws(Refusal) {
        depth += 1
        guard depth <= JSONReader.maximumDepth else {
            throw malformed("Nested deeper than \(JSONReader.maximumDepth) levels")
        }
        position += 1
    }

    private mutating func skipBlanks() {
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    }

    /// Skips what a device sends behind its text: white space and U+0000.
    mutating func skipPadding() {
        while position < bytes.count, bytes[position] == 0 || isBlank(bytes[position]) { position += 1 }
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private mutating func takeMark(_ mark: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == mark else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        // A StaticString written as a literal of several characters always has a pointer; the count is its own.
        let matches = word.withUTF8Buffer { expected in
            bytes[position..<position + count].elementsEqual(expected)
        }
        if matches { position += count }
        return matches
    }

    private mutating func escapedString(from start: Int) throws(Refusal) -> String {
        var content = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw malformed("A string is not valid UTF-8")
                }
                return text
            case UInt8(ascii: "\\"):
                try escape(into: &content)
            case 0..<0x20:
                throw malformed("A string holds a control character")
            default:
                content.append(byte)
            }
        }
        throw malformed("A string does not end")
    }

    private mutating func escape(into content: inout [UInt8]) throws(Refusal) {
        guard position < bytes.count else { throw malformed("A string does not end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            var value = UInt32(try hexadecimal())
            if (0xD800..<0xDC00).contains(value) {
                guard takeMark(UInt8(ascii: "\\")), takeMark(UInt8(ascii: "u")) else {
                    throw malformed("Half of a surrogate pair")
                }
                let low = UInt32(try hexadecimal())
                guard (0xDC00..<0xE000).contains(low) else { throw malformed("Half of a surrogate pair") }
                value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw malformed("Half of a surrogate pair") }
            content.append(contentsOf: String(Character(scalar)).utf8)
        default:
            throw malformed("An unknown escape")
        }
    }

    private mutating func hexadecimal() throws(Refusal) -> UInt16 {
        guard position + 4 <= bytes.count,
            let value = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
            bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-")
        else { throw malformed("Four hexadecimal digits were expected") }
        position += 4
        return value
    }
}
