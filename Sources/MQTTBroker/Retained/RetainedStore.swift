internal import MQTTCodec

/// The last retained message of each topic.
///
/// A new subscription walks the slots in order, a few at a time, and remembers only a number: a hundred thousand
/// retained messages need neither a list of them for each subscriber nor one long turn of the event loop. The hashes of
/// the first levels stand side by side, so that a filter with a fixed beginning passes over strangers at a nanosecond
/// each.
struct RetainedStore {
    struct Slot {
        let message: Message
        /// Milliseconds of `Moment.elapsed`.
        let expiresAt: Int64
    }

    /// Levels whose hash is kept beside the slots.
    static let hashedLevels = 3

    private var slots: [Slot?] = []
    /// `hashedLevels` numbers a slot; 0 where the topic has fewer levels.
    private var prefixes: [UInt32] = []
    private var free: [Int] = []
    private var byTopic: [TopicName: Int] = [:]
    private var sweepPosition = 0
    private var byPublisher: [String: RetainedUse] = [:]
    /// What the messages cost together, in bytes.
    private(set) var bytes = 0

    /// Topics with a retained message.
    var count: Int { byTopic.count }

    /// All that is kept, in no order.
    var messages: [Message] { slots.compactMap { $0?.message } }

    func message(on topic: TopicName) -> Message? {
        guard let index = byTopic[topic] else { return nil }
        return slots[index]?.message
    }

    /// Keeps the message instead of the one its topic has; one without a payload only removes (3.3.1.3).
    mutating func store(_ message: Message, expiresAt: Int64) {
        guard !message.payload.isEmpty else {
            remove(message.topic)
            return
        }
        bytes += message.cost
        count(message, by: 1)
        let slot = Slot(message: message, expiresAt: expiresAt)
        if let index = byTopic[message.topic] {
            if let replaced = slots[index]?.message {
                bytes -= replaced.cost
                count(replaced, by: -1)
            }
            slots[index] = slot
            return
        }
        let hashes = Self.prefixHashes(of: message.topic.bytes)
        if let index = free.popLast() {
            slots[index] = slot
            prefixes.replaceSubrange(index * Self.hashedLevels..<(index + 1) * Self.hashedLevels, with: hashes)
            byTopic[message.topic] = index
        } else {
            slots.append(slot)
            prefixes.append(contentsOf: hashes)
            byTopic[message.topic] = slots.count - 1
        }
    }

    mutating func remove(_ topic: TopicName) {
        guard let index = byTopic.removeValue(forKey: topic), let slot = slots[index] else { return }
        bytes -= slot.message.cost
        count(slot.message, by: -1)
        slots[index] = nil
        free.append(index)
    }

    /// What is kept of one publisher (`Message.publisher`).
    func use(of publisher: String) -> RetainedUse { byPublisher[publisher] ?? RetainedUse() }

    private mutating func count(_ message: Message, by change: Int) {
        guard let publisher = message.publisher else { return }
        byPublisher[publisher, default: RetainedUse()].messages += change
        byPublisher[publisher]?.bytes += change * message.cost
        if byPublisher[publisher]?.messages == 0 { byPublisher[publisher] = nil }
    }

    /// Moves the walk on to the next message it asks for; nil at its end or when `budget` slots have been looked at.
    mutating func next(_ walk: inout RetainedWalk, budget: inout Int, now: Moment) -> Slot? {
        if walk.isExact {
            walk.isFinished = true
            budget -= 1
            guard let topic = try? TopicName(walk.filter.bytes), let index = byTopic[topic] else { return nil }
            return usable(index, for: walk, now: now)
        }
        while budget > 0 {
            guard walk.position < slots.count else {
                walk.isFinished = true
                return nil
            }
            let index = walk.position
            walk.position += 1
            budget -= 1
            if walk.fixedLevels > 0 {
                let hash = prefixes[index * Self.hashedLevels + walk.fixedLevels - 1]
                if hash != walk.fixedHash { continue }
            }
            guard let topic = slots[index]?.message.topic, walk.filter.matches(topic) else { continue }
            if let slot = usable(index, for: walk, now: now) { return slot }
        }
        return nil
    }

    /// The topics that a filter matches.
    mutating func topics(matching filter: TopicFilter, now: Moment) -> [TopicName] {
        var walk = RetainedWalk(filter: filter, newest: .max)
        var budget = Int.max
        var topics: [TopicName] = []
        while !walk.isFinished {
            if let slot = next(&walk, budget: &budget, now: now) { topics.append(slot.message.topic) }
        }
        return topics
    }

    /// Looks at some slots and drops what has expired, so that dead messages do not fill the store.
    mutating func sweep(_ budget: Int, now: Moment) {
        for _ in 0..<min(budget, slots.count) {
            sweepPosition = sweepPosition + 1 < slots.count ? sweepPosition + 1 : 0
            if let slot = slots[sweepPosition], slot.expiresAt <= now.elapsed { remove(slot.message.topic) }
        }
    }

    private mutating func usable(_ index: Int, for walk: RetainedWalk, now: Moment) -> Slot? {
        guard let slot = slots[index] else { return nil }
        if slot.expiresAt <= now.elapsed {
            remove(slot.message.topic)
            return nil
        }
        // What was received after the subscription reaches the subscriber as a live message.
        return slot.message.id <= walk.newest ? slot : nil
    }

    /// The hash of the first one, two, ... levels.
    static func prefixHashes(of bytes: [UInt8]) -> [UInt32] {
        var hashes = [UInt32](repeating: 0, count: hashedLevels)
        var level = 0
        var end = 0
        while level < hashedLevels {
            while end < bytes.count, bytes[end] != UInt8(ascii: "/") { end += 1 }
            hashes[level] = prefixHash(bytes, count: end)
            level += 1
            if end == bytes.count { break }
            end += 1
        }
        return hashes
    }

    static func prefixHash(_ bytes: [UInt8], count: Int) -> UInt32 {
        var hasher = Hasher()
        // The pointer lives only for the call, over the array's own storage; `count` is within it.
        bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        return UInt32(truncatingIfNeeded: hasher.finalize()) | 1
    }
}

/// How much is retained.
struct RetainedUse: Hashable {
    var messages = 0
    var bytes = 0
}

/// How far one subscription has been sent the retained messages it asks for.
struct RetainedWalk {
    let filter: TopicFilter
    let isExact: Bool
    /// How many levels before the first wildcard have a hash, and the hash of them.
    let fixedLevels: Int
    let fixedHash: UInt32
    /// Messages with a higher id are not sent.
    let newest: UInt64
    var position = 0
    var isFinished = false

    init(filter: TopicFilter, newest: UInt64) {
        self.filter = filter
        self.newest = newest
        isExact = !filter.hasWildcard
        var fixed = 0
        var end = 0
        for range in filter.levels {
            guard fixed < RetainedStore.hashedLevels, case .name = FilterLevel(filter.bytes, range) else { break }
            fixed += 1
            end = range.upperBound
        }
        fixedLevels = fixed
        fixedHash = fixed == 0 ? 0 : RetainedStore.prefixHash(filter.bytes, count: end)
    }
}
