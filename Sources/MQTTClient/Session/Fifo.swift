/// A queue on an array: taking from the front is constant time on average and frees the place at once.
struct Fifo<Element> {
    private var items: [Element?] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { head == items.count }
    var first: Element? { isEmpty ? nil : items[head] }

    mutating func append(_ element: Element) { items.append(element) }

    mutating func popFirst() -> Element? {
        guard head < items.count else { return nil }
        defer {
            items[head] = nil
            head += 1
            if head == items.count {
                items.removeAll(keepingCapacity: items.count <= 1_024)
                head = 0
            } else if head > 64, head * 2 > items.count {
                items.removeFirst(head)
                head = 0
            }
        }
        return items[head]
    }

    /// Changes the element `offset` places behind the front; false if there is none.
    mutating func update(at offset: Int, _ change: (inout Element) -> Void) -> Bool {
        guard offset >= 0, offset < count, var element = items[head + offset] else { return false }
        change(&element)
        items[head + offset] = element
        return true
    }

    mutating func updateAll(_ change: (inout Element) -> Void) {
        for offset in 0..<count { _ = update(at: offset, change) }
    }

    func contains(where matches: (Element) -> Bool) -> Bool {
        items[head...].contains { $0.map(matches) ?? false }
    }

    func count(where matches: (Element) -> Bool) -> Int {
        items[head...].count { $0.map(matches) ?? false }
    }

    mutating func removeAll() {
        items = []
        head = 0
    }
}
