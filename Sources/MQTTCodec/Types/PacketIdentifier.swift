/// A packet identifier, 1...65535: zero is not a packet identifier ([MQTT-2.2.1-3]; 3.1.1: [MQTT-2.3.1-1]).
public struct PacketIdentifier: Sendable, Hashable, Comparable {
    /// The number on the wire, 1...65535.
    public let rawValue: UInt16

    /// Nil for zero.
    public init?(_ rawValue: UInt16) {
        guard rawValue != 0 else { return nil }
        self.rawValue = rawValue
    }

    private init(nonzero: UInt16) { rawValue = nonzero }

    /// The first identifier, 1.
    public static let first = PacketIdentifier(nonzero: 1)

    /// The identifier after this one; 1 after 65535.
    public var next: PacketIdentifier {
        PacketIdentifier(nonzero: rawValue == .max ? 1 : rawValue + 1)
    }

    /// Ordered by number.
    public static func < (left: PacketIdentifier, right: PacketIdentifier) -> Bool { left.rawValue < right.rawValue }
}
