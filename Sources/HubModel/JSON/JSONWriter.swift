/// Writes JSON into bytes, member by member; commas are its own business.
///
///     writer.object { writer in
///         writer.member("id", "north")
///         writer.array("levels") { writer in for level in levels { writer.double(level) } }
///     }
///
/// Within an object only members are written, within an array only values; that is the caller's to keep. What is begun is always ended.
public struct JSONWriter: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// An empty text.
    public init() {}

    /// An empty text with room for so many bytes, where the size is about known.
    public init(minimumCapacity: Int) {
        bytes.reserveCapacity(minimumCapacity)
    }

    /// What has been written since the last time, for a text that is sent while it is written.
    public mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Begins an object.
    @usableFromInline
    mutating func beginObject() {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }

    /// Ends an object.
    @usableFromInline
    mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// Begins an array.
    @usableFromInline
    mutating func beginArray() {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
    }

    /// Ends an array.
    @usableFromInline
    mutating func endArray() {
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// Writes a member's key; its value comes next.
    @usableFromInline
    mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string.
    public mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        defer {
            bytes.append(UInt8(ascii: "\""))
            needsComma = true
        }
        // Nearly all texts need no escape, and go in as one piece.
        let isPlain = text.utf8.allSatisfy {
            $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard !isPlain else { return bytes.append(contentsOf: text.utf8) }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
            case 0x0D: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
            case 0x09: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
            case 0..<0x20, 0x7F:
                let digits = String(byte, radix: 16)
                bytes.append(contentsOf: "\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8)
            default: bytes.append(byte)
            }
        }
    }

    /// Writes a string, or null.
    public mutating func string(_ text: String?) {
        if let text { string(text) } else { null() }
    }

    /// Writes an integer.
    public mutating func integer(_ value: Int64) {
        separate()
        if value >= 0, value < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(value))
        } else {
            bytes.append(contentsOf: String(value).utf8)
        }
        needsComma = true
    }

    /// Writes a decimal as it was given: 225 at scale 1 is `22.5`.
    public mutating func decimal(_ value: ScaledDecimal) {
        guard value.scale > 0 else { return integer(value.mantissa) }
        separate()
        if value.mantissa < 0 { bytes.append(UInt8(ascii: "-")) }
        let digits = Array(String(value.mantissa.magnitude).utf8)
        let scale = Int(value.scale)
        if digits.count > scale {
            bytes.append(contentsOf: digits[..<(digits.count - scale)])
        } else {
            bytes.append(UInt8(ascii: "0"))
        }
        bytes.append(UInt8(ascii: "."))
        for _ in 0..<max(0, scale - digits.count) { bytes.append(UInt8(ascii: "0")) }
        bytes.append(contentsOf: digits.suffix(scale))
        needsComma = true
    }

    /// Writes a double in the shortest form that reads back as the same; what JSON cannot say (NaN, infinity) as null.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        if value == value.rounded(), abs(value) < 1e15, !(value == 0 && value.sign == .minus) {
            bytes.append(contentsOf: String(Int64(value)).utf8)
        } else {
            bytes.append(contentsOf: value.description.utf8)
        }
        needsComma = true
    }

    /// Writes `true` or `false`.
    public mutating func boolean(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        needsComma = true
    }

    /// Writes `null`.
    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
        needsComma = true
    }

    /// Writes an instant as ISO-8601.
    public mutating func timestamp(_ instant: Timestamp) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: instant.iso8601)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes an instant, or null.
    public mutating func timestamp(_ instant: Timestamp?) {
        if let instant { timestamp(instant) as Void } else { null() }
    }

    /// Writes a reading's value.
    public mutating func value(_ value: ReadingValue) {
        switch value {
        case .integer(let number): integer(number)
        case .decimal(let number): decimal(number)
        case .double(let number): double(number)
        case .boolean(let flag): boolean(flag)
        case .text(let text): string(text)
        }
    }

    /// Writes a value that is JSON already; the caller vouches for it.
    public mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}
