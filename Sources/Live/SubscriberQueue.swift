public import HubModel

/// How much may wait for one socket.
public struct QueueLimits: Sendable {
    /// Live events that may wait; over it, only the newest event of each topic is kept, and at most this many topics.
    public var events: Int
    /// About how many bytes of live events may wait.
    public var bytes: Int
    /// Answers to the client's own messages that may wait.
    public var answers: Int
    /// Replays that may wait.
    public var replays: Int
    /// How long something may wait while nothing at all is taken, in seconds.
    public var patienceSeconds: Int64

    /// Limits.
    public init(
        events: Int = 4_096, bytes: Int = 4_194_304, answers: Int = 256, replays: Int = 16, patienceSeconds: Int64 = 15
    ) {
        self.events = events
        self.bytes = bytes
        self.answers = answers
        self.replays = replays
        self.patienceSeconds = patienceSeconds
    }
}

/// What waits for one socket, in order, and the policy for a slow one: coalesce by topic first, give up then.
///
/// `Event` is whatever stands for an event; the queue asks nothing of it.
public struct SubscriberQueue<Event: Sendable>: Sendable {
    /// Something that waits.
    public enum Item: Sendable {
        case event(Event)
        case answer([UInt8])
        /// Boxed: it is large and rare, and would make every place in the queue as large.
        indirect case replay(LiveReplay)
    }

    /// What a push came to.
    public enum Verdict: Equatable, Sendable {
        /// It waits.
        case queued
        /// It waits, in the place of older events of which so many were dropped.
        case coalesced(Int)
        /// There is no room even after coalescing, or nothing was taken for too long: close the socket.
        case overflow
    }

    private enum Slot {
        case taken
        case waiting(Item)
        case event(Event, topic: String, bytes: Int)
    }

    private let limits: QueueLimits
    private var slots: [Slot] = []
    private var head = 0
    private var events = 0
    private var bytes = 0
    private var answers = 0
    private var replays = 0
    private var waitingSince: Timestamp?
    /// The slot of each topic's newest event, while the queue coalesces: from its first overflow until it is empty.
    private var newest: [String: Int]?

    /// How many events were dropped since this was last asked.
    private var dropped = 0

    /// An empty queue.
    public init(limits: QueueLimits) {
        self.limits = limits
    }

    /// Whether nothing waits.
    public var isEmpty: Bool { events + answers + replays == 0 }

    /// Adds a live event of about so many bytes.
    public mutating func push(_ event: Event, topic: String, bytes size: Int, at now: Timestamp) -> Verdict {
        guard isPatient(at: now) else { return .overflow }
        var removed = 0
        if newest == nil, events + 1 > limits.events || bytes + size > limits.bytes { removed += coalesce() }
        if let slot = newest?[topic] { removed += drop(slot) }
        dropped += removed
        guard events + 1 <= limits.events, bytes + size <= limits.bytes || events == 0 else { return .overflow }
        newest?[topic] = slots.count
        slots.append(.event(event, topic: topic, bytes: size))
        events += 1
        bytes += size
        if newest != nil, slots.count - head > 2 * (events + answers + replays) + 64 { compact() }
        return removed > 0 ? .coalesced(removed) : .queued
    }

    /// Adds an answer; false when too many wait.
    public mutating func push(answer: [UInt8], at now: Timestamp) -> Bool {
        guard answers < limits.answers, isPatient(at: now) else { return false }
        answers += 1
        slots.append(.waiting(.answer(answer)))
        return true
    }

    /// Adds a replay; false when too many wait.
    public mutating func push(replay: LiveReplay, at now: Timestamp) -> Bool {
        guard replays < limits.replays, isPatient(at: now) else { return false }
        replays += 1
        slots.append(.waiting(.replay(replay)))
        return true
    }

    /// Takes what waits, at most so many items, in order; a replay is always the last of them. `dropped` is how many
    /// events were coalesced away since the last time.
    public mutating func take(_ count: Int) -> (items: [Item], dropped: Int) {
        var items: [Item] = []
        scan: while head < slots.count, items.count < count {
            let slot = slots[head]
            slots[head] = .taken
            head += 1
            switch slot {
            case .taken: continue
            case .event(let event, let topic, let size):
                events -= 1
                bytes -= size
                if newest?[topic] == head - 1 { newest?[topic] = nil }
                items.append(.event(event))
            case .waiting(.replay(let replay)):
                replays -= 1
                items.append(.replay(replay))
                break scan
            case .waiting(let item):
                answers -= 1
                items.append(item)
            }
        }
        waitingSince = nil
        if isEmpty {
            slots.removeAll(keepingCapacity: slots.count <= 256)
            head = 0
            newest = nil
        } else if head > 1_024 {
            compact()
        }
        defer { dropped = 0 }
        return (items, dropped)
    }

    private mutating func isPatient(at now: Timestamp) -> Bool {
        guard let since = waitingSince else {
            waitingSince = now
            return true
        }
        return now.microseconds(since: since) <= limits.patienceSeconds * 1_000_000
    }

    /// Keeps of each topic only the newest event, and remembers where it stands.
    private mutating func coalesce() -> Int {
        var found: [String: Int] = [:]
        var removed = 0
        for index in (head..<slots.count).reversed() {
            guard case .event(_, let topic, _) = slots[index] else { continue }
            if found[topic] == nil { found[topic] = index } else { removed += drop(index) }
        }
        newest = found
        compact()
        return removed
    }

    private mutating func drop(_ index: Int) -> Int {
        guard case .event(_, _, let size) = slots[index] else { return 0 }
        slots[index] = .taken
        events -= 1
        bytes -= size
        return 1
    }

    /// Squeezes out the slots that hold nothing any more.
    private mutating func compact() {
        var kept: [Slot] = []
        kept.reserveCapacity(events + answers + replays)
        var places: [String: Int] = [:]
        for slot in slots[head...] {
            switch slot {
            case .taken: continue
            case .event(_, let topic, _):
                places[topic] = kept.count
                kept.append(slot)
            case .waiting: kept.append(slot)
            }
        }
        slots = kept
        head = 0
        if newest != nil { newest = places }
    }
}
