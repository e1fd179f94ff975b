public import HubModel

/// Readings that a route offers: those of one device under one measurement, as its solution calls them.
public struct ReadingSource: Sendable {
    /// The device.
    public let device: DeviceID
    /// The measurement.
    public let measurement: String
    /// The names of its fields. A name in a request that has a comma in it is one of them, or a list.
    public let fields: [String]
    /// The member, and the column of a sheet, that names the device, such as `sensor_id`.
    public let member: String

    /// A source.
    public init(_ device: DeviceID, measurement: String, fields: [String], member: String = Command.deviceMember) {
        self.device = device
        self.measurement = measurement
        self.fields = fields
        self.member = member
    }
}
