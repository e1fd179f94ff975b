/// A decimal number kept exactly: `mantissa` / 10^`scale`.
///
/// Sensors speak in decimals ("22.5"); kept as a scaled integer they are stored and shown just as they were sent.
public struct ScaledDecimal: Hashable, Sendable {
    /// The digits with their sign.
    public let mantissa: Int64
    /// Digits behind the point, 0...18.
    public let scale: UInt8

    /// The largest number of digits behind the point.
    public static let maximumScale: UInt8 = 18

    /// A decimal from its digits and the number of them behind the point (at most 18; more traps, as a caller's bug).
    public init(mantissa: Int64, scale: UInt8) {
        precondition(scale <= ScaledDecimal.maximumScale, "scale over 18")
        self.mantissa = mantissa
        self.scale = scale
    }

    /// Reads `-?digits[.digits]`; nil when it is not that (with an exponent it is a double), or does not fit 64 bits and 18 places.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let number = JSONNumber.scan(bytes, from: 0), number.end == bytes.count,
            case .decimal(let value) = number.value
        else { return nil }
        self = value
    }

    /// The nearest double.
    public var doubleValue: Double {
        // Up to 2^53 both parts are exact as doubles (so is 10^18), and the division rounds once. Beyond, it would
        // round twice.
        guard mantissa.magnitude > 1 << 53, scale > 0 else {
            return Double(mantissa) / ScaledDecimal.powersOfTen[Int(scale)]
        }
        return Double("\(mantissa)e-\(scale)") ?? Double(mantissa) / ScaledDecimal.powersOfTen[Int(scale)]
    }

    /// The number without its fraction, rounded toward zero.
    public var integerPart: Int64? {
        mantissa / ScaledDecimal.integerPowersOfTen[Int(scale)]
    }

    /// The number times 10^`exponent` as an integer, what is smaller being cut off; nil when it does not fit.
    public func scaled(toPowerOfTen exponent: Int) -> Int64? {
        let shift = exponent - Int(scale)
        if shift <= 0 {
            return shift < -18 ? 0 : mantissa / ScaledDecimal.integerPowersOfTen[-shift]
        }
        guard shift <= 18 else { return mantissa == 0 ? 0 : nil }
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: ScaledDecimal.integerPowersOfTen[shift])
        return overflow ? nil : product
    }

    static let integerPowersOfTen: [Int64] = (0...18).map { exponent in
        (0..<exponent).reduce(Int64(1)) { power, _ in power * 10 }
    }

    static let powersOfTen: [Double] = integerPowersOfTen.map(Double.init)
}
