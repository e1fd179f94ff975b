public import HubModel

/// Something in a handler's memory whose row in the tables may lack what is not urgent.
public protocol SavedEntry: AnyObject {
    /// Whether the table lacks something. `DirtyList` sets it.
    var isDirty: Bool { get set }
    /// When the table was last written; nil: never by this process. Set it when you write.
    var savedAt: Timestamp? { get set }
}

/// What a handler still has to write: entries that many messages change are written once, at the end of a batch, and not more often than every
/// second. So a report that changes nothing but when its sender was last heard costs no statement.
public struct DirtyList<Entry: SavedEntry> {
    private var entries: [Entry] = []
    /// Between two writings of one entry, in microseconds.
    private let interval: Int64

    /// Nothing is to be written.
    /// - Parameter interval: between two writings of one entry, in microseconds; for `take(atMost:at:)`.
    public init(interval: Int64 = 1_000_000) {
        self.interval = interval
    }

    /// Notes that an entry is to be written.
    public mutating func mark(_ entry: Entry) {
        guard !entry.isDirty else { return }
        entry.isDirty = true
        entries.append(entry)
    }

    /// All that is to be written, the longest waiting first.
    public mutating func takeAll() -> [Entry] {
        let taken = entries
        entries = []
        for entry in taken { entry.isDirty = false }
        return taken
    }

    /// What is to be written now, the longest waiting first; none that was written within the interval.
    /// - Parameter limit: a large fleet must not hold up the messages with its last-seen times.
    public mutating func take(atMost limit: Int, at now: Timestamp) -> [Entry] {
        var taken: [Entry] = []
        var tooSoon: [Entry] = []
        // One that has to wait holds up none of those behind it.
        for entry in entries.prefix(2 * limit) {
            // A clock that was set back must not stop the writing.
            let elapsed = entry.savedAt.map { now.microseconds(since: $0) } ?? interval
            if taken.count < limit, elapsed >= interval || elapsed < 0 {
                entry.isDirty = false
                taken.append(entry)
            } else {
                tooSoon.append(entry)
            }
        }
        guard !taken.isEmpty else { return [] }
        entries.replaceSubrange(..<(taken.count + tooSoon.count), with: tooSoon)
        return taken
    }
}
