internal import HubModel

/// What comes next of many: a binary heap of numbers by their instants; equal instants by number, so that the order is always the same.
struct InstantQueue: Sendable {
    private var heap: [(at: Timestamp, index: Int)] = []

    /// The earliest.
    var first: (at: Timestamp, index: Int)? { heap.first }

    mutating func push(_ index: Int, at instant: Timestamp) {
        heap.append((instant, index))
        var child = heap.count - 1
        while child > 0, isEarlier(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The earliest gets another instant, not before the one it had.
    mutating func moveFirst(to instant: Timestamp) {
        heap[0].at = instant
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isEarlier(child, least) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private func isEarlier(_ one: Int, _ other: Int) -> Bool {
        (heap[one].at, heap[one].index) < (heap[other].at, heap[other].index)
    }
}
