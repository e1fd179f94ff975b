internal import HubModel

/// Gives every message a time of receipt of its own.
///
/// The broker reads many messages in one turn, at one time. Those without a time stamp are stored under their time of receipt,
/// and a series has one report a time: two of them must not take each other's place.
struct ReceiptTimes {
    private var last = Int64.min

    /// The time, or the next microsecond that no message has had. When the machine's clock was set back by more than a second,
    /// its time counts again.
    mutating func next(_ received: Int64) -> Timestamp {
        let clockWasSetBack = last > received.advanced(by: 1_000_000)
        last = received > last || clockWasSetBack ? received : last + 1
        return Timestamp(microseconds: last)
    }
}
