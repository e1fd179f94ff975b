public import HubModel

/// How long a device may be silent before nobody knows how it is.
public enum SilenceLimit: Hashable, Sendable {
    /// As long as follows from its own habits (`UsualInterval`).
    case usual
    /// As long for all, whatever their habits.
    case fixed(FixedSilence)
}

/// A silence that is no news until it has lasted for a fixed time.
public struct FixedSilence: Hashable, Sendable {
    /// How long it may last, in seconds.
    public var seconds: Int64

    /// A limit.
    /// - Parameter seconds: more than 0.
    public init(seconds: Int64) {
        self.seconds = seconds
    }

    /// How long it may last, in microseconds.
    public var microseconds: Int64 { Timestamp(seconds: seconds).microseconds }

    /// When the silence of a device that was last heard then has lasted too long.
    public func end(after heardAt: Timestamp) -> Timestamp { heardAt.advanced(bySeconds: seconds) }

    /// Whether it has lasted too long by now.
    public func isOver(at now: Timestamp, since heardAt: Timestamp) -> Bool { now >= end(after: heardAt) }
}
