package import HubModel

/// Percent-encoding (RFC 3986, section 2.1) and queries in the form of HTML's forms.
package enum PercentCoding {
    /// The most parameters a query may have.
    package static let maximumParameters = 100

    /// Decodes a path's level; nil when a percent sign stands alone or the result is not UTF-8.
    package static func decode(_ text: some StringProtocol) -> String? {
        decode(text.utf8, plusIsSpace: false)
    }

    /// Decodes a query into its parameters, in order.
    /// - Throws: `Refusal` with `invalid_parameter`.
    package static func parameters(_ query: some StringProtocol) throws(Refusal) -> [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            guard parameters.count < maximumParameters else {
                throw Refusal(.invalidParameter, "A query may have \(maximumParameters) parameters.")
            }
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(parts[0], plusIsSpace: true),
                let value = parts.count > 1 ? decode(parts[1], plusIsSpace: true) : ""
            else { throw Refusal(.invalidParameter, "The query is not percent-encoded UTF-8.") }
            parameters.append((name, value))
        }
        return parameters
    }

    private static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else {
                    return nil
                }
                decoded.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: decoded.append(UInt8(ascii: " "))
            default: decoded.append(byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
