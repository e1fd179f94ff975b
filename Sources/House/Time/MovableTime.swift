internal import HubModel

/// A time that goes on from where it was set, or stands still.
struct MovableTime {
    /// What it may be set to: from 1970 to 2200, in microseconds.
    static let range: ClosedRange<Int64> = 0...7_258_118_400_000_000
    /// How much of it may pass at once: up to a hundred years, in milliseconds.
    static let longestLeap: ClosedRange<Int64> = 0...3_155_760_000_000

    /// What it is at `since`, or for as long as it stands still.
    private var wall: Timestamp
    /// How much of it had passed by then.
    private var passed = Duration.zero
    /// From when on it goes on; nil: it stands still.
    private var since: ContinuousClock.Instant?

    /// A time that stands still at an instant.
    init(_ wall: Timestamp) {
        self.wall = wall
    }

    func wall(at present: ContinuousClock.Instant) -> Timestamp {
        wall.advanced(byMicroseconds: gone(by: present).inMicroseconds)
    }

    func uptime(at present: ContinuousClock.Instant) -> Duration { passed + gone(by: present) }

    /// Someone sets the clock: no time passes by that.
    mutating func set(_ instant: Timestamp, at present: ContinuousClock.Instant) {
        settle(at: present)
        wall = instant
    }

    /// Time passes at once.
    mutating func advance(by duration: Duration, at present: ContinuousClock.Instant) {
        settle(at: present)
        wall = wall.advanced(byMicroseconds: duration.inMicroseconds)
        passed += duration
    }

    mutating func freeze(at present: ContinuousClock.Instant) {
        settle(at: present)
        since = nil
    }

    mutating func run(at present: ContinuousClock.Instant) {
        settle(at: present)
        since = present
    }

    private mutating func settle(at present: ContinuousClock.Instant) {
        let gone = gone(by: present)
        wall = wall.advanced(byMicroseconds: gone.inMicroseconds)
        passed += gone
        if since != nil { since = present }
    }

    private func gone(by present: ContinuousClock.Instant) -> Duration { since.map { present - $0 } ?? .zero }
}

extension Duration {
    fileprivate var inMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
