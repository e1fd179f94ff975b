public import HeapModule
public import HubModel

/// What comes when, the soonest first. What has become pointless stays in it until its time; look whether it still matters when it is taken
/// out.
///
/// Inlinable, as are the roster and the list that are made of it: a handler asks with each message, and a generic type that is not specialised
/// costs a look-up of its metadata each time.
public struct InstantHeap<Element> {
    /// Of one instant the smaller rank comes first, so that a simulation always goes the same way.
    @usableFromInline
    struct Item: Comparable {
        @usableFromInline let at: Timestamp
        @usableFromInline let rank: Int
        @usableFromInline let element: Element

        @inlinable
        init(at: Timestamp, rank: Int, element: Element) {
            self.at = at
            self.rank = rank
            self.element = element
        }

        @inlinable
        static func < (one: Item, other: Item) -> Bool { (one.at, one.rank) < (other.at, other.rank) }
        @inlinable
        static func == (one: Item, other: Item) -> Bool { (one.at, one.rank) == (other.at, other.rank) }
    }

    @usableFromInline var items = Heap<Item>()

    /// Nothing yet.
    @inlinable
    public init() {}

    /// The soonest.
    @inlinable
    public var first: (at: Timestamp, element: Element)? { items.min.map { ($0.at, $0.element) } }

    /// How many are in it.
    var count: Int { items.count }

    /// Puts something in.
    @inlinable
    public mutating func insert(_ element: Element, at instant: Timestamp, rank: Int = 0) {
        items.insert(Item(at: instant, rank: rank, element: element))
    }

    /// Takes the soonest out if its time has come.
    @inlinable
    public mutating func popDue(at now: Timestamp) -> Element? {
        guard let first = items.min, first.at <= now else { return nil }
        return items.removeMin().element
    }

    /// The soonest gets another instant, not before the one it had.
    @inlinable
    public mutating func moveFirst(to instant: Timestamp) {
        guard let first = items.min else { return }
        items.replaceMin(with: Item(at: instant, rank: first.rank, element: first.element))
    }
}

extension InstantHeap: Sendable where Element: Sendable {}
extension InstantHeap.Item: Sendable where Element: Sendable {}
