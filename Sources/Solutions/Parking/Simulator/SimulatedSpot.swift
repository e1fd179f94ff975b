internal import HubModel
internal import SolutionKit

/// A spot where cars come and go: what really happens there, whatever the sensors say.
struct SimulatedSpot: Sendable {
    let kind: SpotKind
    private(set) var isOccupied = false
    /// When the car that stands there leaves, or the next one comes.
    private(set) var nextChange: Timestamp
    private var chance: SimulatedChance
    /// How much more people like it than others.
    private let popularity: Double

    init(kind: SpotKind, chance: SimulatedChance, from instant: Timestamp, clock: inout LocalClock) {
        self.kind = kind
        self.chance = chance
        popularity = 0.6 + self.chance.fraction()
        nextChange = instant
        nextChange = nextArrival(after: instant, clock: &clock)
    }

    /// A car comes or goes.
    mutating func change(clock: inout LocalClock) {
        let instant = nextChange
        isOccupied.toggle()
        if isOccupied {
            let hours = SimulatedTraffic.stay(kind, arriving: clock.reading(at: instant), &chance)
            nextChange = instant.advanced(byMicroseconds: Int64(hours * 3_600e6))
        } else {
            nextChange = nextArrival(after: instant, clock: &clock)
        }
    }

    /// Arrivals are a Poisson process whose rate changes with the hour: as many as in the busiest hour are drawn, and thinned out.
    private mutating func nextArrival(after instant: Timestamp, clock: inout LocalClock) -> Timestamp {
        var instant = instant
        while true {
            let hours = chance.exponential(mean: 1 / (SimulatedTraffic.busiest * popularity))
            // At least a second: one car must be gone before the next one stands there.
            instant = instant.advanced(byMicroseconds: max(1_000_000, Int64(hours * 3_600e6)))
            let rate = SimulatedTraffic.arrivals(at: clock.reading(at: instant))
            if chance.happens(rate / SimulatedTraffic.busiest) { return instant }
        }
    }
}
