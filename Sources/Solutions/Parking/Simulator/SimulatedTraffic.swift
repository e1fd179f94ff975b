internal import HubModel
internal import SolutionKit

/// When cars come and how long they stay. The shape is that of a town's car park: commuters and shoppers on weekdays, shoppers on
/// Saturday, little on Sunday.
struct SimulatedTraffic: Sendable {
    /// Cars an hour that would come to one free spot, by hour of the day.
    private static let weekday: [Double] = [
        0.02, 0.01, 0.01, 0.01, 0.02, 0.06, 0.30, 1.00, 1.70, 1.30, 0.90, 0.80,
        1.00, 0.90, 0.70, 0.60, 0.65, 0.75, 0.70, 0.50, 0.30, 0.20, 0.10, 0.05,
    ]
    private static let saturday: [Double] = [
        0.04, 0.02, 0.01, 0.01, 0.01, 0.02, 0.05, 0.15, 0.40, 0.80, 1.20, 1.50,
        1.40, 1.30, 1.20, 1.00, 0.80, 0.60, 0.50, 0.50, 0.40, 0.30, 0.20, 0.10,
    ]
    private static let sunday: [Double] = [
        0.04, 0.02, 0.01, 0.01, 0.01, 0.01, 0.02, 0.05, 0.08, 0.15, 0.25, 0.30,
        0.30, 0.35, 0.40, 0.40, 0.35, 0.30, 0.25, 0.20, 0.12, 0.08, 0.04, 0.02,
    ]
    /// More than any hour has.
    static let busiest = 1.7
    /// No stay is shorter or longer, in hours: who turns around at once, and who leaves the car over night.
    static let shortest = 2.0 / 60
    static let longest = 20.0

    /// Cars an hour that would come to one free spot.
    static func arrivals(at reading: LocalClock.Reading) -> Double {
        let day =
            switch reading.weekday {
            case 5: saturday
            case 6: sunday
            default: weekday
            }
        return day[reading.minute / 60]
    }

    /// How long a car that comes now stays, in hours.
    static func stay(
        _ kind: SpotKind, arriving reading: LocalClock.Reading, _ chance: inout SimulatedChance
    ) -> Double {
        let isMorning = reading.weekday < 5 && (6..<10).contains(reading.minute / 60)
        let hours =
            switch kind {
            case .standard:
                // Who comes in the morning of a working day mostly works; the others shop.
                chance.happens(isMorning ? 0.55 : 0.08)
                    ? chance.logNormal(median: 8.3, spread: 0.12) : chance.logNormal(median: 0.9, spread: 0.6)
            case .disabled: chance.logNormal(median: 1.2, spread: 0.6)
            case .ev: chance.logNormal(median: 1.6, spread: 0.5)
            case .family: chance.logNormal(median: 1.35, spread: 0.45)
            case .motorcycle: chance.logNormal(median: 3.3, spread: 0.8)
            }
        return min(max(hours, shortest), longest)
    }

    /// What a spot is for, by its place in the lot: a few near the entrance are special.
    static func kind(ofSpot index: Int, of count: Int) -> SpotKind {
        let special = max(1, count / 25)
        // A lot too small for all kinds has ordinary spots.
        guard count >= 10 else { return .standard }
        switch index / special {
        case 0: return .disabled
        case 1: return .ev
        case 2: return .family
        case 3: return .motorcycle
        default: return .standard
        }
    }
}
