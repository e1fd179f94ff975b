/// Which commands are wanted, newest first: of which devices, in which states, and from where on.
public struct CommandSelection: Sendable {
    /// Whose commands.
    public enum Devices: Sendable {
        /// Those of one device.
        case one(DeviceID)
        /// Those of all devices of these kinds, each at these sites.
        case kinds([(kind: DeviceKind, sites: SiteScope)])
    }

    /// Whose commands.
    public var devices: Devices
    /// Only commands in one of these states; all if it is empty.
    public var states: Set<CommandState>
    /// Only commands behind this one in the order of the list; nil: from the newest.
    public var after: String?
    /// At most so many.
    public var limit: Int

    /// A selection.
    public init(_ devices: Devices, states: Set<CommandState> = [], after: String? = nil, limit: Int) {
        self.devices = devices
        self.states = states
        self.after = after
        self.limit = limit
    }
}
