internal import MQTTCodec

/// Whose session it is, and what its client calls itself. Two owners may use the same client identifier and never meet:
/// a client takes over only what is its owner's (3.1.4).
struct SessionKey: Hashable {
    let owner: String?
    let identifier: MQTTString

    /// Stands between owner and identifier in a name. No client identifier has it: the decoder refuses control
    /// characters.
    private static let separator: UInt8 = 0x1F

    init(owner: String?, identifier: MQTTString) {
        self.owner = owner
        self.identifier = identifier
    }

    /// What a ledger kept.
    init(name: MQTTString, owner: String?) {
        self.owner = owner
        let prefix = owner.map { Array($0.utf8) + [Self.separator] } ?? []
        guard name.bytes.starts(with: prefix), let rest = try? MQTTString(Array(name.bytes.dropFirst(prefix.count)))
        else {
            identifier = name
            return
        }
        identifier = rest
    }

    /// The name of the session towards the ledger and the server: without an owner the client identifier itself.
    var name: MQTTString {
        guard let owner else { return identifier }
        do {
            return try MQTTString(Array(owner.utf8) + [Self.separator] + identifier.bytes)
        } catch {
            preconditionFailure("BUG: an owner's name is longer than a packet, or has U+0000")
        }
    }
}
