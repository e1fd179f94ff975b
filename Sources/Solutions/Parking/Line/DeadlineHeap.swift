internal import HubModel

/// What time will bring, the soonest first: a binary heap. What has become pointless stays in it until its time; whoever takes it out
/// looks whether it still matters.
struct DeadlineHeap<Element> {
    private var items: [(at: Timestamp, element: Element)] = []

    mutating func insert(_ element: Element, at instant: Timestamp) {
        items.append((instant, element))
        var index = items.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard items[index].at < items[parent].at else { return }
            items.swapAt(index, parent)
            index = parent
        }
    }

    /// The soonest if its time has come.
    mutating func popDue(at now: Timestamp) -> Element? {
        guard let first = items.first, first.at <= now else { return nil }
        items.swapAt(0, items.count - 1)
        items.removeLast()
        var index = 0
        while true {
            var smallest = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < items.count && items[child].at < items[smallest].at {
                smallest = child
            }
            guard smallest != index else { return first.element }
            items.swapAt(index, smallest)
            index = smallest
        }
    }
}
