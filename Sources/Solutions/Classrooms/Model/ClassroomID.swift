internal import HubModel

/// A classroom's name in addresses and topics, by the rule of `DeviceID`. What people call it may change; this never does.
package struct ClassroomID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name.
    package let text: String

    /// A name if it keeps the rule; nil otherwise.
    package init?(_ text: String) {
        guard let id = DeviceID(text) else { return nil }
        self.text = id.text
    }

    /// The name.
    package var description: String { text }

    /// By their characters.
    package static func < (one: ClassroomID, other: ClassroomID) -> Bool { one.text < other.text }

    /// Names for a classroom that people call so, the best one first: `room-1-204`, `room-1-204-2`, and so on. Letters that are no ASCII are
    /// left out; without any left it is `room`.
    package static func suggestions(for name: String) -> some Sequence<ClassroomID> {
        let stem = stem(of: name)
        return (1...).lazy.compactMap { ClassroomID($0 == 1 ? stem : "\(stem)-\($0)") }
    }

    /// Room for a number behind it.
    private static let longestStem = 48

    private static func stem(of name: String) -> String {
        var stem = ""
        for character in name.lowercased().unicodeScalars {
            switch character {
            case "a"..."z", "0"..."9": stem.unicodeScalars.append(character)
            case _ where stem.isEmpty || stem.hasSuffix("-"): continue
            default: stem += "-"
            }
            if stem.utf8.count == longestStem { break }
        }
        while stem.hasSuffix("-") { stem.removeLast() }
        return stem.isEmpty ? "room" : stem
    }
}
