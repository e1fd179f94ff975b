/// A device's name, unique in the hub.
///
/// 1 to 64 bytes of letters, digits and `. _ - : @`. Nothing in it can be mistaken for a topic level, a wildcard or a
/// path.
public struct DeviceID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// The most bytes a name may have.
    public static let maximumLength = 64

    /// A name if it keeps the rule above; nil otherwise.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= DeviceID.maximumLength, bytes.allSatisfy(DeviceID.isAllowed) else {
            return nil
        }
        self.text = text
    }

    /// The name.
    public var description: String { text }

    /// By their characters.
    public static func < (one: DeviceID, other: DeviceID) -> Bool { one.text < other.text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: ":"), UInt8(ascii: "@"):
            true
        default:
            false
        }
    }
}
