import DeviceLogic
import Testing

@Suite("DeviceLogic: store and forward")
struct StoreAndForwardTests {
    @Test("Records go out oldest first, leave when acknowledged, and go out again when the connection is lost")
    func inOrder() {
        var ring = StoreAndForward<Int>(capacity: 4, boot: 7)
        for value in 10...12 { _ = ring.append(value) }
        let first = [ring.next(), ring.next()].map { $0?.element }
        #expect(first == [10, 11])
        var isKnown = ring.acknowledge(boot: 7, sequence: 0)
        #expect(isKnown && ring.underWay == 1 && ring.waiting == 1 && ring.count == 2)
        ring.connectionLost()
        let again = [ring.next(), ring.next(), ring.next()].map { $0?.sequence }
        #expect(again == [1, 2, nil])
        isKnown = ring.acknowledge(boot: 7, sequence: 2)
        #expect(isKnown)
        isKnown = ring.acknowledge(boot: 7, sequence: 1)
        #expect(isKnown && ring.count == 0)
    }

    @Test("An acknowledgement of another run, of what is not under way, or once more, changes nothing")
    func foreign() {
        var ring = StoreAndForward<Int>(capacity: 4, boot: 7)
        _ = ring.append(1)
        var known = [ring.acknowledge(boot: 7, sequence: 0)]
        _ = ring.next()
        for (boot, sequence) in [(6, 0), (7, 1), (7, 0), (7, 0)] as [(UInt32, UInt32)] {
            known.append(ring.acknowledge(boot: boot, sequence: sequence))
        }
        #expect(known == [false, false, false, true, false])
    }

    @Test("A full ring drops the oldest, and the next one says how many are missing")
    func dropsOldest() {
        var ring = StoreAndForward<Int>(capacity: 3, boot: 1)
        let lost = (0..<5).map { ring.append($0).lost }
        #expect(lost == [0, 0, 0, 1, 1])
        let first = ring.next()
        #expect(first?.sequence == 2 && first?.lostBefore == 2 && ring.lost == 2)
        let second = ring.next()
        #expect(second?.lostBefore == 0)
        var single = StoreAndForward<Int>(capacity: 0, boot: 1)
        for value in 0..<3 { _ = single.append(value) }
        let last = single.next()
        #expect(last?.lostBefore == 2)
    }

    @Test("A full ring that thins out keeps its oldest time and its newest record")
    func thinsOut() {
        var ring = StoreAndForward<Int>(capacity: 8, boot: 1, overflow: .thinOut)
        for value in 0..<100 { _ = ring.append(value) }
        var kept: [UInt32] = []
        var missing: UInt32 = 0
        while let record = ring.next() {
            kept.append(record.sequence)
            missing += record.lostBefore
        }
        #expect(kept.first == 0 && kept.last == 99)
        // The older, the farther apart.
        let steps = zip(kept, kept.dropFirst()).map { $1 - $0 }
        #expect(steps == steps.sorted(by: >))
        #expect(missing == ring.lost && Int(missing) + kept.count == 100)
    }

    /// The same on an array, without any ring.
    private struct Model {
        var kept: [(sequence: UInt32, lostBefore: UInt32, isUnderWay: Bool)] = []
        var lost: UInt32 = 0
        var next: UInt32 = 0
        let capacity: Int
        let thins: Bool

        mutating func append() -> Int {
            var gone: Set<UInt32> = []
            if kept.count == capacity {
                let waiting = kept.filter { !$0.isUnderWay }
                if thins, waiting.count > 2 {
                    let middle = waiting.enumerated().dropLast().filter { $0.offset % 2 == 1 }
                    gone = Set(middle.map(\.element.sequence))
                } else {
                    gone = [kept[0].sequence]
                }
            }
            kept.append((next, 0, false))
            next += 1
            var gap: UInt32 = 0
            var left = kept
            left.removeAll()
            for item in kept {
                if gone.contains(item.sequence) {
                    gap += item.lostBefore + 1
                } else {
                    left.append((item.sequence, item.lostBefore + gap, item.isUnderWay))
                    gap = 0
                }
            }
            kept = left
            lost += UInt32(gone.count)
            return gone.count
        }
    }

    @Test("Whatever happens in whatever order, a ring is what an array with the same rules is", arguments: 0..<40)
    func model(seed: UInt64) {
        var chance = Chance(seed: seed)
        let capacity = Int.random(in: 1...9, using: &chance)
        let thins = Bool.random(using: &chance)
        var ring = StoreAndForward<UInt32>(capacity: capacity, boot: 3, overflow: thins ? .thinOut : .dropOldest)
        var model = Model(capacity: capacity, thins: thins)
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<10, using: &chance) {
            case 0..<4:
                let number = ring.nextSequence
                let (sequence, lost) = ring.append(number)
                let modelLost = model.append()
                #expect(sequence == number && lost == modelLost)
            case 4..<7:
                let record = ring.next()
                let index = model.kept.firstIndex { !$0.isUnderWay }
                #expect(record?.sequence == index.map { model.kept[$0].sequence })
                #expect(record?.lostBefore == index.map { model.kept[$0].lostBefore })
                #expect(record?.element == record?.sequence)
                if let index { model.kept[index].isUnderWay = true }
            case 7..<9:
                let sequence =
                    Bool.random(using: &chance)
                    ? model.kept.randomElement(using: &chance)?.sequence ?? 0
                    : UInt32.random(in: 0...40, using: &chance)
                let index = model.kept.firstIndex { $0.sequence == sequence && $0.isUnderWay }
                let isKnown = ring.acknowledge(boot: 3, sequence: sequence)
                #expect(isKnown == (index != nil))
                if let index { model.kept.remove(at: index) }
            case 9 where Bool.random(using: &chance):
                ring.acknowledgeAll()
                model.kept.removeAll { $0.isUnderWay }
            default:
                ring.connectionLost()
                for index in model.kept.indices { model.kept[index].isUnderWay = false }
            }
            #expect(ring.count == model.kept.count && ring.lost == model.lost)
            #expect(ring.waiting == model.kept.count { !$0.isUnderWay })
        }
        #expect(ring.lost > 0)
    }
}
