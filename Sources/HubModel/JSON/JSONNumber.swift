/// A JSON number, exact where that is possible.
public enum JSONNumber: Hashable, Sendable {
    /// Fits 64 bits and 18 places: kept digit by digit.
    case decimal(ScaledDecimal)
    /// Any other finite number, as the nearest double.
    case double(Double)

    /// The nearest double.
    public var doubleValue: Double {
        switch self {
        case .decimal(let value): value.doubleValue
        case .double(let value): value
        }
    }

    /// The number as an integer, if it is one that fits.
    public var integerValue: Int64? {
        switch self {
        case .decimal(let value): value.scale == 0 ? value.mantissa : nil
        case .double: nil
        }
    }

    /// Reads a text that is nothing but a number (RFC 8259, section 6); nil otherwise, and when it is not finite.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let scanned = JSONNumber.scan(bytes, from: 0), scanned.end == bytes.count else { return nil }
        self = scanned.value
    }

    /// Reads a number (RFC 8259, section 6) that begins at `start`; nil if none stands there or it is not finite.
    static func scan(_ bytes: [UInt8], from start: Int) -> (value: JSONNumber, end: Int)? {
        var position = start
        let count = bytes.count
        var isNegative = false
        if position < count, bytes[position] == UInt8(ascii: "-") {
            isNegative = true
            position += 1
        }
        let firstDigit = position
        var mantissa: UInt64 = 0
        var isExact = true
        var scale = 0
        func isDigit(_ at: Int) -> Bool { at < count && bytes[at] &- UInt8(ascii: "0") <= 9 }
        func take() {
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[position] &- UInt8(ascii: "0")))
            if overflow || carry { isExact = false } else { mantissa = sum }
            position += 1
        }
        guard isDigit(position) else { return nil }
        while isDigit(position) { take() }
        // RFC 8259: no leading zeros.
        if position - firstDigit > 1, bytes[firstDigit] == UInt8(ascii: "0") { return nil }
        if position < count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard isDigit(position) else { return nil }
            while isDigit(position) {
                take()
                scale += 1
            }
        }
        var hasExponent = false
        if position < count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            hasExponent = true
            position += 1
            if position < count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard isDigit(position) else { return nil }
            while isDigit(position) { position += 1 }
        }
        // -0 and -0.0 are kept as doubles: an integer has no negative zero.
        let isNegativeZero = isNegative && mantissa == 0
        if isExact, !hasExponent, !isNegativeZero, scale <= Int(ScaledDecimal.maximumScale),
            mantissa <= UInt64(Int64.max)
        {
            let signed = isNegative ? -Int64(mantissa) : Int64(mantissa)
            return (.decimal(ScaledDecimal(mantissa: signed, scale: UInt8(scale))), position)
        }
        guard let double = Double(String(decoding: bytes[start..<position], as: UTF8.self)), double.isFinite else {
            return nil
        }
        return (.double(double), position)
    }
}
