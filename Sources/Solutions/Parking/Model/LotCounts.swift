internal import HubModel

/// How many spots have which status.
struct SpotTally: Hashable, Sendable {
    var free = 0
    var occupied = 0
    var reserved = 0
    var outOfService = 0
    var unknown = 0

    var total: Int { free + occupied + reserved + outOfService + unknown }

    /// Occupied among those of which it is known whether they are; nil if it is known of none.
    var occupancyRate: Double? {
        let known = free + occupied + reserved
        return known == 0 ? nil : Double(occupied) / Double(known)
    }

    mutating func add(_ status: SpotStatus, _ count: Int = 1) {
        switch status {
        case .free: free += count
        case .occupied: occupied += count
        case .reserved: reserved += count
        case .outOfService: outOfService += count
        case .unknown: unknown += count
        }
    }
}

/// A lot's counts. They are made of its spots whenever they are needed and stored nowhere, so that they cannot disagree with them.
struct LotCounts: Hashable, Sendable {
    private(set) var all = SpotTally()
    private(set) var levels: [String: SpotTally] = [:]
    /// Spots without a zone are in none of them.
    private(set) var zones: [String: SpotTally] = [:]
    private(set) var kinds: [SpotKind: SpotTally] = [:]

    init() {}

    /// The counts of spots, as they are at an instant.
    init(_ spots: some Sequence<Spot>, at now: Timestamp) {
        for spot in spots { add(spot.status(at: now), place: spot.place, kind: spot.facts.kind) }
    }

    mutating func add(_ status: SpotStatus, place: SpotPlace, kind: SpotKind) {
        all.add(status)
        levels[place.level, default: SpotTally()].add(status)
        if let zone = place.zone { zones[zone, default: SpotTally()].add(status) }
        kinds[kind, default: SpotTally()].add(status)
    }

    var total: Int { all.total }
    var free: Int { all.free }
    var occupied: Int { all.occupied }
    var reserved: Int { all.reserved }
    var outOfService: Int { all.outOfService }
    var unknown: Int { all.unknown }
}
