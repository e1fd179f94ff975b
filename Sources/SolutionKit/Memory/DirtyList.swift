public import HubModel

/// Something in a handler's memory whose row in the tables may lack what is not urgent.
public protocol SavedEntry: AnyObject {
    /// Whether the table lacks something. `DirtyList` sets it.
    var isDirty: Bool { get set }
    /// When the table was last written; nil: never by this process. Set it when you write.
    var savedAt: Timestamp? { get set }
}

/// What a handler still has to write: entries that many messages change are written once, at the end of a batch, and not more often than every
/// second. So a report that changes nothing but when its sender was last heard costs no statement, and a batch in which nothing is to be
/// written costs a look at the soonest entry, however many wait.
public struct DirtyList<Entry: SavedEntry> {
    @usableFromInline var entries = InstantHeap<Entry>()
    @usableFromInline var marks = 0
    /// Between two writings of one entry, in microseconds.
    @usableFromInline let interval: Int64

    /// Nothing is to be written.
    /// - Parameter interval: between two writings of one entry, in microseconds; for `take(atMost:at:)`.
    @inlinable
    public init(interval: Int64 = 1_000_000) {
        self.interval = interval
    }

    /// Notes that an entry is to be written.
    @inlinable
    public mutating func mark(_ entry: Entry) {
        guard !entry.isDirty else { return }
        entry.isDirty = true
        add(entry)
    }

    /// All that is to be written, the longest waiting first.
    @inlinable
    public mutating func takeAll() -> [Entry] {
        var taken: [Entry] = []
        while let entry = entries.popDue(at: Timestamp(microseconds: .max)) {
            entry.isDirty = false
            taken.append(entry)
        }
        return taken
    }

    /// What is to be written now, the longest waiting first; none that was written within the interval.
    /// - Parameter limit: a large fleet must not hold up the messages with its last-seen times.
    @inlinable
    public mutating func take(atMost limit: Int, at now: Timestamp) -> [Entry] {
        var taken: [Entry] = []
        while taken.count < limit, let first = entries.first {
            // A clock that was set back must not stop the writing.
            guard first.at <= now || first.at > now.advanced(byMicroseconds: interval) else { break }
            _ = entries.popDue(at: first.at)
            if let savedAt = first.element.savedAt, (0..<interval).contains(now.microseconds(since: savedAt)) {
                // It was written meanwhile, because something was urgent.
                add(first.element)
            } else {
                first.element.isDirty = false
                taken.append(first.element)
            }
        }
        return taken
    }

    @inlinable
    mutating func add(_ entry: Entry) {
        marks += 1
        let due = entry.savedAt?.advanced(byMicroseconds: interval) ?? Timestamp(microseconds: 0)
        entries.insert(entry, at: due, rank: marks)
    }
}
