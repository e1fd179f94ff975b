package import HubModel

/// What the sensor had seen when the rest of a booking was given away.
package struct ReleaseProof: Hashable, Sendable {
    /// The occurrence whose rest it was.
    package let occurrence: String
    /// The device that saw it.
    package let device: DeviceID
    /// When a warning was given.
    package let warnedAt: Timestamp
    /// When the rest was given away.
    package let releasedAt: Timestamp
    /// When somebody was in the room last; nil: never.
    package let lastOccupied: Timestamp?
    /// Since when the device had been heard without a break: before the booking began.
    package let seenSince: Timestamp
    /// When it was heard last.
    package let lastSeen: Timestamp

    /// A proof.
    package init(
        occurrence: String, device: DeviceID, warnedAt: Timestamp, releasedAt: Timestamp, lastOccupied: Timestamp?,
        seenSince: Timestamp, lastSeen: Timestamp
    ) {
        self.occurrence = occurrence
        self.device = device
        self.warnedAt = warnedAt
        self.releasedAt = releasedAt
        self.lastOccupied = lastOccupied
        self.seenSince = seenSince
        self.lastSeen = lastSeen
    }
}
