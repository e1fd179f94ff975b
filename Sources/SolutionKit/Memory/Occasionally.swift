public import HubModel

/// Something that is done with a message, but not with each: at most once in an interval. The registry of devices hears so of each device once a
/// minute (`DeviceBook.seen`), however often it reports.
public struct Occasionally: Hashable, Sendable {
    /// When it was done last; nil: never by this process.
    public private(set) var doneAt: Timestamp?
    private let interval: Int64

    /// As it is known from a row.
    /// - Parameters:
    ///   - interval: in microseconds.
    ///   - doneAt: when it was done last; nil: never.
    public init(every interval: Int64, doneAt: Timestamp? = nil) {
        self.interval = interval
        self.doneAt = doneAt
    }

    /// Once a minute: how often it is written when a device, a person or a program was last here.
    public static let onceAMinute = Occasionally(every: 60_000_000)

    /// Once a minute, and last done then.
    public static func onceAMinute(after doneAt: Timestamp?) -> Occasionally {
        Occasionally(every: onceAMinute.interval, doneAt: doneAt)
    }

    /// Whether it is to be done now; notes that it is. A clock that was set back does not stop it.
    public mutating func isDue(at now: Timestamp) -> Bool {
        if let doneAt, (0..<interval).contains(now.microseconds(since: doneAt)) { return false }
        doneAt = now
        return true
    }

    /// There is news: it is due with the next message.
    public mutating func hurry() { doneAt = nil }
}
