/// Values in one array, each named by a handle that goes stale when its value is removed: a late answer for a closed
/// connection finds nothing instead of the connection that took its place.
struct Slab<Element, Kind> {
    private struct Slot {
        var generation: UInt32 = 0
        var element: Element?
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    var count: Int { slots.count - free.count }

    /// One more than the highest slot in use: the length an array beside the slab needs.
    var capacity: Int { slots.count }

    mutating func insert(_ element: Element) -> Handle<Kind> {
        if let index = free.popLast() {
            slots[Int(index)].element = element
            return Handle(index: index, generation: slots[Int(index)].generation)
        }
        slots.append(Slot(element: element))
        return Handle(index: UInt32(slots.count - 1), generation: 0)
    }

    @discardableResult
    mutating func remove(_ handle: Handle<Kind>) -> Element? {
        guard contains(handle) else { return nil }
        let index = Int(handle.index)
        let element = slots[index].element
        slots[index].element = nil
        slots[index].generation &+= 1
        free.append(handle.index)
        return element
    }

    func contains(_ handle: Handle<Kind>) -> Bool {
        let index = Int(handle.index)
        return index < slots.count && slots[index].generation == handle.generation && slots[index].element != nil
    }

    /// Nil when the handle is stale; writing through a stale handle changes nothing.
    subscript(handle: Handle<Kind>) -> Element? {
        _read {
            if contains(handle) {
                yield slots[Int(handle.index)].element
            } else {
                yield nil
            }
        }
        _modify {
            if contains(handle) {
                yield &slots[Int(handle.index)].element
            } else {
                var nothing: Element?
                yield &nothing
            }
        }
    }

    /// The handles of all values, in slot order.
    var handles: [Handle<Kind>] {
        slots.indices.compactMap { index in
            slots[index].element == nil
                ? nil : Handle(index: UInt32(index), generation: slots[index].generation)
        }
    }
}

/// The name of a value in a `Slab`. `Kind` only keeps handles of different slabs apart.
package struct Handle<Kind>: Hashable, Sendable {
    package let index: UInt32
    package let generation: UInt32
}

/// Marks handles of connections.
package enum ConnectionKind {}
/// Marks handles of sessions.
package enum SessionKind {}

package typealias ConnectionHandle = Handle<ConnectionKind>
package typealias SessionHandle = Handle<SessionKind>
