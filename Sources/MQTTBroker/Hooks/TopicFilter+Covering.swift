public import MQTTCodec

extension TopicFilter {
    /// Whether every topic that `other` matches is matched by this filter too: exactly, not by a guess on the safe
    /// side. Walks both once; nothing is allocated (MQTT 5.0, 4.7).
    ///
    /// A shared filter is covered if the filter behind its group is. A shared filter itself covers only shared filters
    /// of its own group: a right to take part in the work of one group is not one to listen to everything.
    public func covers(_ other: TopicFilter) -> Bool {
        if isShared {
            guard other.matchStart == matchStart,
                same(0..<matchStart, as: other, 0..<matchStart)
            else { return false }
        }
        // A leading wildcard matches no topic that begins with `$` ([MQTT-4.7.2-1]).
        if other.bytes[other.matchStart] == UInt8(ascii: "$"),
            isOne(.plus, at: matchStart) || isOne(.hash, at: matchStart)
        {
            return false
        }
        var mine = levels
        var theirs = other.levels
        // Whether no topic can end before this level: a topic has at least one character, hence a first level, and a
        // second one if the first is empty.
        var isLevelCertain = true
        while true {
            switch (mine.next(), theirs.next()) {
            case (nil, nil): return true
            case (nil, .some): return false
            // "a/#" also matches its parent "a" (4.7.1.2).
            case (.some(let level), nil): return isOne(.hash, at: level.lowerBound)
            case (.some(let level), .some(let their)):
                if isOne(.hash, at: level.lowerBound) { return true }
                let isPlus = isOne(.plus, at: level.lowerBound)
                if other.isOne(.hash, at: their.lowerBound) {
                    // "#" takes any number of levels, so only "#" covers it; save that "+/#" is the same as "#" where
                    // there has to be one.
                    guard isLevelCertain, isPlus, let next = mine.next() else { return false }
                    return isOne(.hash, at: next.lowerBound)
                }
                if !isPlus, !same(level, as: other, their) { return false }
                isLevelCertain = their.lowerBound == other.matchStart && their.isEmpty
            }
        }
    }

    /// Whether the level that begins there is this wildcard. In a valid filter a wildcard fills its level.
    private func isOne(_ wildcard: Wildcard, at position: Int) -> Bool {
        position < bytes.count && bytes[position] == wildcard.rawValue
    }

    private func same(_ range: Range<Int>, as other: TopicFilter, _ theirs: Range<Int>) -> Bool {
        guard range.count == theirs.count else { return false }
        let mine = bytes.span
        let others = other.bytes.span
        for offset in 0..<range.count
        where mine[range.lowerBound + offset] != others[theirs.lowerBound + offset] {
            return false
        }
        return true
    }
}

private enum Wildcard: UInt8 {
    case plus = 0x2B
    case hash = 0x23
}
