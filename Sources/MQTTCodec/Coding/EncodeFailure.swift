/// Why a packet value has no valid form on the wire. It is always the caller's mistake; nothing was appended.
public enum EncodeFailure: Error, Sendable, Hashable, CaseIterable {
    /// AUTH, or a PUBLISH without a topic, does not exist in 3.1.1.
    case notInVersion
    /// CONNECT names another version than the one it is encoded for.
    case versionMismatch
    /// 5.0 has no bridge bit: a bridge says with each subscription what it needs.
    case bridgeNotInVersion
    /// 3.1.1 has no CONNACK for this reason: the connection is closed without one.
    case reasonNotInVersion
    /// The reason code does not belong to this packet (table 2-6).
    case reasonNotForPacket
    /// A property does not belong to this packet (table 2-4).
    case propertyNotForPacket
    /// A property that may occur once occurs twice.
    case propertyTwice
    /// A property has a value outside its range.
    case propertyValue
    /// A field that takes at most 65,535 bytes is longer.
    case fieldTooLong
    /// The packet is larger than 268,435,455 bytes behind its fixed header.
    case packetTooLarge
    /// QoS and packet identifier or DUP do not fit each other.
    case packetIdentifier
    /// A PUBLISH with neither a topic nor a topic alias.
    case topicMissing
    /// A SUBSCRIBE, SUBACK, UNSUBSCRIBE or UNSUBACK without an entry.
    case listEmpty
    /// 3.1.1 allows no password without a user name.
    case passwordWithoutUserName
    /// Session present together with a refusal.
    case sessionPresentWithFailure
    /// No local on a shared subscription.
    case sharedNoLocal
}
