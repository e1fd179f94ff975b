public import HubModel

/// Where the events begin that a new subscription is shown first.
public enum LiveStart: Hashable, Sendable {
    /// Everything after this number.
    case after(Int64)
    /// At most so many of the newest.
    case recent(Int)
}

/// What a new subscription is shown before the live events: a walk over the ring as it was when the subscription began.
/// It is walked by the socket's own task, piece by piece; the writer of the line waits for none of it.
public struct LiveReplay: Sendable {
    /// Numbers between which events are no longer there.
    public struct Gap: Hashable, Sendable {
        /// The number the client named.
        public let after: Int64
        /// The first number that can be had.
        public let next: Int64
    }

    /// What is missing; nil when nothing is.
    public let gap: Gap?

    private let batches: ArraySlice<LiveRing.Batch>
    private let patterns: [TopicPattern]
    private let grants: Grants
    private let governing: [String: LiveEvent]
    private var batch: Int
    private var offset: Int
    private var limit: Int?
    private var judged: [String: Bool] = [:]
    /// Topics whose public events are still public, or may be seen all the same.
    private var open: [String: Bool] = [:]

    /// A walk over what `ring` holds now, past what `grants` do not allow to see.
    public init(_ ring: LiveRing, patterns: [TopicPattern], grants: Grants, start: LiveStart) {
        self.batches = ring.batches
        self.patterns = patterns
        self.grants = grants
        self.governing = ring.governing
        self.batch = ring.batches.startIndex
        self.offset = 0
        switch start {
        case .recent(let count):
            gap = nil
            limit = max(0, count)
        case .after(let number) where number > ring.last:
            // A number from the future: this is not the hub that gave it, or its clock went back.
            gap = Gap(after: number, next: ring.last + 1)
            batch = ring.batches.endIndex
        case .after(let number):
            gap = number < ring.floor ? Gap(after: number, next: ring.oldest ?? ring.last + 1) : nil
            seek(past: number)
        }
    }

    /// The next events, at most `count`; none when the walk is over.
    public mutating func next(_ count: Int) -> [LiveRing.Item] {
        if let limit {
            seek(newest: limit)
            self.limit = nil
        }
        var found: [LiveRing.Item] = []
        while batch < batches.endIndex, found.count < count {
            let events = batches[batch].events
            while offset < events.count, found.count < count {
                if isWanted(events[events.startIndex + offset]) { found.append(batches[batch].item(offset)) }
                offset += 1
            }
            if offset == events.count {
                batch += 1
                offset = 0
            }
        }
        return found
    }

    private mutating func seek(past number: Int64) {
        var low = batches.startIndex
        var high = batches.endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if batches[middle].last <= number { low = middle + 1 } else { high = middle }
        }
        batch = low
        if low < batches.endIndex { offset = max(0, Int(number - batches[low].first) + 1) }
    }

    /// Goes back from the end until so many wanted events are found.
    private mutating func seek(newest count: Int) {
        batch = batches.endIndex
        offset = 0
        var found = 0
        for index in batches.indices.reversed() {
            let events = batches[index].events
            for position in (0..<events.count).reversed() {
                guard found < count else { return }
                guard isWanted(events[events.startIndex + position]) else { continue }
                found += 1
                batch = index
                offset = position
            }
        }
    }

    /// Whether what was public on a topic may be seen as things stand.
    private mutating func isOpen(_ topic: String) -> Bool {
        guard !governing.isEmpty else { return true }
        if let known = open[topic] { return known }
        let verdict = topic.indices.allSatisfy { index in
            guard topic[index] == "/", let event = governing[String(topic[...index])] else { return true }
            return event.isVisible(to: grants)
        }
        open[topic] = verdict
        return verdict
    }

    private mutating func isWanted(_ event: LiveEvent) -> Bool {
        guard event.isVisible(to: grants), event.permission != nil || isOpen(event.topic) else { return false }
        if let known = judged[event.topic] { return known }
        let verdict = patterns.contains { $0.matches(event.topic) }
        judged[event.topic] = verdict
        return verdict
    }
}
