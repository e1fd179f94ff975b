public import HubModel

/// Something that is done with a message, but not with each: at most once in an interval. The registry of devices hears so of each device once a
/// minute (`DeviceBook.seen`), however often it reports.
public struct Occasionally: Hashable, Sendable {
    /// When it was done last; nil: never by this process.
    public private(set) var doneAt: Timestamp?
    private let interval: Int64

    /// Never done.
    /// - Parameter interval: in microseconds.
    public init(every interval: Int64) {
        self.interval = interval
    }

    /// Once a minute: what the registry of devices wants.
    public static let onceAMinute = Occasionally(every: 60_000_000)

    /// Whether it is to be done now; notes that it is. A clock that was set back does not stop it.
    public mutating func isDue(at now: Timestamp) -> Bool {
        if let doneAt, (0..<interval).contains(now.microseconds(since: doneAt)) { return false }
        doneAt = now
        return true
    }

    /// There is news: it is due with the next message.
    public mutating func hurry() { doneAt = nil }
}
