internal import Foundation
internal import HubModel

/// The machine's clock.
struct SystemClock: WallClock {
    func now() -> Timestamp {
        // Seconds since 2001 as a Double: exact to a quarter of a microsecond for this century.
        let microseconds = (Date.timeIntervalSinceReferenceDate + Date.timeIntervalBetween1970AndReferenceDate) * 1e6
        return Timestamp(microseconds: Int64(microseconds.rounded()))
    }
}
