/// What a sensor said of one quantity.
public enum ReadingValue: Hashable, Sendable {
    /// A number written without a fraction.
    case integer(Int64)
    /// A number written as a decimal that fits 64 bits and 18 places.
    case decimal(ScaledDecimal)
    /// Any other finite number.
    case double(Double)
    /// Yes or no.
    case boolean(Bool)
    /// A word; at most 1,024 bytes.
    case text(String)
}

/// One named value of a reading.
public struct ReadingField: Hashable, Sendable {
    /// The quantity's name as the device gives it, such as `temperature`.
    public let name: String
    /// Its value.
    public let value: ReadingValue

    /// A named value.
    public init(_ name: String, _ value: ReadingValue) {
        self.name = name
        self.value = value
    }
}

/// All that a device reported of one measurement at one instant.
public struct Reading: Sendable {
    /// Who measured.
    public let device: DeviceID
    /// What kind of report it is, such as `telemetry`; together with the device it names the series.
    public let measurement: String
    /// When it was observed, and who says so.
    public let observed: ObservationTime
    /// When the hub received it.
    public let receivedAt: Timestamp
    /// Whether it arrived out of order: observed before the newest reading of its series. History takes it, the
    /// present does not.
    public let isLate: Bool
    /// The values, each name at most once.
    public let fields: [ReadingField]

    /// A report of one instant.
    public init(
        device: DeviceID, measurement: String, observed: ObservationTime, receivedAt: Timestamp, isLate: Bool,
        fields: [ReadingField]
    ) {
        self.device = device
        self.measurement = measurement
        self.observed = observed
        self.receivedAt = receivedAt
        self.isLate = isLate
        self.fields = fields
    }
}
