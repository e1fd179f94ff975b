public import HubModel

/// Where the events begin that a new subscription is shown first.
public enum LiveStart: Hashable, Sendable {
    /// Everything after this number.
    case after(Int64)
    /// At most so many of the newest.
    case recent(Int)
}

/// What a new subscription is shown before the live events: a walk over the ring, up to the number that was the newest when the
/// subscription began.
///
/// It remembers numbers and holds no event, so that replays that wait cost next to nothing: what the ring lets go of before
/// the walk comes to it is a gap. Each step looks at a bounded number of events, for the writer of the line waits meanwhile.
public struct LiveReplay: Sendable {
    /// Numbers between which events are no longer there.
    public struct Gap: Hashable, Sendable {
        /// The number up to which the client knows everything, or that it named.
        public let after: Int64
        /// The first number that can be had.
        public let next: Int64

        /// A gap.
        public init(after: Int64, next: Int64) {
            self.after = after
            self.next = next
        }
    }

    /// What one step came to.
    public struct Step: Sendable {
        /// What is missing before the events; nil when nothing is.
        public var gap: Gap?
        /// Events in the order of their numbers; none when the step found none, which need not be the end.
        public var items: [LiveRing.Item] = []
        /// Whether the walk is over.
        public var isOver = false
    }

    private enum Phase {
        /// The client named a number that was never given here.
        case unknown(Int64)
        /// On the way back: so many events are still wanted of those before the number.
        case seeking(before: Int64, wanted: Int)
        /// On the way forward: the events up to the number are passed. `owesGap`: the client is to be told of what is missing.
        case walking(after: Int64, owesGap: Bool)
        case over
    }

    private let patterns: [TopicPattern]
    private let grants: Grants
    /// The newest number when the subscription began.
    private let last: Int64
    private var phase: Phase
    /// Topics that were judged before; a cache.
    private var wanted: [String: Bool] = [:]
    /// Topics whose public events are still public, or may be seen all the same; a cache for one state of the ring's `governing`.
    private var open: [String: Bool] = [:]
    private var governingRevision: Int?

    /// A walk over what `ring` holds, past what `grants` do not allow to see.
    public init(_ ring: LiveRing, patterns: [TopicPattern], grants: Grants, start: LiveStart) {
        self.patterns = patterns
        self.grants = grants
        last = ring.last
        phase =
            switch start {
            case .recent(let count): count > 0 ? .seeking(before: ring.last + 1, wanted: count) : .over
            // A number from the future: this is not the hub that gave it, or its clock went back.
            case .after(let number): number > ring.last ? .unknown(number) : .walking(after: number, owesGap: true)
            }
    }

    /// Goes on.
    /// - Parameters:
    ///   - count: the most events that are wanted at once.
    ///   - ring: the ring as it is now.
    public mutating func next(_ count: Int, in ring: LiveRing) -> Step {
        if governingRevision != ring.governingRevision {
            open.removeAll(keepingCapacity: true)
            governingRevision = ring.governingRevision
        }
        var step = Step()
        switch phase {
        case .unknown(let number):
            step.gap = Gap(after: number, next: last + 1)
            phase = .over
        case .seeking(let number, let count): seek(before: number, wanted: count, in: ring)
        case .walking(let number, let owesGap): walk(after: number, owesGap: owesGap, count, in: ring, &step)
        case .over: break
        }
        if case .over = phase { step.isOver = true }
        return step
    }

    private mutating func seek(before number: Int64, wanted count: Int, in ring: LiveRing) {
        var (first, left, isLeft) = (number, count, false)
        var examined = 0
        ring.backward(before: number) { number, event in
            guard left > 0 else { return false }
            guard examined < LiveReplay.mostExamined else {
                isLeft = true
                return false
            }
            examined += 1
            first = number
            if isWanted(event, in: ring) { left -= 1 }
            return true
        }
        phase = isLeft ? .seeking(before: first, wanted: left) : .walking(after: first - 1, owesGap: false)
    }

    private mutating func walk(
        after number: Int64, owesGap: Bool, _ count: Int, in ring: LiveRing, _ step: inout Step
    ) {
        var passed = number
        if number < ring.floor {
            if owesGap { step.gap = Gap(after: number, next: min(ring.oldest ?? last + 1, last + 1)) }
            passed = ring.floor
        }
        var examined = 0
        var found: [LiveRing.Item] = []
        var isLeft = false
        ring.forward(after: passed) { number, batch, event in
            guard number <= last else { return false }
            guard examined < LiveReplay.mostExamined, found.count < count else {
                isLeft = true
                return false
            }
            examined += 1
            passed = number
            if isWanted(event, in: ring) {
                found.append(LiveRing.Item(number: number, committedAt: batch.committedAt, event: event))
            }
            return true
        }
        step.items = found
        phase = isLeft ? .walking(after: passed, owesGap: true) : .over
    }

    /// Whether what was public on a topic may be seen as things stand.
    private mutating func isOpen(_ topic: String, in ring: LiveRing) -> Bool {
        guard !ring.governing.isEmpty else { return true }
        if let known = open[topic] { return known }
        let verdict = topic.indices.allSatisfy { index in
            guard topic[index] == "/", let event = ring.governing[String(topic[...index])] else { return true }
            return event.isVisible(to: grants)
        }
        if open.count >= LiveReplay.mostJudged { open.removeAll(keepingCapacity: true) }
        open[topic] = verdict
        return verdict
    }

    private mutating func isWanted(_ event: LiveEvent, in ring: LiveRing) -> Bool {
        guard event.isVisible(to: grants), event.permission != nil || isOpen(event.topic, in: ring) else {
            return false
        }
        if let known = wanted[event.topic] { return known }
        let levels = TopicFilterLevels.levels(of: event.topic)
        let verdict = patterns.contains { $0.matches(levels) }
        if wanted.count >= LiveReplay.mostJudged { wanted.removeAll(keepingCapacity: true) }
        wanted[event.topic] = verdict
        return verdict
    }

    /// Events that one step looks at.
    static let mostExamined = 1_024
    /// Topics of which a replay remembers what it found.
    private static let mostJudged = 1_024
}
