/// The protocol versions this codec speaks; the raw value is the protocol level of CONNECT (MQTT 5.0, 3.1.2.2).
public enum ProtocolVersion: UInt8, Sendable, Hashable, CaseIterable {
    /// MQTT 3.1 (IBM and Eurotech, 2010), protocol name `MQIsdp`, level 3: the first firmware that was in wide use speaks it.
    case v3_1 = 3
    /// MQTT 3.1.1 (ISO/IEC 20922), protocol level 4.
    case v3_1_1 = 4
    /// MQTT 5.0, protocol level 5.
    case v5_0 = 5

    /// What a bridge adds to the protocol level of 3.1 and 3.1.1: see `Connect.isBridge`.
    static var bridgeBit: UInt8 { 0x80 }
}
