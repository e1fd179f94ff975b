/// How long to wait before each of several attempts: spans that double, with chance in them, so that many devices whose hub comes back do not
/// all call at one instant.
///
/// Spans are whole numbers of one unit that the caller chooses. Chance is the caller's, too: a value decides nothing by itself.
public struct Backoff: Sendable, Hashable {
    /// How much of a span is chance.
    public enum Jitter: Sendable, Hashable {
        /// All of it: between nothing and the whole span. The best for many devices and one hub.
        case full
        /// Half of it: between half the span and the whole. For a client that must not call again at once.
        case half
    }

    /// The first span; the others are never shorter.
    public let initial: Int64
    /// The longest span.
    public let maximum: Int64
    /// How much of a span is chance.
    public let jitter: Jitter
    /// The span from which the next wait is drawn.
    public private(set) var span: Int64

    /// Spans from `initial` (at least 1) to `maximum` (at least `initial`).
    public init(initial: Int64, maximum: Int64, jitter: Jitter = .full) {
        self.initial = max(1, initial)
        self.maximum = max(self.initial, maximum)
        self.jitter = jitter
        span = self.initial
    }

    /// How long to wait before the next attempt; the span then doubles.
    /// - Parameter random: any number, drawn evenly from all of its range.
    public mutating func next(random: UInt64) -> Int64 {
        let least: Int64 =
            switch jitter {
            case .full: 0
            case .half: span / 2
            }
        // The remainder fits: it is at most `span - least`.
        let wait = least + Int64(random % (UInt64(span - least) + 1))
        span = span > maximum / 2 ? maximum : span * 2
        return wait
    }

    /// An attempt succeeded, and what it brought lasted for so long. What lasted shorter than the present span proves nothing, and the spans go
    /// on: a hub that accepts and hangs up is not called in a tight loop.
    public mutating func held(for duration: Int64) {
        if duration >= span { span = initial }
    }
}
