// Compiled into DeviceLogic by scripts/check-embedded: generic code is translated only where it is used with a type.

/// A record as a device keeps it.
public struct StoredDistance {
    var instant: Int64
    var centimetres: Double
}

/// Uses every method of the ring.
public func exercise(_ ring: inout StoreAndForward<StoredDistance>, at instant: Int64) -> UInt32 {
    let (sequence, _) = ring.append(StoredDistance(instant: instant, centimetres: 30))
    let record = ring.next()
    ring.connectionLost()
    return ring.acknowledge(boot: ring.boot, sequence: record?.sequence ?? sequence) ? ring.lost : sequence
}
