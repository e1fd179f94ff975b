public import HubModel

extension LocalClock {
    /// The instant at which the clock showed the same, so many weeks before. Where a change of the clock left that out, the instant
    /// that many hours away.
    public mutating func same(_ instant: Timestamp, weeksBefore weeks: Int) -> Timestamp {
        let shown = reading(at: instant)
        let guess = instant.advanced(bySeconds: -Int64(weeks) * 604_800)
        return nearest(to: guess, day: shown.day - Int64(weeks) * 7, minute: shown.minute)
    }

    private mutating func nearest(to guess: Timestamp, day: Int64, minute: Int) -> Timestamp {
        var instant = guess
        for _ in 0..<2 {
            let shown = reading(at: instant)
            let minutes = (day - shown.day) * 1_440 + Int64(minute - shown.minute)
            if minutes == 0 { break }
            instant = instant.advanced(bySeconds: minutes * 60)
        }
        return instant
    }
}
