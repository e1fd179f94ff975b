package import HubModel

/// A currency and how many digits its amounts have behind the point.
package struct Currency: Hashable, Sendable {
    /// ISO 4217, such as `EUR`.
    package let code: String

    /// A currency: three capital letters; nil otherwise.
    package init?(_ code: String) {
        guard code.utf8.count == 3, code.utf8.allSatisfy((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains) else {
            return nil
        }
        self.code = code
    }

    /// Digits of the minor unit: 2 for most, by ISO 4217.
    package var fractionDigits: UInt8 {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        default: 2
        }
    }

    /// An amount of major units in minor ones, exactly: 2.50 EUR is 250; nil when it has parts of a minor unit, or is too large for 64
    /// bits.
    package func minor(_ major: ScaledDecimal) -> Int64? {
        guard let minor = major.scaled(toPowerOfTen: Int(fractionDigits)) else { return nil }
        // What was cut off makes the way back end elsewhere.
        guard major.scale > fractionDigits else { return minor }
        let back = ScaledDecimal(mantissa: minor, scale: fractionDigits).scaled(toPowerOfTen: Int(major.scale))
        return back == major.mantissa ? minor : nil
    }

    /// An amount of minor units in major ones: 250 is 2.50 EUR.
    package func major(_ minor: Int64) -> ScaledDecimal {
        ScaledDecimal(mantissa: minor, scale: fractionDigits)
    }
}
