internal import HubModel

/// What comes when, the soonest first: a binary heap. What has become pointless stays in it until its time; whoever takes it out looks
/// whether it still matters.
struct InstantHeap<Element> {
    /// Of one instant the smaller rank comes first, so that a simulation always goes the same way.
    private var items: [(at: Timestamp, rank: Int, element: Element)] = []

    /// The soonest.
    var first: (at: Timestamp, element: Element)? { items.first.map { ($0.at, $0.element) } }

    mutating func insert(_ element: Element, at instant: Timestamp, rank: Int = 0) {
        items.append((instant, rank, element))
        var child = items.count - 1
        while child > 0, isSooner(child, (child - 1) / 2) {
            items.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the soonest out if its time has come.
    mutating func popDue(at now: Timestamp) -> Element? {
        guard let first = items.first, first.at <= now else { return nil }
        items.swapAt(0, items.count - 1)
        items.removeLast()
        sinkFirst()
        return first.element
    }

    /// The soonest gets another instant, not before the one it had.
    mutating func moveFirst(to instant: Timestamp) {
        items[0].at = instant
        sinkFirst()
    }

    private mutating func sinkFirst() {
        var parent = 0
        while true {
            var soonest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && isSooner(child, soonest) {
                soonest = child
            }
            if soonest == parent { return }
            items.swapAt(parent, soonest)
            parent = soonest
        }
    }

    private func isSooner(_ one: Int, _ other: Int) -> Bool {
        (items[one].at, items[one].rank) < (items[other].at, items[other].rank)
    }
}

extension InstantHeap: Sendable where Element: Sendable {}
