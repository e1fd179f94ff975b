public import HubModel

/// The recent events, batch by batch, bounded in number and in bytes. A batch costs one entry, however many events it
/// holds: while nobody listens, an event costs nothing but the estimate of its size.
public struct LiveRing: Sendable {
    /// An event with its number.
    public struct Item: Sendable {
        /// Its number.
        public let number: Int64
        /// When it was committed.
        public let committedAt: Timestamp
        /// What it shows.
        public let event: LiveEvent
    }

    struct Batch: Sendable {
        let first: Int64
        let committedAt: Timestamp
        let events: ArraySlice<LiveEvent>
        let bytes: Int

        var last: Int64 { first + Int64(events.count) - 1 }
    }

    /// The newest number given; before the first event, the time when the ring began.
    public private(set) var last: Int64
    /// The newest number that is no longer (or was never) here: what a client has to know already, to miss nothing.
    public private(set) var floor: Int64
    /// How many events are kept.
    public private(set) var count = 0
    /// About how many bytes they take.
    public private(set) var bytes = 0

    /// By the beginning of topics: the event that says who may see what was public there (`LiveEvent.governs`); none where all still may.
    private(set) var governing: [String: LiveEvent] = [:] { didSet { governingRevision += 1 } }
    /// Changes with `governing`.
    private(set) var governingRevision = 0

    private let maximumEvents: Int
    private let maximumBytes: Int
    private var stored: [Batch] = []
    private var start = 0

    /// An empty ring that begins at an instant: whatever came before is unknown to it.
    public init(maximumEvents: Int, maximumBytes: Int, beginning: Timestamp) {
        self.maximumEvents = max(1, maximumEvents)
        self.maximumBytes = maximumBytes
        self.last = max(0, beginning.microseconds)
        self.floor = self.last
    }

    /// The number of the oldest event kept; nil when there is none.
    public var oldest: Int64? { batches.first?.first }

    private var batches: ArraySlice<Batch> { stored[start...] }

    /// Passes the events behind a number to `body`, in order, until it wants no more.
    func forward(after number: Int64, _ body: (Int64, Batch, LiveEvent) -> Bool) {
        for index in firstBatch(endingAfter: number)..<stored.endIndex {
            let batch = stored[index]
            for offset in max(0, Int(clamping: number + 1 - batch.first))..<batch.events.count {
                let event = batch.events[batch.events.startIndex + offset]
                guard body(batch.first + Int64(offset), batch, event) else { return }
            }
        }
    }

    /// Passes the events before a number to `body`, the newest first, until it wants no more.
    func backward(before number: Int64, _ body: (Int64, LiveEvent) -> Bool) {
        let end = firstBatch(endingAfter: number - 1)
        for index in (start...end).reversed() where index < stored.endIndex {
            let batch = stored[index]
            let count = min(batch.events.count, max(0, Int(clamping: number - batch.first)))
            for offset in (0..<count).reversed() {
                let event = batch.events[batch.events.startIndex + offset]
                guard body(batch.first + Int64(offset), event) else { return }
            }
        }
    }

    /// Where the batches begin whose last number is greater.
    private func firstBatch(endingAfter number: Int64) -> Int {
        var (low, high) = (start, stored.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if stored[middle].last <= number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Adds the events of a commit and gives the first one's number: the microsecond of the commit, or the next number
    /// that is free; the others follow by one.
    public mutating func append(_ events: [LiveEvent], committedAt: Timestamp) -> Int64 {
        let first = max(last + 1, committedAt.microseconds)
        guard !events.isEmpty else { return first }
        if governing.count > LiveRing.mostGoverning { forget() }
        for event in events {
            guard let prefix = event.governs, event.permission != nil || governing[prefix] != nil else { continue }
            governing[prefix] = event.permission == nil ? nil : event
        }
        last = first + Int64(events.count) - 1
        var kept = events[...]
        if kept.count > maximumEvents { kept = kept.suffix(maximumEvents) }
        var size = kept.reduce(0) { $0 + LiveRing.estimate($1) }
        while size > maximumBytes, kept.count > 1 { size -= LiveRing.estimate(kept.removeFirst()) }
        stored.append(
            Batch(first: last - Int64(kept.count) + 1, committedAt: committedAt, events: kept, bytes: size))
        count += kept.count
        bytes += size
        if kept.count < events.count { floor = last - Int64(kept.count) }
        evict()
        return first
    }

    /// Forgets all that is kept, and with it who may not see it.
    private mutating func forget() {
        stored = []
        start = 0
        count = 0
        bytes = 0
        floor = last
        governing = [:]
    }

    /// Beginnings of topics that are told apart.
    private static let mostGoverning = 10_000

    private mutating func evict() {
        while stored.count - start > 1, count > maximumEvents || bytes > maximumBytes {
            let batch = stored[start]
            count -= batch.events.count
            bytes -= batch.bytes
            floor = max(floor, batch.last)
            start += 1
        }
        // The evicted batches are let go in one go, so that each costs its share once.
        if start >= 64, start >= stored.count / 2 {
            stored.removeFirst(start)
            start = 0
        }
    }

    /// About how many bytes an event takes, in memory and, as good as nothing is exact, on the wire.
    static func estimate(_ event: LiveEvent) -> Int {
        switch event.data {
        case .json(let json): 128 + event.topic.utf8.count + json.count
        case .reading(let reading, _): 256 + event.topic.utf8.count + 64 * reading.fields.count
        }
    }
}
