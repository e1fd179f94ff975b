internal import HubModel
internal import SolutionKit

/// How many spots have which status.
typealias SpotTally = ResourceTally

extension SpotStatus {
    /// The same in the words of the kit.
    var state: ResourceState {
        switch self {
        case .free: .free
        case .occupied: .occupied
        case .reserved: .reserved
        case .outOfService: .outOfService
        case .unknown: .unknown
        }
    }
}

extension SpotTally {
    /// How many have a status.
    subscript(status: SpotStatus) -> Int { self[status.state] }

    mutating func add(_ status: SpotStatus, _ count: Int = 1) { add(status.state, count) }
}

/// A lot's counts. They are made of its spots whenever they are needed and stored nowhere, so that they cannot disagree with them.
struct LotCounts: Hashable, Sendable {
    private(set) var all = SpotTally()
    private(set) var levels: [String: SpotTally] = [:]
    /// Spots without a zone are in none of them.
    private(set) var zones: [String: SpotTally] = [:]
    private(set) var kinds: [SpotKind: SpotTally] = [:]

    /// The counts of spots, as they are at an instant.
    init(_ spots: some Sequence<Spot>, at now: Timestamp) {
        var counter = LotCounter()
        for spot in spots {
            counter.add(spot.status(at: now), level: spot.place.level, zone: spot.place.zone, kind: spot.facts.kind)
        }
        self = counter.counts
    }

    fileprivate init(_ counter: LotCounter) {
        all = counter.all
        for (name, tally) in counter.levels { levels[name] = tally }
        for (name, tally) in counter.zones { zones[name] = tally }
        for (kind, tally) in counter.kinds { kinds[kind] = tally }
    }

    var total: Int { all.total }
    var free: Int { all.free }
    var occupied: Int { all.occupied }
    var reserved: Int { all.reserved }
    var outOfService: Int { all.outOfService }
    var unknown: Int { all.unknown }
}

/// Counts many spots: a lot has few levels and zones, and to look through them is faster than to hash their names for each spot.
struct LotCounter {
    fileprivate var all = SpotTally()
    fileprivate var levels: [(name: String, tally: SpotTally)] = []
    fileprivate var zones: [(name: String, tally: SpotTally)] = []
    fileprivate var kinds: [(name: SpotKind, tally: SpotTally)] = []

    mutating func add(_ status: SpotStatus, level: String, zone: String?, kind: SpotKind) {
        all.add(status)
        LotCounter.add(status, level, to: &levels)
        if let zone { LotCounter.add(status, zone, to: &zones) }
        LotCounter.add(status, kind, to: &kinds)
    }

    /// What was counted.
    var counts: LotCounts { LotCounts(self) }

    private static func add<Name: Equatable>(
        _ status: SpotStatus, _ name: Name, to tallies: inout [(name: Name, tally: SpotTally)]
    ) {
        for index in tallies.indices where tallies[index].name == name { return tallies[index].tally.add(status) }
        var tally = SpotTally()
        tally.add(status)
        tallies.append((name, tally))
    }
}
