/// How fast a body has to come: one rule for those that are read whole and those that stream. A value; the reader tells it what happens.
///
/// Two things are asked of a client that sends. The next piece comes within `pieceTime`. And of each stretch of `window` that the hub waits, at
/// least `leastBytes` come, or the body's end: without that, a byte now and then would hold a place for ever. Time that the hub itself takes for
/// a piece does not count.
package struct BodyPace: Sendable {
    private let pieceTime: Duration
    private let window: Duration
    private let leastBytes: Int
    /// What was waited for since the present window began, and what came of it.
    private var waited = Duration.zero
    private var bytes = 0
    /// Since when the next piece is waited for; nil: it is not.
    private var begun: Duration?

    /// A body of which nothing has come yet.
    package init(pieceTime: Duration, window: Duration, leastBytes: Int) {
        self.pieceTime = pieceTime
        self.window = window
        self.leastBytes = leastBytes
    }

    /// The next piece is waited for.
    /// - Parameter now: time that nobody sets.
    /// - Returns: when it is too late for it.
    package mutating func wait(at now: Duration) -> Duration {
        begun = now
        return now + min(pieceTime, window - waited)
    }

    /// A piece came, or the end.
    package mutating func received(_ count: Int, at now: Duration) {
        waited += now - (begun ?? now)
        begun = nil
        bytes += count
        guard bytes >= leastBytes else { return }
        (waited, bytes) = (.zero, 0)
    }
}
