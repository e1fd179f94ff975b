/// What a refusal carries beside its code and its sentence, for a program to go on with: one member of the problem that it is over HTTP
/// (RFC 9457, section 3.2). A route declares which of them it gives. Where a refusal is no problem, over MQTT and in the log, it has none.
///
///     throw Refusal(
///         .conflict, "The room is booked then.",
///         members: [RefusalMember("conflict") { json in json.object { $0.member("from", begin) } }])
public struct RefusalMember: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Its value, as JSON.
    public let json: [UInt8]

    /// The members that every problem may have; no other can be called so.
    public static let reservedNames: Set<String> = ["type", "title", "status", "detail", "code", "instance"]
    /// The most bytes of all members of a refusal together, names and values.
    public static let maximumBytes = 4_096

    /// A member whose one value `value` writes.
    /// - Parameters:
    ///   - name: none of `reservedNames`: it is the program's own, never somebody's input.
    ///   - value: as all of a refusal, never a secret, and nothing that the caller may not see.
    public init(_ name: String, _ value: (inout JSONWriter) -> Void) {
        precondition(!RefusalMember.reservedNames.contains(name), "\(name) is a member of every problem")
        var writer = JSONWriter()
        value(&writer)
        self.name = name
        json = writer.bytes
    }

    /// A member that is a text.
    public init(_ name: String, _ text: String) {
        self.init(name) { $0.string(text) }
    }

    private var bytes: Int { name.utf8.count + json.count }

    /// Those of some members that a refusal carries: of one name the first, and of all what the bound has room for, in their order.
    static func carried(_ members: [RefusalMember]) -> [RefusalMember] {
        var (names, room) = (Set<String>(), maximumBytes)
        return members.filter { member in
            guard member.bytes <= room, names.insert(member.name).inserted else { return false }
            room -= member.bytes
            return true
        }
    }
}
