/// What time it is, given to the core with every event: it never asks a clock itself.
public struct Moment: Sendable, Hashable {
    /// Milliseconds on a clock that never jumps and that keeps counting while the machine sleeps. Every time-out is
    /// measured on it.
    public let uptime: Int64
    /// Microseconds since 1970-01-01T00:00:00Z. Only what is stored or shown carries it.
    public let wall: Int64

    /// A reading of both clocks.
    public init(uptime: Int64, wall: Int64) {
        self.uptime = uptime
        self.wall = wall
    }
}
