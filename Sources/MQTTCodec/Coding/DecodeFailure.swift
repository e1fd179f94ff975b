/// Every way in which received bytes can break the rules, one case each. The connection is over after any of them; the
/// reason code is what MQTT 5.0 gives for it, to send in CONNACK or DISCONNECT where the protocol allows one.
public enum DecodeFailure: Error, Sendable, Hashable, CaseIterable {
    /// Packet type 0 is reserved (MQTT 5.0, 2.1.2).
    case reservedPacketType
    /// Packet type 15 is reserved in 3.1.1 (MQTT 3.1.1, 2.2.1).
    case authIn311
    /// The reserved flags of the fixed header have another value (MQTT-2.1.3-1).
    case fixedHeaderFlags
    /// The remaining length takes more than four bytes (MQTT 5.0, 1.5.5).
    case remainingLengthTooLong
    /// A variable byte integer takes more than four bytes (MQTT 5.0, 1.5.5).
    case variableIntegerTooLong
    /// A variable byte integer takes more bytes than it needs (MQTT-1.5.5-1).
    case variableIntegerNotMinimal
    /// The packet is larger than the maximum (MQTT-3.2.2-15).
    case packetTooLarge
    /// A field reaches past the end of the packet (MQTT 5.0, 2.1.4).
    case fieldBeyondPacket
    /// Bytes are left over behind the last field (MQTT 5.0, 2.1.4).
    case trailingBytes
    /// A string is not well-formed UTF-8 (MQTT-1.5.4-1).
    case textNotUTF8
    /// A string contains U+0000 (MQTT-1.5.4-2).
    case textHasNull
    /// A string contains a control character or a non-character (MQTT 5.0, 1.5.4).
    case textDiscouraged
    /// This packet type never travels in this direction (MQTT 5.0, 2.1.2).
    case packetNotForReceiver
    /// The first packet is not CONNECT (MQTT-3.1.0-1).
    case firstPacketNotConnect
    /// A second CONNECT on one connection (MQTT-3.1.0-2).
    case secondConnect
    /// The protocol name is not MQTT (MQTT-3.1.2-1).
    case protocolName
    /// A protocol level before 3.1.1 is not spoken here (MQTT-3.1.2-2).
    case protocolLevelTooOld
    /// A protocol level above 127 that is none of a bridge of 3.1 or 3.1.1 (MQTT-3.1.2-2).
    case protocolLevelPrivate
    /// A protocol level after 5.0 is not spoken here (MQTT-3.1.2-2).
    case protocolLevelTooNew
    /// The reserved flag of CONNECT is 1 (MQTT-3.1.2-3).
    case connectReservedFlag
    /// Will QoS or will retain without the will flag (MQTT-3.1.2-11, MQTT-3.1.2-13).
    case willFlagsWithoutWill
    /// The will QoS is 3 (MQTT-3.1.2-12).
    case willQoS
    /// The will topic is empty or has a wildcard (MQTT-3.1.3-11).
    case willTopic
    /// 3.1.1 allows no password without a user name (MQTT-3.1.2-22 of 3.1.1).
    case passwordWithoutUserName
    /// an empty client identifier needs a clean session (MQTT-3.1.3-8 of 3.1.1).
    case emptyClientIdentifier
    /// Bits 7 to 1 of the CONNACK flags are not 0 (MQTT-3.2.2-1).
    case connackFlags
    /// Session present together with a refusal (MQTT-3.2.2-6).
    case sessionPresentWithFailure
    /// The reason code is reserved (MQTT 5.0, 2.4).
    case reservedReasonCode
    /// The reason code does not belong to this packet (MQTT 5.0, 2.4).
    case reasonCodeNotForPacket
    /// The QoS of PUBLISH is 3 (MQTT-3.3.1-4).
    case publishQoS
    /// DUP is set at QoS 0 (MQTT-3.3.1-2).
    case duplicateAtQoS0
    /// The topic name is empty (MQTT-4.7.3-1).
    case topicEmpty
    /// The topic name is empty and there is no topic alias (MQTT 5.0, 3.3.2.1).
    case topicEmptyWithoutAlias
    /// The topic name has a wildcard (MQTT-3.3.2-2).
    case topicHasWildcard
    /// The response topic is empty or has a wildcard (MQTT-3.3.2-14).
    case responseTopic
    /// AUTH without an authentication method (MQTT 5.0, 3.15.2.2.2).
    case authenticationMethodMissing
    /// The packet identifier is 0 (MQTT-2.2.1-3).
    case packetIdentifierZero
    /// SUBSCRIBE without a topic filter (MQTT-3.8.3-2).
    case noSubscriptions
    /// UNSUBSCRIBE without a topic filter (MQTT-3.10.3-2).
    case noFilters
    /// An answer without a reason code for each filter (MQTT 5.0, 3.9.3).
    case noReasonCodes
    /// A topic filter is empty (MQTT-4.7.3-1).
    case topicFilterEmpty
    /// A wildcard of a topic filter is misplaced (MQTT-4.7.1-1, MQTT-4.7.1-2).
    case topicFilterWildcard
    /// $share without a group or without a filter (MQTT-4.8.2-1, MQTT-4.8.2-2).
    case topicFilterShare
    /// Reserved bits of the subscription options are not 0 (MQTT-3.8.3-5).
    case subscriptionOptionsReserved
    /// The maximum QoS of a subscription is 3 (MQTT 5.0, 3.8.3.1).
    case subscriptionQoS
    /// The retain handling is 3 (MQTT 5.0, 3.8.3.1).
    case retainHandling
    /// No local on a shared subscription (MQTT-3.8.3-4).
    case sharedNoLocal
    /// A property identifier that does not exist (MQTT 5.0, 2.2.2.2).
    case propertyUnknown
    /// A property that this packet does not have (MQTT 5.0, 2.2.2.2).
    case propertyNotForPacket
    /// A property occurs more than once (MQTT 5.0, 2.2.2.2).
    case propertyTwice
    /// A property reaches past the end of the properties (MQTT 5.0, 2.2.2).
    case propertyBeyondList
    /// A property has a value outside its range (MQTT 5.0, 2.2.2.2).
    case propertyValue
    /// The topic alias is 0 (MQTT-3.3.2-8).
    case topicAliasZero
    /// A client's PUBLISH has a subscription identifier (MQTT-3.3.4-6).
    case subscriptionIdentifierFromClient
    /// A server's DISCONNECT has a session expiry interval (MQTT-3.14.2-2).
    case sessionExpiryFromServer
    /// Authentication data without a method (MQTT 5.0, 3.1.2.11.10).
    case authenticationDataWithoutMethod
    /// More properties in one packet than the limit (a limit of this decoder).
    case tooManyProperties
}
