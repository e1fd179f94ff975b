/// What happens to a hub, as data, so that it can happen to two hubs in the same way.
enum Happening: Sendable {
    /// A story goes on.
    case deed(story: Int, Deed)
    /// Time goes by.
    case pass(milliseconds: Int64)
    /// Telemetry is sealed into chunks.
    case seal
    /// All connections break, and nothing is heard for a while: a network that is down, or a hub that is started again.
    case outage(milliseconds: Int64, Ending)
}

/// What one device and its people do.
enum Deed: Sendable {
    /// Connects and subscribes, unless it is there.
    case connect
    /// Says DISCONNECT.
    case leave
    /// Its network breaks.
    case vanish
    /// Reports a value under a time.
    case report(value: Int, Stamp)
    /// Says how it is.
    case health(uptime: Int)
    /// Its spot is taken or free.
    case park(isOccupied: Bool, Stamp)
    /// A person gives it a command that is of use for so many seconds.
    case command(secondsToLive: Int)
    /// From now on it acknowledges nothing, or all that it has again.
    case withhold(Bool)
    /// Says that the oldest command it knows is done.
    case answer
    /// Publishes for whoever comes later; empty takes it back.
    case retain(number: Int, isEmpty: Bool, secondsToLive: UInt32?)
    /// Publishes to another story's session.
    case tell(story: Int, number: Int, qualityOfService: UInt8, secondsToLive: UInt32?)
}

/// The time that a report claims.
enum Stamp: Sendable {
    case none
    /// So far from the truth.
    case off(milliseconds: Int64)
    /// What a clock says that was never set, since the device's start.
    case neverSet(seconds: Int64)
    /// No time at all.
    case nonsense
}

/// A random history of many stories at once.
struct History {
    let happenings: [Happening]
    static let stories = 24

    init(seed: UInt64, rounds: Int) {
        var chance = Chance(seed: seed)
        var happenings: [Happening] = []
        var number = 0
        for round in 0..<rounds {
            for story in 0..<History.stories where !chance.oneIn(3) {
                number += 1
                happenings.append(.deed(story: story, History.deed(number, seconds: Int64(round) * 4, &chance)))
            }
            happenings.append(.pass(milliseconds: Int64(chance.below(8_000))))
            if chance.oneIn(6) { happenings.append(.seal) }
            if chance.oneIn(5) {
                let ending: Ending = chance.oneIn(2) ? .killed : .terminated
                happenings.append(.outage(milliseconds: Int64(chance.below(4) * 5_000 + 500), ending))
            }
        }
        self.happenings = happenings
    }

    private static func deed(_ number: Int, seconds: Int64, _ chance: inout Chance) -> Deed {
        switch chance.below(24) {
        case 0...4: return .connect
        case 5: return .leave
        case 6: return .vanish
        case 7...11: return .report(value: number, stamp(seconds, &chance))
        case 12: return .health(uptime: number)
        case 13, 14: return .park(isOccupied: chance.oneIn(2), stamp(seconds, &chance))
        case 15, 16: return .command(secondsToLive: chance.oneIn(2) ? 20 : 3_600)
        case 17: return .withhold(chance.oneIn(2))
        case 18, 19: return .answer
        case 20:
            return .retain(number: number, isEmpty: chance.oneIn(4), secondsToLive: chance.oneIn(2) ? 30 : nil)
        default:
            return .tell(
                story: chance.below(stories), number: number, qualityOfService: UInt8(chance.below(2) + 1),
                secondsToLive: chance.oneIn(3) ? 30 : nil)
        }
    }

    private static func stamp(_ seconds: Int64, _ chance: inout Chance) -> Stamp {
        switch chance.below(10) {
        case 0...3: .none
        case 4, 5: .off(milliseconds: -Int64(chance.below(500)))
        case 6: .off(milliseconds: Int64(chance.below(300_000)))
        case 7: .off(milliseconds: -Int64(chance.below(7_200_000)))
        case 8: .neverSet(seconds: seconds)
        default: chance.oneIn(2) ? .nonsense : .off(milliseconds: 90_000_000)
        }
    }
}
