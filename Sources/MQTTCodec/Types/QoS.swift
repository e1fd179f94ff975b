/// Quality of service: how often a message may be delivered (MQTT 5.0, 4.3).
public enum QoS: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    /// Delivered at most once, never acknowledged.
    case atMostOnce = 0
    /// Delivered at least once, acknowledged by PUBACK.
    case atLeastOnce = 1
    /// Delivered exactly once, by PUBREC, PUBREL and PUBCOMP.
    case exactlyOnce = 2

    /// Ordered by strength of the promise.
    public static func < (left: QoS, right: QoS) -> Bool { left.rawValue < right.rawValue }
}
