/// A length of time as people write it in an address: a whole number with a unit, such as `10m`.
public struct TimeStep: Hashable, Sendable {
    /// As it was written.
    public let text: String
    /// Its length, 1 or more.
    public let seconds: Int64

    /// Its length in microseconds.
    public var microseconds: Int64 { seconds * 1_000_000 }

    /// Reads a whole number with `s`, `m`, `h` or `d`; nil for anything else.
    /// - Parameter longest: the most seconds, at most 1e12.
    public init?(_ text: String, longest: Int64 = 366 * 86_400) {
        let unit: Int64
        switch text.utf8.last {
        case UInt8(ascii: "s"): unit = 1
        case UInt8(ascii: "m"): unit = 60
        case UInt8(ascii: "h"): unit = 3_600
        case UInt8(ascii: "d"): unit = 86_400
        default: return nil
        }
        let digits = text.utf8.dropLast()
        guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(text.dropLast()), count > 0, count * unit <= longest
        else { return nil }
        self.text = text
        seconds = count * unit
    }
}
