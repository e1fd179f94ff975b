/// Whom a bound counts something for.
///
/// A device or an account counts under its name, whichever of its connections and tokens it comes with. Where many come in under one name
/// or under none (devices that show nothing, an open hub), each of them counts under the address it comes from: the client identifier is
/// the caller's own choice and bounds nobody.
enum QuotaOwner: Hashable, Sendable {
    /// The owner of its session (`ConnectedClient.sessionOwner`).
    case named(String)
    /// Everyone at one address: of IPv6, in one network of 64 bits.
    case address(String)

    /// Everyone whose address is not known: behind a proxy that does not say it, or from before addresses were kept.
    static let unknownAddress = QuotaOwner.address("unknown")

    var isAddress: Bool {
        if case .address = self { return true }
        return false
    }
}

/// What a session holds of what its owner is bounded in.
struct SessionUse: Hashable, Sendable {
    /// Bytes that the broker remembers for it: its will, its filters, its topic aliases, a packet that is not whole yet.
    var remembered = 0
    /// Bytes of the messages that wait in it.
    var queued = 0
    /// QoS 2 identifiers that its client has not released.
    var unreleased = 0

    static func + (one: SessionUse, other: SessionUse) -> SessionUse {
        SessionUse(
            remembered: one.remembered + other.remembered, queued: one.queued + other.queued,
            unreleased: one.unreleased + other.unreleased)
    }

    static func - (one: SessionUse, other: SessionUse) -> SessionUse {
        SessionUse(
            remembered: one.remembered - other.remembered, queued: one.queued - other.queued,
            unreleased: one.unreleased - other.unreleased)
    }
}
