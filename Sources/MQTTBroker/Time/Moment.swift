/// What time it is, given to the core with every event: it never asks a clock itself.
public struct Moment: Sendable, Hashable {
    /// Milliseconds on a clock that never jumps and that keeps counting while the machine sleeps. Every time-out of a
    /// connection is measured on it.
    public let uptime: Int64
    /// Milliseconds by which sessions, wills, messages and rates live: those of `uptime`, unless a test moves the clock.
    /// They never go back.
    public let elapsed: Int64
    /// Microseconds since 1970-01-01T00:00:00Z. Only what is stored or shown carries it.
    public let wall: Int64

    /// A reading of all clocks.
    /// - Parameter elapsed: nil: as `uptime`.
    public init(uptime: Int64, wall: Int64, elapsed: Int64? = nil) {
        self.uptime = uptime
        self.elapsed = elapsed ?? uptime
        self.wall = wall
    }
}
