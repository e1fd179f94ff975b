public import HubModel
internal import Synchronization

/// A clock that stands still until it is told to move.
public final class ManualClock: WallClock {
    private let instant: Mutex<Timestamp>

    /// A clock that stands at an instant; by default in November 2025.
    public init(_ instant: Timestamp = Timestamp(seconds: 1_763_690_000)) {
        self.instant = Mutex(instant)
    }

    /// Where it stands.
    public func now() -> Timestamp { instant.withLock { $0 } }

    /// Moves it forward, or with a negative number back.
    public func move(seconds: Int64) {
        instant.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }

    /// Sets it.
    public func set(_ instant: Timestamp) {
        self.instant.withLock { $0 = instant }
    }

    /// As `move(seconds:)`, finer.
    public func move(milliseconds: Int64) {
        instant.withLock { $0 = $0.advanced(byMicroseconds: milliseconds * 1_000) }
    }
}
