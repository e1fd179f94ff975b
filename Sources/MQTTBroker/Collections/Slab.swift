/// Values in one array, each named by a handle that goes stale when its value is removed: a late answer for a closed
/// connection finds nothing instead of the connection that took its place.
struct Slab<Element, Kind> {
    private var elements: [Element?] = []
    /// Beside the elements, so that a handle is checked without touching them. Odd while the slot is in use.
    private var generations: [UInt32] = []
    private var free: [UInt32] = []

    var count: Int { elements.count - free.count }

    /// One more than the highest slot in use: the length an array beside the slab needs.
    var capacity: Int { elements.count }

    mutating func insert(_ element: Element) -> Handle<Kind> {
        if let index = free.popLast() {
            elements[Int(index)] = element
            generations[Int(index)] &+= 1
            return Handle(index: index, generation: generations[Int(index)])
        }
        elements.append(element)
        generations.append(1)
        return Handle(index: UInt32(elements.count - 1), generation: 1)
    }

    @discardableResult
    mutating func remove(_ handle: Handle<Kind>) -> Element? {
        guard contains(handle) else { return nil }
        let index = Int(handle.index)
        let element = elements[index]
        elements[index] = nil
        generations[index] &+= 1
        free.append(handle.index)
        return element
    }

    func contains(_ handle: Handle<Kind>) -> Bool {
        let index = Int(handle.index)
        return index < generations.count && generations[index] == handle.generation
    }

    /// Nil when the handle is stale; writing through a stale handle changes nothing.
    subscript(handle: Handle<Kind>) -> Element? {
        _read {
            if contains(handle) {
                // A span lends the element; the array's own subscript would copy it.
                yield elements.span[Int(handle.index)]
            } else {
                yield nil
            }
        }
        _modify {
            if contains(handle) {
                yield &elements[Int(handle.index)]
            } else {
                var nothing: Element?
                yield &nothing
            }
        }
    }

    /// The handles of all values, in slot order.
    var handles: [Handle<Kind>] {
        generations.indices.compactMap { index in
            generations[index] & 1 == 1 ? Handle(index: UInt32(index), generation: generations[index]) : nil
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
