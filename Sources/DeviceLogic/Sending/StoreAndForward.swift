/// What a device keeps until its hub has acknowledged it: a ring of fixed capacity. Each record has a number within this run of the device
/// (`boot`, `sequence`), by which the hub knows a record that comes twice and sees which are missing.
///
/// Records are handed out oldest first. What was handed out and is not acknowledged when the connection is lost is handed out again. All memory
/// is allocated when the ring is made.
public struct StoreAndForward<Element> {
    /// What a full ring gives up.
    public enum Overflow: Sendable, Hashable {
        /// The oldest record: what is left is the present without a gap.
        case dropOldest
        /// Every second of the records that are not under way, the oldest and the newest excepted: what is left reaches as far back as before,
        /// and is the coarser the older it is. Where that would spare all of them, the oldest.
        case thinOut
    }

    /// A record with what its receiver must know of it.
    public struct Record {
        /// Its number in this run of the device, from 0 on.
        public let sequence: UInt32
        /// How many records right before it were given up. They may have arrived nevertheless if they were under way.
        public internal(set) var lostBefore: UInt32
        /// What is told.
        public let element: Element
    }

    /// Which run of the device this is: a number that is another after each start.
    public let boot: UInt32
    /// How many records are kept at most.
    public let capacity: Int
    /// What a full ring gives up.
    public let overflow: Overflow
    /// How many records are kept.
    public private(set) var count = 0
    /// How many of them, the oldest, were handed out and are not acknowledged.
    public private(set) var underWay = 0
    /// The number of the next record.
    public private(set) var nextSequence: UInt32 = 0
    /// How many records were given up in this run.
    public private(set) var lost: UInt32 = 0

    private var places: [Record?]
    private var head = 0
    /// Records given up after the last one that is kept; they precede the next.
    private var lostAtEnd: UInt32 = 0

    /// An empty ring for at least one record.
    public init(capacity: Int, boot: UInt32, overflow: Overflow = .dropOldest) {
        self.capacity = max(1, capacity)
        self.boot = boot
        self.overflow = overflow
        places = [Record?](repeating: nil, count: self.capacity)
    }

    /// How many records wait to be handed out.
    public var waiting: Int { count - underWay }

    /// Keeps a record.
    /// - Returns: its number, and how many others were given up for it.
    public mutating func append(_ element: Element) -> (sequence: UInt32, lost: Int) {
        let before = count
        if count == capacity { makeRoom() }
        let sequence = nextSequence
        nextSequence &+= 1
        places[place(count)] = Record(sequence: sequence, lostBefore: lostAtEnd, element: element)
        lostAtEnd = 0
        count += 1
        return (sequence, before + 1 - count)
    }

    /// The oldest record that waits; it is under way from now on. Nil: all are.
    public mutating func next() -> Record? {
        guard underWay < count else { return nil }
        underWay += 1
        return places[place(underWay - 1)]
    }

    /// The hub has stored a record: it leaves. An acknowledgement of another run, or of a record that is not under way, changes nothing.
    /// - Returns: whether it was one that was waited for.
    public mutating func acknowledge(boot: UInt32, sequence: UInt32) -> Bool {
        guard boot == self.boot else { return false }
        for offset in 0..<underWay where places[place(offset)]?.sequence == sequence {
            remove(at: offset)
            return true
        }
        return false
    }

    /// The hub has stored all that is under way: it leaves.
    public mutating func acknowledgeAll() {
        while underWay > 0 { remove(at: 0) }
    }

    /// The connection is lost: what was under way is handed out again.
    public mutating func connectionLost() { underWay = 0 }

    private func place(_ offset: Int) -> Int { (head + offset) % capacity }

    private mutating func makeRoom() {
        if overflow == .thinOut, waiting > 2 {
            thinOut()
        } else {
            giveUpOldest()
        }
    }

    private mutating func giveUpOldest() {
        guard let oldest = places[head] else { return }
        remove(at: 0)
        count(lost: 1, with: oldest.lostBefore, before: 0)
    }

    private mutating func thinOut() {
        var kept = underWay
        var gap: UInt32 = 0
        for offset in underWay..<count {
            guard var record = places[place(offset)] else { continue }
            places[place(offset)] = nil
            if (offset - underWay) % 2 == 0 || offset == count - 1 {
                record.lostBefore &+= gap
                gap = 0
                places[place(kept)] = record
                kept += 1
            } else {
                gap &+= record.lostBefore &+ 1
                lost &+= 1
            }
        }
        count = kept
    }

    /// Takes a record out; those before it move up, of which there are none as a rule.
    private mutating func remove(at offset: Int) {
        for index in stride(from: offset, to: 0, by: -1) { places[place(index)] = places[place(index - 1)] }
        places[head] = nil
        head = place(1)
        count -= 1
        if offset < underWay { underWay -= 1 }
    }

    /// Notes a gap in front of the record at an offset, or of the next one that will be there.
    private mutating func count(lost number: UInt32, with earlier: UInt32, before offset: Int) {
        lost &+= number
        let gap = number &+ earlier
        if offset < count {
            places[place(offset)]?.lostBefore &+= gap
        } else {
            lostAtEnd &+= gap
        }
    }
}

extension StoreAndForward: Sendable where Element: Sendable {}
extension StoreAndForward.Record: Sendable where Element: Sendable {}
