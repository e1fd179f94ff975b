internal import HubModel

/// What a test asks of a clock that it moves: one line of text.
enum ClockCommand: Equatable {
    /// Only says what time it is.
    case now
    /// Sets the clock, as somebody sets the machine's: no time passes by that.
    case set(Timestamp)
    /// Lets time pass at once.
    case advance(Duration)
    /// The time stands still.
    case freeze
    /// The time goes on.
    case run

    /// From `now`, `set MICROSECONDS`, `advance MILLISECONDS`, `freeze` or `run`; nil for anything else.
    init?(_ line: String) {
        let words = line.split(separator: " ")
        switch (words.first, words.count) {
        case ("now", 1): self = .now
        case ("freeze", 1): self = .freeze
        case ("run", 1): self = .run
        case ("set", 2):
            guard let instant = Int64(words[1]), MovableTime.range.contains(instant) else { return nil }
            self = .set(Timestamp(microseconds: instant))
        case ("advance", 2):
            guard let milliseconds = Int64(words[1]), MovableTime.longestLeap.contains(milliseconds) else { return nil }
            self = .advance(.milliseconds(milliseconds))
        default: return nil
        }
    }
}
