/// An MQTT UTF-8 encoded string (MQTT 5.0, 1.5.4): well-formed UTF-8 without U+0000, at most 65,535 bytes.
///
/// It compares and hashes byte by byte, as MQTT compares topics and identifiers; a Swift `String` would take two
/// different topics for one when they differ only in Unicode normalisation.
public struct MQTTString: Sendable, Hashable {
    /// The UTF-8 bytes, without the length that precedes them on the wire; 0...65535 of them.
    public let bytes: [UInt8]

    /// Checks the bytes. Throws `TextFailure` if they are too long, ill-formed or contain U+0000.
    public init(_ bytes: [UInt8]) throws(TextFailure) {
        if let failure = UTF8Check.failure(in: bytes.span) { throw failure }
        self.bytes = bytes
    }

    /// The UTF-8 of a Swift string. Throws `TextFailure` if it is too long or contains U+0000.
    public init(_ string: String) throws(TextFailure) {
        try self.init(Array(string.utf8))
    }

    /// For bytes that the caller has checked already.
    init(checked bytes: [UInt8]) { self.bytes = bytes }

    /// The string of no characters.
    public static let empty = MQTTString(checked: [])

    /// Whether there are no characters.
    public var isEmpty: Bool { bytes.isEmpty }

    /// The number of bytes, 0...65535.
    public var count: Int { bytes.count }

    /// Feeds the bytes in one piece; element by element is several times slower.
    public func hash(into hasher: inout Hasher) {
        // The pointer lives only for the call, over the array's own storage.
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        hasher.combine(0xFF as UInt8)
    }
}

/// Why bytes are not an MQTT string.
public enum TextFailure: Error, Sendable, Hashable, CaseIterable {
    /// More than 65,535 bytes (1.5.4).
    case tooLong
    /// Ill-formed UTF-8: truncated, overlong, a surrogate or above U+10FFFF ([MQTT-1.5.4-1]).
    case notUTF8
    /// Contains U+0000 ([MQTT-1.5.4-2]).
    case nullCharacter
}

#if !hasFeature(Embedded)
extension MQTTString: CustomStringConvertible {
    /// The text as a Swift string.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
#endif
