/// A queue in one growing block of memory. Empty it owns no memory, so that ten thousand idle sessions cost nothing.
struct Ring<Element> {
    private var slots: [Element?] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// The element at `position`, counted from the oldest; `position` is in `0..<count`.
    subscript(position: Int) -> Element {
        get {
            guard let element = slots[slot(position)] else { preconditionFailure("BUG: empty slot inside the ring") }
            return element
        }
        _modify {
            let index = slot(position)
            guard var element = slots[index] else { preconditionFailure("BUG: empty slot inside the ring") }
            slots[index] = nil
            defer { slots[index] = element }
            yield &element
        }
    }

    mutating func append(_ element: Element) {
        if count == slots.count { grow() }
        slots[slot(count)] = element
        count += 1
    }

    @discardableResult
    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = slots[head]
        slots[head] = nil
        head = (head + 1) & (slots.count - 1)
        count -= 1
        if count == 0, slots.count > Self.keptCapacity { self = Ring() }
        return element
    }

    /// Removes one element and keeps the order of the others. Costs as many moves as there are older elements: the
    /// callers remove near the front.
    @discardableResult
    mutating func remove(at position: Int) -> Element {
        let removed = self[position]
        var index = position
        while index > 0 {
            slots[slot(index)] = slots[slot(index - 1)]
            index -= 1
        }
        popFirst()
        return removed
    }

    mutating func removeAll() { self = Ring() }

    /// A queue that was once long gives its memory back when it runs empty.
    private static var keptCapacity: Int { 64 }

    private func slot(_ position: Int) -> Int { (head + position) & (slots.count - 1) }

    private mutating func grow() {
        var larger: [Element?] = []
        larger.reserveCapacity(max(4, slots.count * 2))
        for position in 0..<count { larger.append(slots[slot(position)]) }
        while larger.count < max(4, slots.count * 2) { larger.append(nil) }
        slots = larger
        head = 0
    }
}
