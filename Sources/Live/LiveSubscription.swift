internal import HubModel

/// The topics of one socket.
public struct LiveSubscription: Sendable {
    private var patterns: [TopicPattern] = []

    /// No topics.
    public init() {}

    /// Whether there are none.
    public var isEmpty: Bool { patterns.isEmpty }

    /// Adds topics; those that are there already stay once.
    public mutating func add(_ added: [TopicPattern]) {
        for pattern in added where !patterns.contains(pattern) { patterns.append(pattern) }
    }

    /// Removes topics, each as it was added.
    public mutating func remove(_ removed: [TopicPattern]) {
        patterns.removeAll { removed.contains($0) }
    }

    /// Whether an event of this topic is wanted.
    public func wants(_ topic: String) -> Bool {
        guard !patterns.isEmpty else { return false }
        let levels = TopicFilterLevels.levels(of: topic)
        return patterns.contains { $0.matches(levels) }
    }
}
