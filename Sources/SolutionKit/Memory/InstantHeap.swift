internal import HeapModule
public import HubModel

/// What comes when, the soonest first. What has become pointless stays in it until its time; look whether it still matters when it is taken
/// out.
public struct InstantHeap<Element> {
    /// Of one instant the smaller rank comes first, so that a simulation always goes the same way.
    fileprivate struct Item: Comparable {
        let at: Timestamp
        let rank: Int
        let element: Element

        static func < (one: Item, other: Item) -> Bool { (one.at, one.rank) < (other.at, other.rank) }
        static func == (one: Item, other: Item) -> Bool { (one.at, one.rank) == (other.at, other.rank) }
    }

    private var items = Heap<Item>()

    /// Nothing yet.
    public init() {}

    /// The soonest.
    public var first: (at: Timestamp, element: Element)? { items.min.map { ($0.at, $0.element) } }

    /// How many are in it.
    var count: Int { items.count }

    /// Puts something in.
    public mutating func insert(_ element: Element, at instant: Timestamp, rank: Int = 0) {
        items.insert(Item(at: instant, rank: rank, element: element))
    }

    /// Takes the soonest out if its time has come.
    public mutating func popDue(at now: Timestamp) -> Element? {
        guard let first = items.min, first.at <= now else { return nil }
        return items.removeMin().element
    }

    /// The soonest gets another instant, not before the one it had.
    public mutating func moveFirst(to instant: Timestamp) {
        guard let first = items.min else { return }
        items.replaceMin(with: Item(at: instant, rank: first.rank, element: first.element))
    }
}

extension InstantHeap: Sendable where Element: Sendable {}
extension InstantHeap.Item: Sendable where Element: Sendable {}
