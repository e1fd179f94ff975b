/// One value of a report.
///
/// Whole numbers and decimals are one family, kept exactly: `21`, `21.0` and `21.50` may share a column, and come back
/// in the form with the fewest digits (`.integer(21)`, `.integer(21)`, `.decimal(mantissa: 215, scale: 1)`).
/// Doubles come back bit by bit, with NaN's payload and the sign of zero.
public enum Value: Sendable, Hashable {
    /// `mantissa / 10^scale`, with `scale` in 0...18: what a sensor says as `21.5`.
    case decimal(mantissa: Int64, scale: UInt8)
    /// A whole number.
    case integer(Int64)
    /// A number that is no short decimal.
    case double(Double)
    /// A switch.
    case boolean(Bool)
    /// Text.
    case text(String)
}

extension Value {
    /// The largest number of decimal places.
    public static let maximumScale: UInt8 = 18

    /// The form in which the store gives it back: whole decimals as integers, no trailing zeros.
    public var normalized: Value {
        guard case .decimal(let mantissa, let scale) = self else { return self }
        let (digits, places) = Decimals.normalized(mantissa, scale)
        return places == 0 ? .integer(digits) : .decimal(mantissa: digits, scale: places)
    }

    /// The number nearest to it, with 0 and 1 for a boolean; nil for text.
    public var number: Double? {
        switch self {
        case .decimal(let mantissa, let scale): Decimals.double(mantissa, scale)
        case .integer(let integer): Double(integer)
        case .double(let double): double
        case .boolean(let flag): flag ? 1 : 0
        case .text: nil
        }
    }
}

// There is no literal for decimals: 21.5 in source text is a double by the time it could be looked at.
extension Value: ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringLiteral {
    /// A whole number.
    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    /// A switch.
    public init(booleanLiteral value: Bool) {
        self = .boolean(value)
    }

    /// Text.
    public init(stringLiteral value: String) {
        self = .text(value)
    }
}

/// Arithmetic of scaled integers.
enum Decimals {
    /// 10^0...10^18.
    static let powers: [Int64] = (0..<18).reduce(into: [1]) { powers, _ in powers.append(powers[powers.count - 1] * 10)
    }

    /// Without trailing zeros after the point.
    static func normalized(_ mantissa: Int64, _ scale: UInt8) -> (Int64, UInt8) {
        guard scale > 0 else { return (mantissa, 0) }
        if mantissa == 0 { return (0, 0) }
        var mantissa = mantissa
        var scale = scale
        while scale > 0 {
            let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { break }
            mantissa = quotient
            scale -= 1
        }
        return (mantissa, scale)
    }

    /// The double nearest to `mantissa / 10^scale`.
    static func double(_ mantissa: Int64, _ scale: UInt8) -> Double {
        guard scale > 0 else { return Double(mantissa) }
        // Up to 2^53 both are doubles exactly and the division rounds once. (Multiplying by 0.1 would round twice.)
        if mantissa.magnitude <= 1 << 53 { return Double(mantissa) / Double(powers[Int(min(scale, 18))]) }
        return Double("\(mantissa)e-\(scale)") ?? Double(mantissa) / Double(powers[Int(min(scale, 18))])
    }
}
