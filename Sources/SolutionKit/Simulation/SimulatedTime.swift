public import HubModel

/// How the simulation's clock runs beside the one on the wall.
public struct SimulatedTime: Hashable, Sendable {
    /// When the simulation begins, by the clock on the wall.
    public let begin: Timestamp
    /// What the simulation's clock shows then.
    public let start: Timestamp
    /// How many times as fast it runs.
    public let speed: Double

    /// From an instant on, `speed` times as fast; `start` is what the simulation's clock shows then.
    public init(begin: Timestamp, start: Timestamp, speed: Double) {
        self.begin = begin
        self.start = start
        self.speed = speed
    }

    /// When, by the clock on the wall, something is due. Reports carry this time too: the simulation's clock shows a day that has not come.
    public func due(_ instant: Timestamp) -> Timestamp {
        begin.advanced(byMicroseconds: Int64(Double(instant.microseconds(since: start)) / speed))
    }

    /// What the simulation's clock shows at an instant of the wall's.
    public func instant(at now: Timestamp) -> Timestamp {
        start.advanced(byMicroseconds: Int64(Double(now.microseconds(since: begin)) * speed))
    }

    /// So many seconds of the wall's clock in microseconds of the simulation's.
    public func span(ofSeconds seconds: Double) -> Int64 { Int64(seconds * speed * 1e6) }
}
