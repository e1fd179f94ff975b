public import HubModel

/// How the simulation's clock runs beside the one on the wall.
///
/// Without history both begin together, and the simulation's runs `speed` times as fast. With history the simulation's begins in the past,
/// runs so fast until it has caught up, and then goes with the wall's.
public struct SimulatedTime: Hashable, Sendable {
    /// When the simulation begins, by the clock on the wall.
    public let begin: Timestamp
    /// What the simulation's clock shows then.
    public let start: Timestamp
    /// How many times as fast it runs.
    public let speed: Double
    /// Whether reports carry the simulation's time; otherwise they carry the wall's, because the other one shows a day that has not come.
    public let isHistory: Bool

    /// From now on, `speed` times as fast; `start` is what the simulation's clock shows in the beginning.
    public init(begin: Timestamp, start: Timestamp, speed: Double) {
        self.begin = begin
        self.start = start
        self.speed = speed
        isHistory = false
    }

    /// From so many days ago on, `speed` times as fast until the simulation has caught up.
    public init(begin: Timestamp, days: Double, speed: Double) {
        self.begin = begin
        start = begin.advanced(byMicroseconds: -Int64(days * 86_400e6))
        self.speed = speed
        isHistory = true
    }

    /// When, by the clock on the wall, something is due.
    public func due(_ instant: Timestamp) -> Timestamp {
        let due = begin.advanced(byMicroseconds: Int64(Double(instant.microseconds(since: start)) / speed))
        return isHistory ? max(due, instant) : due
    }

    /// The time that a report carries.
    public func stamp(_ instant: Timestamp) -> Timestamp { isHistory ? instant : due(instant) }

    /// So many seconds of the wall's clock in microseconds of the simulation's.
    public func span(ofSeconds seconds: Double) -> Int64 { Int64(seconds * speed * 1e6) }
}
