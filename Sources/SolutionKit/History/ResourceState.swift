/// How something is that people use: a room, a desk, a place in a queue. Solutions may have finer words for it; history and forecasts are made
/// of these.
public enum ResourceState: String, CaseIterable, Sendable {
    /// It can be used.
    case free
    /// Somebody uses it.
    case occupied
    /// Nobody uses it, and it is kept for somebody.
    case reserved
    /// It cannot be used at all: it counts neither as free nor as occupied.
    case outOfService = "out_of_service"
    /// Nothing has been heard of it for too long, or never.
    case unknown
}

/// How many resources are in which state.
public struct ResourceTally: Hashable, Sendable {
    /// Those that can be used.
    public var free = 0
    /// Those that somebody uses.
    public var occupied = 0
    /// Those that are kept for somebody.
    public var reserved = 0
    /// Those that cannot be used at all.
    public var outOfService = 0
    /// Those of which nothing is known.
    public var unknown = 0

    /// None at all.
    public init() {}

    /// All of them.
    public var total: Int { free + occupied + reserved + outOfService + unknown }

    /// Those that can be used.
    public var inService: Int { total - outOfService }

    /// Those of which it is known whether they are free. Without any there is nothing to be told.
    public var known: Int { free + occupied + reserved }

    /// Occupied among those of which it is known whether they are; nil if it is known of none.
    public var occupancyRate: Double? { known == 0 ? nil : Double(occupied) / Double(known) }

    /// How many are in a state.
    public subscript(state: ResourceState) -> Int {
        switch state {
        case .free: free
        case .occupied: occupied
        case .reserved: reserved
        case .outOfService: outOfService
        case .unknown: unknown
        }
    }

    /// Counts some more in a state, or with a negative number fewer.
    public mutating func add(_ state: ResourceState, _ count: Int = 1) {
        switch state {
        case .free: free += count
        case .occupied: occupied += count
        case .reserved: reserved += count
        case .outOfService: outOfService += count
        case .unknown: unknown += count
        }
    }
}
